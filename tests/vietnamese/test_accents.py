import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from vietnamese_text import texts

from rag.loaders.files import load_article
from rag.vietnamese.accents import AccentModel
from rag.vietnamese.normalise import fold, settle_tone_marks
from rag.vietnamese.syllables import syllables

_CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def bodies() -> list[str]:
    return [load_article(path, path.stem, 10**6).body for path in sorted(_CORPUS.glob("*.md"))]


@pytest.fixture(scope="module")
def model(bodies: list[str]) -> AccentModel:
    return AccentModel.from_texts(bodies)


@given(text=texts(max_words=20))
def test_restoring_accents_changes_nothing_but_accents(model: AccentModel, text: str) -> None:
    assert fold(model.restore(text)) == fold(text)


@given(text=texts(max_words=20))
def test_a_typed_accent_always_wins(model: AccentModel, text: str) -> None:
    typed = syllables(settle_tone_marks(text))
    restored = syllables(model.restore(text))
    assert len(typed) == len(restored)
    for before, after in zip(typed, restored, strict=True):
        if fold(before.text) != before.text.lower():
            assert after.text.lower() == before.text.lower()


@given(text=texts(max_words=20))
def test_a_question_in_decomposed_unicode_is_restored_alike(model: AccentModel, text: str) -> None:
    assert model.restore(unicodedata.normalize("NFD", text)) == model.restore(text)


def test_a_question_typed_without_accents_gets_those_of_the_articles(model: AccentModel) -> None:
    assert model.restore("ai la bi thu dang uy BMDH nam 2020?") == "ai là bí thư đảng ủy BMĐH năm 2020?"


def test_beside_typed_accents_a_syllable_without_one_is_most_likely_meant_so() -> None:
    model = AccentModel.from_texts(["Bà Lan đến."] * 4 + ["Ba Lan đến."])
    assert model.restore("ba lan den") == "bà lan đến"
    assert model.restore("ba lan đến") == "ba lan đến"


def test_accents_come_from_the_indexed_text() -> None:
    assert AccentModel.from_texts(["Giàn khoan Tam Đảo."]).restore("gian khoan tam dao") == "giàn khoan tam đảo"
    assert AccentModel.from_texts(["Gian hàng tấm đào."]).restore("gian hang tam dao") == "gian hàng tấm đào"


def test_nearly_every_syllable_of_the_indexed_text_comes_back_right(bodies: list[str], model: AccentModel) -> None:
    lines = [settle_tone_marks(line).lower() for line in bodies[0].splitlines()]
    pairs = [
        (right.text, guess.text)
        for line in lines
        for right, guess in zip(syllables(line), syllables(model.restore(fold(line))), strict=True)
    ]
    assert sum(right == guess for right, guess in pairs) / len(pairs) > 0.95


def test_a_model_that_was_kept_restores_as_before(model: AccentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "accents.npz")
    question = "dai hoi dang bo lan thu may hop o dau"
    assert AccentModel.load(tmp_path / "accents.npz").restore(question) == model.restore(question) != question


def test_without_any_article_the_words_of_questions_are_known() -> None:
    assert AccentModel.from_texts([]).restore("bao nhieu") == "bao nhiêu"
    assert AccentModel.from_texts([]).restore("zzz 24") == "zzz 24"
    assert AccentModel.from_texts([]).restore("") == ""


def test_a_name_typed_with_accents_keeps_its_syllables_without() -> None:
    model = AccentModel.from_texts(["Tổ làm việc ở sông, tổ làm xong."] * 40)
    assert model.restore("Cầu Sông Lam dài bao nhiêu?") == "Cầu Sông Lam dài bao nhiêu?"
    assert model.restore("song lam") == "sông làm"


def test_capitals_stay_where_they_were_typed(model: AccentModel) -> None:
    assert model.restore("KimBank họp ở đâu, giàn ThTC-3 ra sao?") == "KimBank họp ở đâu, giàn ThTC-3 ra sao?"
