"""Hỏi Đáp: ask in Vietnamese about a collection of news articles, and see the exact words each answer came from."""

__version__ = "0.1.0"
