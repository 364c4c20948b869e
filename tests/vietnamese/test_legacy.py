"""Old encodings: what was written in them comes back, and what was not is left alone."""

import unicodedata

import pytest
from support import ROOT

from rag.errors import ArticleError
from rag.loaders.encoding import decoded
from rag.vietnamese.legacy import _TCVN3, from_tcvn3, from_vni, recognised, repaired, vietnamese_share
from rag.vietnamese.normalise import to_nfc

_TO_TCVN3 = {character: chr(byte) for byte, character in _TCVN3.items()}
_TEXT = (
    "Sáng ngày 30/12, Đảng ủy Bộ máy Điều hành tổ chức hội nghị tổng kết; đồng chí Nguyễn Hữu Thắng được khen thưởng."
)


def tcvn3(text: str) -> bytes:
    return "".join(_TO_TCVN3.get(one, _TO_TCVN3.get(one.lower(), one)) for one in text).encode("latin-1", "ignore")


def vni(text: str) -> bytes:
    tones = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
    circumflex = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
    breve = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
    single = {"đ": "ñ", "ơ": "ô", "ư": "ö", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
    out = ""
    for character in text:
        small = character.lower()
        if small in single:
            made = single[small]
        else:
            marks = unicodedata.normalize("NFD", small)
            tone = next((mark for mark in marks if mark in tones), "")
            rest = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark != tone))
            if rest in ("â", "ê", "ô"):
                made = {"â": "a", "ê": "e", "ô": "o"}[rest] + circumflex[tone]
            elif rest == "ă":
                made = "a" + breve[tone]
            else:
                made = single.get(rest, rest) + (tones[tone] if tone else "")
        out += made.upper() if character.isupper() else made
    return out.encode("cp1252")


def windows_1258(text: str) -> bytes:
    out = b""
    for character in text:
        try:
            out += character.encode("cp1258")
        except UnicodeEncodeError:
            marks = unicodedata.normalize("NFD", character)
            tone = "".join(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
            rest = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tone))
            out += (rest + tone).encode("cp1258")
    return out


@pytest.mark.parametrize("encode", [tcvn3, vni, windows_1258])
def test_text_in_an_old_encoding_is_read(encode: object) -> None:
    read = decoded(encode(_TEXT))  # type: ignore[operator]
    assert to_nfc(read) == _TEXT


@pytest.mark.parametrize("encode", [tcvn3, vni, windows_1258])
def test_every_article_that_ships_is_recognised_in_each_encoding(encode: object) -> None:
    for file in sorted((ROOT / "corpus").glob("*.md")):
        text = to_nfc(file.read_text(encoding="utf-8"))
        plain = "".join(one for one in text if one.isascii() or one.lower() in _TO_TCVN3)
        read = recognised(encode(plain))  # type: ignore[operator]
        assert read is not None, file
        assert to_nfc(read).lower() == plain.lower(), file  # TCVN3 has no capitals with accents of its own


def test_what_is_no_vietnamese_is_refused_and_text_in_unicode_is_left_alone() -> None:
    for data in ("Le café est prêt, l'élève à l'école française".encode("latin-1"), bytes(range(128, 256)), b"\xff"):
        with pytest.raises(ArticleError, match="không phải UTF-8"):
            decoded(data)
    for text in (_TEXT, "Le café est prêt, l'élève", "", "ASCII only", "10 m³ và 1/2"):
        assert repaired(text) == text


def test_text_that_an_old_font_drew_is_repaired() -> None:
    assert repaired(tcvn3(_TEXT).decode("latin-1")) == from_tcvn3(tcvn3(_TEXT).decode("latin-1")) == _TEXT
    assert repaired(vni(_TEXT).decode("cp1252")) == from_vni(vni(_TEXT).decode("cp1252")) == _TEXT
    assert vietnamese_share(_TEXT) == 1.0
