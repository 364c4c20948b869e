"""Places that a text names: behind a word for being or going there, behind a noun for a place, or by a known name."""

import functools
import re

from rag.vietnamese.expressions import Place
from rag.vietnamese.names import CAPITALS
from rag.vietnamese.word_lists import any_of

_CACHED_TEXTS = 128
_WORD = r"[^\s,.;:!?()“”\"]*"
_CAPITALISED = rf"(?:[{CAPITALS}][^\s.,;:!?()“”\"]*|\d{_WORD})"
_AT = r"(?:tại|ở|ngay tại|đặt tại|về|đến|tới|từ|trên|ngoài|trong|lên|ra|sang|qua)"


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def places(text: str) -> tuple[Place, ...]:
    """The places of a text, in order; a place may be found in part only.

    Example:
        >>> text = "Lễ diễn ra tại khách sạn Hoa Mai, TP. Đà Lạt; đoàn thăm cảng cá Bến Sỏi và Cung Thiếu nhi Hà Nội."
        >>> [text[one.start : one.end] for one in places(text)]
        ['khách sạn Hoa Mai', 'TP. Đà Lạt', 'cảng cá Bến Sỏi', 'Hà Nội']
    """
    return tuple(Place(*match.span("named" if match["named"] else "behind")) for match in _place().finditer(text))


@functools.cache
def _place() -> re.Pattern[str]:
    nouns, known = any_of("place_nouns"), any_of("place_names")
    # "cảng cá Bến Sỏi", "Cung Thiếu nhi Đông Phố": words without capitals inside a name, none of which ends one.
    ends = any_of("post_ends", "clause_words", "verbs", "place_nouns")
    inner = rf"(?:\s(?!{ends}(?!\w))(?![{CAPITALS}])[^\W\d_]+){{0,2}}"
    name = rf"{_CAPITALISED}(?:(?:\s[-–]|{inner})\s{_CAPITALISED})*"
    return re.compile(
        rf"(?<!\w)(?<![Hh]ợp tác )(?P<named>(?i:{nouns}){inner}\s{name}|{known}(?!\w))"
        rf"|(?<!\w)(?i:{_AT})\s(?P<behind>(?i:{nouns})(?:{inner}\s{name}|(?!\w))|{name})"
    )
