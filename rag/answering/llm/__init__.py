"""Answers written by a language model, shown only as far as code can check them against the articles."""
