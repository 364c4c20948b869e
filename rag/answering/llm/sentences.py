"""A stream of pieces of text, cut into sentences as soon as each is complete."""

import re
from collections.abc import Iterable, Iterator

from rag.vietnamese.sentences import sentence_spans

_LEADING_MARKS = re.compile(
    r"\s*(?:[\[(【]\s*(?:đoạn\s*)?\d{1,2}(?:\s*[,;]\s*\d{1,2})*\s*[\])】][\s.;,]*)+", re.IGNORECASE
)
_MAY_OPEN_MARKS = re.compile(r"\s*(?:[\[(【][^\])】]{0,12})?$")


def whole_sentences(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences of a text that comes in pieces; a citation behind a full stop stays with its sentence.

    Example:
        >>> list(whole_sentences(["Giàn nặng 800 t", "ấn. [1", "] Giàn có 9 giếng [2]."]))
        ['Giàn nặng 800 tấn. [1]', 'Giàn có 9 giếng [2].']
    """
    rest = ""
    for piece in pieces:
        rest += piece
        while (cut := _first_end(rest)) is not None:
            sentence, rest = rest[:cut], rest[cut:]
            if sentence.strip():
                yield sentence.strip()
    yield from (rest[start:end].strip() for start, end in _spans(rest) if rest[start:end].strip())


def _first_end(text: str) -> int | None:
    """Where the first sentence ends, None while what follows could still belong to it."""
    spans = _spans(text)
    if len(spans) < 2 or _MAY_OPEN_MARKS.match(text, spans[0][1]):  # noqa: PLR2004
        return None
    return spans[0][1]


def _spans(text: str) -> list[tuple[int, int]]:
    """Sentences as in articles, with citations that stand behind a stop given to the sentence before."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        marks = _LEADING_MARKS.match(text, start, end) if spans else None
        if marks is None:
            spans.append((start, end))
            continue
        spans[-1] = (spans[-1][0], marks.end())
        if marks.end() < end:
            spans.append((marks.end(), end))
    return spans
