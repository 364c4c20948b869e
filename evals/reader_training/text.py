"""Small text tools that the data, the rules and the evaluation share."""

import re
import unicodedata

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’)\]]*\s+(?=[\"“‘(\[]?[^\W_a-z])|\n+")
_SPACE_BEFORE = frozenset(",.;:!?)]}”»%…")
_SPACE_AFTER = frozenset("([{“«")


def fold(text: str) -> str:
    """Return `text` without tone marks and diacritics, `đ` as `d`; letter case is kept."""
    bare = "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))
    return bare.replace("đ", "d").replace("Đ", "D")


def match_key(text: str) -> str:
    """Return what two texts must share to count as saying the same: folded, lower case, single spaces."""
    return " ".join(fold(text).lower().split())


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) character offsets of the sentences of `text`, without the white space between them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        # Closing quotes matched with the gap belong to the sentence before it.
        end = gap.start() + len(gap.group().rstrip())
        if end > start:
            spans.append((start, end))
        start = gap.end()
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return spans


def join_punctuation(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Undo word-by-word spacing (`anh , chị ( em )` -> `anh, chị (em)`).

    Args:
        text: Text whose punctuation stands between spaces.
        spans: Character spans in `text`.

    Returns:
        The text and the same spans in it.
    """
    kept: list[str] = []
    position = [0] * (len(text) + 1)
    for index, mark in enumerate(text):
        position[index] = len(kept)
        following = text[index + 1] if index + 1 < len(text) else ""
        if mark == " " and (following in _SPACE_BEFORE or (kept and kept[-1] in _SPACE_AFTER)):
            continue
        kept.append(mark)
    position[len(text)] = len(kept)
    return "".join(kept), tuple((position[start], position[end]) for start, end in spans)
