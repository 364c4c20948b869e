"""What speaks for yes and for no: signs that are read off a passage, and a model that weighs them."""

import dataclasses
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.polarity import Polarity, polarity_model
from rag.answering.reading.span_reader import Verdict
from rag.retrieval.query import QueryOptions, understand
from rag.store.language import CorpusLanguage

_TEXT = "Năm 2020, ông Lê Văn Tám khánh thành nhà máy giấy ở Hòa Lạc."
_NO_SIGN = Polarity(*[0.0] * len(dataclasses.fields(Polarity)))


def _signs(question: str, text: str = _TEXT) -> Polarity:
    query = understand(question, CorpusLanguage(Path(), holds_term=lambda _: True), QueryOptions(restore_accents=False))
    return Polarity.of(query, "Tin", text, (0, len(text)), Verdict(0.5, 0.5, 0.0, 0.0))


@pytest.mark.parametrize(
    ("question", "number", "name"),
    [
        ("Năm 2020 ông Lê Văn Tám khánh thành nhà máy phải không?", 0.0, 0.0),
        ("Năm 2021 ông Lê Văn Tám khánh thành nhà máy phải không?", 1.0, 0.0),
        ("Năm 2020 ông Trần Văn Tám khánh thành nhà máy phải không?", 0.0, 1.0),
    ],
)
def test_numbers_and_people_that_the_passage_lacks_are_told_on(question: str, number: float, name: float) -> None:
    signs = _signs(question)
    assert (signs.missing_number, signs.missing_name) == (number, name)


def test_a_denial_and_an_affirmation_differ_by_their_words() -> None:
    question = "Nhà máy giấy đã khánh thành chưa?"
    assert _signs(question).rule == 1.0
    assert _signs(question, "Nhà máy giấy chưa khánh thành.").rule == -1.0


def test_what_the_network_says_counts_and_what_is_missing_never_speaks_for_yes() -> None:
    model = polarity_model()
    assert model.log_odds(replace(_NO_SIGN, network=0.5)) > model.log_odds(replace(_NO_SIGN, network=-0.5))
    assert model.log_odds(replace(_NO_SIGN, missing_number=1.0)) <= model.log_odds(_NO_SIGN)
    assert model.coefficients.keys() <= _NO_SIGN.as_dict().keys()
