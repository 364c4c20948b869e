from itertools import pairwise

import pytest
from hypothesis import given
from vietnamese_text import texts

from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables, syllables, with_bigrams


@given(texts())
def test_each_syllable_stands_at_its_place(text: str) -> None:
    found = syllables(text)
    assert all(text[syllable.start : syllable.end] == syllable.text for syllable in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(texts())
def test_text_with_and_without_accents_has_the_same_folded_syllables(text: str) -> None:
    assert folded_syllables(text) == folded_syllables(fold(text))


@pytest.mark.parametrize("written", ["BK24", "BK-24", "BK 24", "bk_24", "(BK–24)"])
def test_a_code_is_the_same_however_it_is_joined(written: str) -> None:
    assert folded_syllables(written) == ["bk", "24"]


def test_thousands_are_the_same_with_and_without_dots_but_dates_are_not_numbers() -> None:
    assert folded_syllables("1.234.567 tấn") == folded_syllables("1234567 tan")
    assert folded_syllables("29.12.2020") == ["29", "12", "2020"]


def test_bigrams_join_neighbours_only() -> None:
    assert with_bigrams(["hoi", "nghi", "dang"]) == ["hoi", "nghi", "dang", "hoi_nghi", "nghi_dang"]
    assert with_bigrams([]) == []
