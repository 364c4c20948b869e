"""Where passages live: Chroma (the only truth), what is derived from it, and the library that keeps them in step."""
