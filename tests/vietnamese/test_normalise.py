import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from vietnamese_text import LETTERS, texts

from rag.vietnamese.normalise import fold, settle_tone_marks, to_nfc

any_text = st.one_of(texts(), st.text())


@given(any_text)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(any_text)
def test_nothing_folded_keeps_an_accent(text: str) -> None:
    folded = fold(text)
    assert not any(unicodedata.combining(character) for character in unicodedata.normalize("NFD", folded))
    assert "đ" not in folded
    assert "Đ" not in folded


@given(st.text(LETTERS))
def test_vietnamese_letters_fold_one_to_one_to_ascii_in_either_unicode_form(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == folded.lower()
    assert len(folded) == len(text)
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(any_text)
@example("hoặc ngoặc kép")
def test_settling_tone_marks_twice_is_settling_once(text: str) -> None:
    assert settle_tone_marks(settle_tone_marks(text)) == settle_tone_marks(text)


@given(any_text)
def test_settling_tone_marks_changes_no_letter(text: str) -> None:
    assert fold(settle_tone_marks(text)) == fold(text)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("hòa", "hoà"),
        ("khỏe", "khoẻ"),
        ("ủy", "uỷ"),
        ("THÚY", "THUÝ"),
        ("Lũy", "Luỹ"),
        ("tọa", "toạ"),
        ("thụy", "thuỵ"),
    ],
)
def test_both_placements_of_a_wandering_tone_mark_are_the_same_word(older: str, newer: str) -> None:
    assert settle_tone_marks(older) == settle_tone_marks(newer) == older
    assert settle_tone_marks(unicodedata.normalize("NFD", f"({newer}).")) == f"({older})."


@pytest.mark.parametrize("word", ["quý", "QUỲ", "hoàn", "khoản", "hoặc", "ngoặt", "huých", "thoại", "giúp", "của"])
def test_a_tone_mark_with_one_place_only_stays_there(word: str) -> None:
    assert settle_tone_marks(word) == word


@given(texts())
def test_stored_text_is_the_same_whatever_the_editor_saved(text: str) -> None:
    saved = "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "\r\n")
    assert to_nfc(saved) == text
