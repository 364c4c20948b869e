"""Where passages live: Chroma (the only truth), a lexical index derived from it, and the library that keeps them in step."""
