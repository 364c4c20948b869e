"""Places that a text names: behind a word for being or going there, behind a noun for a place, or by a known name."""

import functools
import re

from rag.vietnamese.expressions import Place
from rag.vietnamese.names import CAPITALS
from rag.vietnamese.word_lists import word_list

_CACHED_TEXTS = 128
_WORD = r"[^\s,.;:!?()“”\"]*"
_CAPITALISED = rf"(?:[{CAPITALS}][^\s.,;:!?()“”\"]*|\d{_WORD})"
_NAME = rf"{_CAPITALISED}(?:\s(?:[-–]\s)?{_CAPITALISED})*"
_AT = r"(?:tại|ở|ngay tại|đặt tại|về|đến|tới|từ|trên|ngoài|trong|lên|ra|sang|qua)"


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def places(text: str) -> tuple[Place, ...]:
    """The places of a text, in order; a place may be found in part only.

    Example:
        >>> text = "Lễ diễn ra tại khách sạn Hoa Mai, TP. Đà Lạt; đoàn thăm Hà Nội."
        >>> [text[one.start : one.end] for one in places(text)]
        ['khách sạn Hoa Mai', 'TP. Đà Lạt', 'Hà Nội']
    """
    return tuple(Place(*match.span("named" if match["named"] else "behind")) for match in _place().finditer(text))


@functools.cache
def _place() -> re.Pattern[str]:
    nouns = _alternatives("place_nouns")
    known = _alternatives("place_names")
    return re.compile(
        rf"(?<!\w)(?P<named>(?i:{nouns})\s{_NAME}|(?:{known})(?!\w))"
        rf"|(?<!\w)(?i:{_AT})\s(?P<behind>(?i:{nouns})(?:\s{_NAME}|(?!\w))|{_NAME})"
    )


def _alternatives(name: str) -> str:
    return "|".join(re.escape(entry) for entry in sorted(word_list(name), key=len, reverse=True))
