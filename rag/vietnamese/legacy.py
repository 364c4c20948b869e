"""The encodings that Vietnamese was written in before Unicode: TCVN3 (ABC), VNI and windows-1258."""

import re
import unicodedata

from rag.vietnamese.normalise import to_nfc

# TCVN 5712:1993, third table ("ABC"). Fonts draw capitals with accents from the small letters' bytes.
_TCVN3 = dict(
    zip(
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadae"
            "b5b6b7b8b9bbbcbdbec6c7c8c9cacb"
            "cccecfd0d1d2d3d4d5d6d7d8dcddde"
            "dfe1e2e3e4e5e6e7e8e9eaebecedee"
            "eff1f2f3f4f5f6f7f8f9fafbfcfdfe"
        ),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
# VNI writes a letter and then its marks as a second character, and a few letters as one.
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_PAIR = re.compile(f"([aeouyôöAEOUYÔÖ])([{''.join(_VNI_MARKS)}{''.join(_VNI_MARKS).upper()}])")

_ONSET = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh|n|ph?|qu|r|s|th?|tr|t|v|x)?"
_NUCLEUS = (
    "(?:i[aêu]?|ia|yê?u?|iêu|u[aâêơôyi]?|uyê?[au]?|uô[i]?|uâ[y]?|uê|ươ[iu]?|ư[aiu]?|[aăâeêoôơ]|"
    "a[iouy]|â[uy]|eo|êu|o[aăei]|oa[iyo]|oeo|oo|ôi|ơi|ui|uya|uyu)"
)
_SYLLABLE = re.compile(f"{_ONSET}{_NUCLEUS}(?:ch|nh|ng|c|m|n|p|t)?")
_WORD = re.compile(r"[^\W\d_]+")
_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")

_LEAST_SHARE = 0.85  # of the words with accents that must be Vietnamese syllables
_LEAST_GAIN = 0.3  # by which a repaired text must be better than the text as it stands


def from_tcvn3(text: str) -> str:
    """TCVN3 that was read as windows-1252 or Latin-1.

    Example:
        >>> from_tcvn3("§¶ng ñy Bé m¸y §iÒu hµnh")
        'Đảng ủy Bộ máy Điều hành'
    """
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """VNI that was read as windows-1252 or Latin-1.

    Example:
        >>> from_vni("Ñaûng uûy Boä maùy Ñieàu haønh")
        'Đảng ủy Bộ máy Điều hành'
    """

    # A pair's letter may itself be one of VNI's own: "ôù" is "ớ".
    def joined(match: re.Match[str]) -> str:
        letter, mark = match.groups()
        return unicodedata.normalize("NFC", _vni_letter(letter) + _VNI_MARKS[mark.lower()])

    pieces, end = [], 0
    for match in _VNI_PAIR.finditer(text):
        pieces += ["".join(map(_vni_letter, text[end : match.start()])), joined(match)]
        end = match.end()
    return "".join([*pieces, *map(_vni_letter, text[end:])])


def _vni_letter(letter: str) -> str:
    found = _VNI_LETTERS.get(letter.lower())
    if found is None:
        return letter
    return found.upper() if letter.isupper() else found


def recognised(data: bytes) -> str | None:
    """The text of bytes in one of the three encodings; None where none of them makes Vietnamese of it."""
    windows = data.decode("cp1252", errors="replace")
    candidates = [from_tcvn3(windows), from_vni(windows), to_nfc(data.decode("cp1258", errors="replace"))]
    best = max(candidates, key=vietnamese_share)
    return best if vietnamese_share(best) >= _LEAST_SHARE else None


def repaired(text: str) -> str:
    """Text from a document whose old font drew other letters than its characters; as it is where it needs no repair.

    Example:
        >>> repaired("Céng hßa x· héi chñ nghÜa ViÖt Nam")
        'Cộng hòa xã hội chủ nghĩa Việt Nam'
        >>> repaired("Cộng hòa xã hội chủ nghĩa Việt Nam")
        'Cộng hòa xã hội chủ nghĩa Việt Nam'
    """
    as_it_is = vietnamese_share(text)
    if as_it_is >= _LEAST_SHARE:
        return text
    best = max((from_tcvn3(text), from_vni(text)), key=vietnamese_share)
    share = vietnamese_share(best)
    return best if share >= _LEAST_SHARE and share - as_it_is >= _LEAST_GAIN else text


def vietnamese_share(text: str) -> float:
    """Share of the words with letters beyond ASCII that are spelt as Vietnamese syllables, 0 to 1; 0 without any."""
    words = [word for word in _WORD.findall(text[:100_000]) if not word.isascii()]
    # Symbols stand where an old encoding's letters should be.
    symbols = sum(1 for character in text[:100_000] if "\x80" <= character <= "¿" and character not in "«»°·")
    if not words:
        return 0.0
    good = sum(1 for word in words if is_vietnamese_syllable(word))
    return good / (len(words) + symbols)


def is_vietnamese_syllable(word: str) -> bool:
    """Whether a word is spelt as a Vietnamese syllable can be.

    Example:
        >>> [is_vietnamese_syllable(word) for word in ("nghiệp", "Nguyễn", "Vietsov", "kaf")]
        [True, True, False, False]
    """
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word.lower()).translate(_TONES))
    return _SYLLABLE.fullmatch(bare) is not None
