"""Normal forms of Vietnamese text: NFC for storage, one tone-mark placement and no accents for matching."""

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng

# "hoà" and "hòa" are the same word; the vowel pairs whose tone mark wanders, when they end a syllable.
# After q the u belongs to the consonant ("quý"), so there the mark has only one place. A second mark behind the
# tone makes another vowel ("hoặc": a, dot below, breve), which the syllable cannot end with.
_WANDERING_TONE = re.compile(rf"(?<![qQ])(?:(o)([ae])|(u)(y))([{_TONES}])(?![\w\u0300-\u036f])", re.IGNORECASE)


def to_nfc(text: str) -> str:
    r"""Composed Unicode with `\\n` line ends and no byte order mark: the form in which articles are stored.

    Example:
        >>> to_nfc("Đa\u0309ng") == "Đảng"
        True
    """
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def settle_tone_marks(text: str) -> str:
    """Put each wandering tone mark on the first vowel ("hoà" -> "hòa", "uỷ" -> "ủy"), in NFC.

    Both spellings are right and both are in use, so text is matched in this form but quoted as it was written.

    Example:
        >>> settle_tone_marks("Uỷ viên Thuý Hoà, quý II")
        'Ủy viên Thúy Hòa, quý II'
    """
    decomposed = unicodedata.normalize("NFD", text)
    settled = _WANDERING_TONE.sub(_mark_on_first_vowel, decomposed)
    return unicodedata.normalize("NFC", settled)


def _mark_on_first_vowel(match: re.Match[str]) -> str:
    first, second = match.group(1, 2) if match.group(1) else match.group(3, 4)
    return f"{first}{match.group(5)}{second}"


def fold(text: str) -> str:
    """Lower case without any accent, as most people type in a hurry. `đ` is mapped by hand: NFD leaves it.

    Example:
        >>> fold("Đảng ủy Bộ máy Điều hành")
        'dang uy bo may dieu hanh'
    """
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))
