"""Passages as the product cuts them, out of the longer texts that questions were written on."""

import functools

from rag.article import Article
from rag.chunking import passages_of

_WORDS = 90  # the default of `Settings.passage_words`


@functools.lru_cache(maxsize=8192)
def all_passages(text: str) -> tuple[str, ...]:
    """The passages of a text; joined, they are the text."""
    return tuple(passage.text for passage in passages_of(Article("", "", text), _WORDS))


def cut(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """Start and end of the passage, or of the passages in a row, that a place stands in.

    Example:
        >>> cut("Ngắn thôi.", (0, 4))
        (0, 10)
    """
    start, ends = 0, []
    first = 0
    for passage in all_passages(text):
        end = start + len(passage)
        if start <= place[0] < end:
            first = start
        if end >= place[1]:
            ends.append(end)
            break
        start = end
    return first, ends[0] if ends else len(text)
