"""Where text is set off: the quote in its article, the short answer in its quote."""

import itertools
from collections.abc import Iterable, Sequence

Piece = tuple[str, str]  # a stretch of text, and how it is shown: "", "also" or "cited"


def article_pieces(body: str, cited: tuple[int, int] | None, also: Iterable[tuple[int, int]] = ()) -> list[Piece]:
    """An article's body cut at its quotes; joined, the pieces are the body again.

    Args:
        body: The body.
        cited: Start and end of the quote that was opened, one piece of its own.
        also: Other quotes of the same answer; where they meet the opened one, that one wins.

    Example:
        >>> article_pieces("abcdef", (2, 4), [(3, 5)])
        [('ab', ''), ('cd', 'cited'), ('e', 'also'), ('f', '')]
    """
    kinds = [""] * len(body)
    for start, end in also:
        kinds[start:end] = ["also"] * len(kinds[start:end])
    if cited is not None:
        start, end = cited
        kinds[start:end] = ["cited"] * len(kinds[start:end])
    cuts = [place for place in range(1, len(body)) if kinds[place] != kinds[place - 1]]
    bounds = [0, *cuts, len(body)]
    return [(body[start:end], kinds[start]) for start, end in itertools.pairwise(bounds) if start < end]


def split_at(text: str, parts: Iterable[str]) -> list[tuple[str, bool]]:
    """`text` cut at the first place of each of `parts`: stretches, and whether each is one of them.

    Example:
        >>> split_at("gồm 243 đảng viên.", ["243 đảng viên"])
        [('gồm ', False), ('243 đảng viên', True), ('.', False)]
    """
    places = [(text.find(part), text.find(part) + len(part)) for part in parts if part and part in text]
    return [(piece, kind == "cited") for piece, kind in _strong(text, places)]


def _strong(text: str, places: Sequence[tuple[int, int]]) -> list[Piece]:
    pieces = article_pieces(text, None, places)
    return [(piece, "cited" if kind else "") for piece, kind in pieces]
