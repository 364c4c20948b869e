"""The web page. Every word a user sees is in `rag/web/words.py`."""
