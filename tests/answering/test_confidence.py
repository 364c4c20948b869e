import dataclasses
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.candidates import Candidate
from rag.answering.confidence import Judged, Signals, confidence_model
from rag.answering.question import asked_for
from rag.answering.ranking import Features
from rag.answering.reading.span_reader import Support
from rag.chunking import Passage
from rag.retrieval.fusion import Score
from rag.retrieval.query import QueryOptions, understand
from rag.retrieval.retriever import Hit
from rag.store.language import CorpusLanguage
from rag.store.records import StoredPassage

_NO_SIGN = Signals(*[0.0] * len(dataclasses.fields(Signals)))
_GOOD = replace(
    replace(_NO_SIGN, reader=0.9, own=0.9, sentence=0.9, support=0.4, silent=0.02),
    cosine=0.92,
    coverage=0.6,
    absent=0.1,
    time=1.0,
    margin=0.8,
)
_JUDGED = Judged(support=Support(0.9, 0.05, 0.05))


def _signals(
    question: str,
    text: str,
    *,
    title: str = "Tin trong ngày",
    opening: str = "",
    items: int = 1,
    fit: float = 1.0,
    post: float = 0.0,
) -> Signals:
    """What is told of one passage whose whole text is the answering sentence."""
    query = understand(question, CorpusLanguage(Path(), holds_term=lambda _: True), QueryOptions(restore_accents=False))
    stored = StoredPassage("bai#v#00000", Passage("bai", 0, 0, len(text), text), title)
    hit = Hit(stored, Score(total=1.0, cosine=0.9, bm25=1.0, lexical=1.0), opening)
    best = Candidate(
        hit,
        0,
        len(text),
        (0, len(text)),
        Features(
            reader=5.0,
            moved=0.0,
            excess=0.0,
            lead=0.0,
            coverage=0.5,
            nearness=0.5,
            fit=fit,
            time=0.0,
            post=post,
            other_kind=False,
            difference=False,
            planned=False,
        ),
        score=9.0,
    )
    rarity = lambda term: 1.0 if term else 9.0  # noqa: E731
    return Signals.of(query, asked_for(query.restored), [hit], [best], rarity, _JUDGED, items)


def test_confidence_is_a_probability_that_falls_with_every_bad_sign() -> None:
    model = confidence_model()
    best = model.probability(_GOOD)
    worse = [
        replace(_GOOD, reader=-0.9, own=-0.9, sentence=-0.9),
        replace(_GOOD, support=-0.4, silent=0.95),
        replace(_GOOD, cosine=0.7),
        replace(_GOOD, absent=0.6),
    ]
    assert 0.0 < best < 1.0
    assert all(model.probability(signals) < best for signals in worse)


def test_no_sign_of_a_rule_speaks_for_an_answer_nor_rules_it_out_by_itself() -> None:
    model = confidence_model()
    best = model.probability(_GOOD)
    signs = [name for name in _GOOD.as_dict() if name.startswith(("other_", "missing_")) or name == "planned"]
    for changed in (*(replace(_GOOD, **{name: 1.0}) for name in signs), replace(_GOOD, post=-1.0)):
        assert best / 10 < model.probability(changed) <= best


def test_a_good_answer_is_given() -> None:
    model = confidence_model()
    assert model.probability(_GOOD) >= model.threshold


def test_the_model_weighs_only_signals_that_there_are() -> None:
    assert confidence_model().coefficients.keys() <= _GOOD.as_dict().keys()


def test_the_threshold_says_how_it_was_measured() -> None:
    model = confidence_model()
    assert 0.0 < model.threshold < 1.0
    assert {"date", "n", "held_out", "sets"} <= model.fit.keys()


@pytest.mark.parametrize(
    ("question", "items", "miscount"),
    [
        ("Hai nội dung nào được thông qua?", 2, 0.0),
        ("Hai nội dung nào được thông qua?", 3, 1.0),
        ("Hai nội dung nào được thông qua?", 1, 1.0),
        ("Những nội dung nào được thông qua?", 3, 0.0),
        ("Những nội dung nào được thông qua?", 1, 0.5),
        ("Ai thông qua hai nội dung?", 1, 0.0),
    ],
)
def test_a_list_of_another_length_than_asked_is_a_miscount(question: str, items: int, miscount: float) -> None:
    assert _signals(question, "Đại hội thông qua nội dung.", items=items).miscount == miscount


def test_an_amount_of_another_unit_is_told_on() -> None:
    text = "Năm 2020 xưởng giao hàng."
    assert [_signals("Xưởng giao bao nhiêu tấn?", text, fit=fit).other_unit for fit in (-1.0, -0.5)] == [1.0, 0.0]
    assert _signals("Xưởng giao gì?", text, fit=-1.0).other_unit == 0.0


def test_a_name_may_stand_where_the_article_begins() -> None:
    question, text = "Doanh thu của Xưởng Giấy là bao nhiêu?", "Doanh thu là 12 tỷ đồng."
    assert _signals(question, text).missing_name == 1.0
    assert _signals(question, text, opening="Xưởng Giấy họp ngày 5/6.").missing_name == 0.0


@pytest.mark.parametrize("text", ["Chủ tịch HĐQT nói.", "Chủ tịch Hội đồng quản trị nói."])
def test_a_word_is_there_in_short_or_in_full(text: str) -> None:
    absent = [_signals("Ai là Chủ tịch HĐQT?", said).absent for said in (text, "Chủ tịch Công đoàn nói.")]
    assert absent[0] <= 0.25 < absent[1]


def test_the_measure_may_stand_in_the_headline() -> None:
    question, text = "Doanh thu năm 2020 là bao nhiêu?", "Năm 2020 lợi nhuận là 20 tỷ đồng."
    assert _signals(question, text, title="Doanh thu kỷ lục").other_measure == 0.0
    assert _signals(question, text).other_measure == 1.0


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Máy AB-18A chạy từ năm 2021.", 0.0),
        ("Máy AB-18A chạy từ lâu.", 0.5),
        ("Máy AB-19 chạy từ lâu.", 1.0),
    ],
)
def test_numbers_and_codes_of_the_question_that_the_passage_lacks_are_counted(text: str, missing: float) -> None:
    assert _signals("Năm 2021 máy AB-18A có chạy không?", text).missing_number == missing


@pytest.mark.parametrize(("post", "told"), [(-1.0, -1.0), (0.0, 0.0), (1.0, 0.0)])
def test_another_post_in_the_passage_is_told_on(post: float, told: float) -> None:
    assert _signals("Ai là Giám đốc?", "Ông Lê Văn Tám là Giám đốc.", post=post).post == told


@pytest.mark.parametrize(("question", "yes_no"), [("Máy đã chạy chưa?", 1.0), ("Máy nào chạy?", 0.0)])
def test_yes_no_questions_are_marked(question: str, yes_no: float) -> None:
    assert _signals(question, "Máy chạy.").yes_no == yes_no
