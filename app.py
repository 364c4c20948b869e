"""The web UI's door: index the articles that ship with Hỏi Đáp if needed, and serve the page."""

from pathlib import Path

from rag.cli import main

CORPUS = Path(__file__).parent / "corpus"

if __name__ == "__main__":
    main(["serve", "--index", str(CORPUS)])
