"""How candidates are ordered where the network has no opinion: by posts, clauses, years and what the question names."""

import datetime
import re
from pathlib import Path

import numpy as np
import pytest

from rag.answering.candidates import Candidate, candidates
from rag.answering.question import asked_for
from rag.answering.reading.span_reader import PassageReading, Verdict, WindowLogits
from rag.chunking import Passage
from rag.retrieval.fusion import Score
from rag.retrieval.query import QueryOptions, understand
from rag.retrieval.retriever import Hit
from rag.store.language import CorpusLanguage
from rag.store.records import StoredPassage

_OPEN = Verdict(yes=0.0, no=0.0, unknown=0.0, open=1.0)
_ROSTER = (
    "Dự lễ có ông Lê Văn Tám, Bí thư Đảng ủy, Giám đốc; ông Trần An, Phó Bí thư Đảng ủy; "
    "bà Vũ Thị Mơ, Chủ tịch Công đoàn Xưởng Giấy."
)


def _ranked(question: str, text: str, *pointed: str) -> list[Candidate]:
    """The candidates where the network points at some words, a little less at each of them, or at none."""
    language = CorpusLanguage(Path(), holds_term=lambda _: True)
    query = understand(question, language, QueryOptions(restore_accents=False))
    passage = Passage("bai", 0, 0, len(text), text)
    stored = StoredPassage("bai#v#00000", passage, "Xưởng Giấy tổng kết năm 2024", published=datetime.date(2025, 1, 8))
    words = np.array([match.span() for match in re.finditer(r"\w+", text)], dtype=np.int64)
    starts, ends = (np.zeros(len(words), dtype=np.float32) for _ in range(2))
    for less, span in enumerate(pointed):
        start = text.index(span)
        starts[words[:, 0] == start] = 5.0 - less
        ends[words[:, 1] == start + len(span)] = 5.0
    reading = PassageReading(text, [WindowLogits(words, starts, ends, _OPEN)])
    hit = Hit(stored, Score(total=1.0, cosine=0.9, bm25=1.0, lexical=1.0))
    return candidates(query, asked_for(query.restored), [hit], [reading], lambda _: 1.0)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Ai là Chủ tịch Công đoàn Xưởng Giấy?", "Vũ Thị Mơ"),
        ("Phó Bí thư Đảng ủy là ai?", "Trần An"),
        ("Bí thư Đảng ủy Xưởng Giấy là ai?", "Lê Văn Tám"),
        ("Ngoài ông Tám, ai trong Đảng ủy dự lễ?", "Trần An"),
    ],
)
def test_of_several_people_the_one_with_the_post_comes_first(question: str, name: str) -> None:
    assert name in _ranked(question, _ROSTER)[0].text


def test_a_person_who_is_named_in_the_question_does_not_answer_it() -> None:
    ranked = _ranked("Ngoài ông Lê Văn Tám, ai dự lễ?", _ROSTER)
    assert ranked[0].text != "Lê Văn Tám"
    assert next(one for one in ranked if one.text == "Lê Văn Tám").features.fit == -1.0


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("Bao nhiêu sáng kiến được công nhận?", "52 sáng kiến được công nhận"),
        ("Bán gạo được bao nhiêu tiền?", "11 tỷ đồng"),
        ("Bán cà phê được bao nhiêu tiền?", "7 tỷ đồng"),
        ("Năm 2024 giá gạo là bao nhiêu USD?", "592 USD/tấn"),
        ("Năm 2023 giá gạo là bao nhiêu USD?", "548 USD/tấn"),
    ],
)
def test_of_several_amounts_the_one_in_the_right_clause_and_year_comes_first(question: str, amount: str) -> None:
    text = (
        "Cả năm có 73 sáng kiến dự thi, trong đó 52 sáng kiến được công nhận. Bán gạo thu 11 tỷ đồng, "
        "bán cà phê thu 7 tỷ đồng. Giá gạo năm qua là 592 USD/tấn, năm trước đó là 548 USD/tấn."
    )
    assert _ranked(question, text)[0].text == amount


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("Doanh thu năm 2024 là bao nhiêu?", "611 tỷ đồng"),
        ("Lợi nhuận năm 2024 là bao nhiêu?", "148 tỷ đồng"),
        ("Doanh thu năm 2023 là bao nhiêu?", "457 tỷ đồng"),
        ("Lợi nhuận năm 2023 là bao nhiêu?", "61 tỷ đồng"),
        ("Năm 2024 bán bao nhiêu máy in?", "1.130 máy in"),
        ("Năm 2023 bán bao nhiêu máy in?", "865"),
    ],
)
def test_an_amount_that_is_told_in_a_row_goes_with_its_thing_and_year(question: str, amount: str) -> None:
    text = (
        "Doanh thu năm 2024 đạt 611 tỷ đồng, lợi nhuận 148 tỷ đồng; năm 2023 lần lượt là 457 tỷ đồng và 61 tỷ đồng. "
        "Xưởng bán 9.870 máy cưa và 1.130 máy in; năm trước hai con số tương ứng là 8.940 và 865."
    )
    assert _ranked(question, text)[0].text == amount


def test_how_many_does_not_say_which() -> None:
    text = "Năm qua 12 xưởng được khen. Xưởng Giấy và Xưởng Mực dẫn đầu."
    for span, fit in (("12 xưởng", -1.0), ("Xưởng Giấy và Xưởng Mực", 0.0)):
        ranked = _ranked("Những xưởng nào được khen?", text, span)
        assert next(one for one in ranked if one.text == span).features.fit == fit


def test_a_whole_name_comes_before_its_end() -> None:
    text = "Máy do Viện Cơ học của Xưởng Giấy thiết kế."
    spans = [one.text for one in _ranked("Đơn vị nào thiết kế máy?", text, "Xưởng Giấy", "Viện Cơ học của Xưởng Giấy")]
    assert spans[:2] == ["Viện Cơ học của Xưởng Giấy", "Xưởng Giấy"]


@pytest.mark.parametrize(
    ("question", "text", "amount"),
    [
        (
            "Bao nhiêu giải pháp được công nhận?",
            "Có 19 giải pháp không được công nhận, 101 giải pháp được công nhận.",
            "101 giải pháp được công nhận",
        ),
        ("Bán bao nhiêu tấn dầu?", "Xưởng bán 12 tấn gạo, 7 tấn khí, 15 tấn dầu.", "15 tấn"),
        ("Có bao nhiêu giếng khai thác?", "Gồm 75 giếng thăm dò và 32 giếng khai thác.", "32 giếng khai thác"),
        ("Đã khoan bao nhiêu giếng?", "Số giếng đã khoan là 650, gồm 75 giếng thăm dò.", "650"),
    ],
)
def test_of_several_amounts_the_one_whose_clause_agrees_comes_first(question: str, text: str, amount: str) -> None:
    assert _ranked(question, text)[0].text == amount


@pytest.mark.parametrize(
    ("question", "difference"),
    [("Ban gồm bao nhiêu người?", True), ("Ban tăng bao nhiêu người?", False)],
)
def test_how_much_more_is_told_from_how_much(question: str, difference: bool) -> None:  # noqa: FBT001
    ranked = _ranked(question, "Ban gồm 19 người, tăng 2 người; số đội tăng lên 12 người.")
    assert {one.text: one.features.difference for one in ranked if "người" in one.text} == {
        "19 người": False,
        "2 người": difference,
        "12 người": False,
    }


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("Xưởng có bao nhiêu thợ?", "251 thợ"),
        ("Xưởng có bao nhiêu thợ phụ?", "8 thợ phụ"),
        ("Xưởng có bao nhiêu thợ chính?", "243 thợ chính"),
    ],
)
def test_the_whole_is_told_from_its_parts(question: str, amount: str) -> None:
    text = "Xưởng có 251 thợ, trong đó 243 thợ chính, 8 thợ phụ."
    assert _ranked(question, text)[0].text == amount


def test_an_amount_of_a_sibling_is_told_as_such() -> None:
    assert _ranked("Bán bao nhiêu tấn khí?", "Xưởng bán 15 tấn dầu.")[0].features.other_kind
    assert not _ranked("Bán bao nhiêu tấn dầu?", "Xưởng bán 15 tấn dầu.")[0].features.other_kind
