"""Years that words of an article speak of: told by number, by the headline, or from the year before."""

import datetime

import pytest

from rag.answering.times import clause_time_fit, other_end, time_fit, without_years_of_amounts, year_of_amount
from rag.chunking import Passage
from rag.retrieval.evidence import passage_text
from rag.store.records import StoredPassage
from rag.vietnamese.time_expressions import time_reference


def _stored(text: str, title: str) -> StoredPassage:
    passage = Passage("bai", 0, 0, len(text), text)
    return StoredPassage("bai#v#00000", passage, title, published=datetime.date(2025, 1, 8))


def _clause_fit(question: str, text: str, clause: str, title: str = "Xưởng Giấy tổng kết năm 2024") -> float | None:
    parts = passage_text(title, text)
    return clause_time_fit(time_reference(question), _stored(text, title), parts, text, clause)


@pytest.mark.parametrize(
    ("question", "clause", "fit"),
    [
        ("Năm 2024 bán bao nhiêu tấn?", "năm qua bán 592 tấn", 1.0),
        ("Năm 2023 bán bao nhiêu tấn?", "năm qua bán 592 tấn", -1.0),
        ("Năm 2023 bán bao nhiêu tấn?", "năm trước đó là 548 tấn", 1.0),
        ("Năm 2024 bán bao nhiêu tấn?", "năm trước đó là 548 tấn", -1.0),
        ("Năm 2023 bán bao nhiêu tấn?", "cùng kỳ là 548 tấn", 1.0),
        ("Năm 2022 bán bao nhiêu tấn?", "năm 2022 là 501 tấn", 1.0),
        ("Năm 2024 bán bao nhiêu tấn?", "tăng 8% so với năm trước", None),
        ("Năm 2024 bán bao nhiêu tấn?", "cao hơn năm 2021 từ 41%", None),
        ("Năm 2024 bán bao nhiêu tấn?", "gạo thơm 37 tấn", None),
        ("Bán bao nhiêu tấn?", "năm trước đó là 548 tấn", None),
    ],
)
def test_a_clause_tells_its_own_year(question: str, clause: str, fit: float | None) -> None:
    assert _clause_fit(question, f"Gạo: {clause}.", clause) == fit


def test_the_year_before_is_counted_from_the_headline_then_the_sentence_then_the_day() -> None:
    clause = "năm trước là 548 tấn"
    assert _clause_fit("Năm 2020 bán bao nhiêu?", f"Bán 592 tấn, {clause}.", clause, "Kết quả năm 2021") == 1.0
    assert _clause_fit("Năm 2018 bán bao nhiêu?", f"Năm 2019 bán 592 tấn, {clause}.", clause, "Kết quả") == 1.0
    # News of January looks back on the year that has just ended.
    assert _clause_fit("Năm 2023 bán bao nhiêu?", f"Bán 592 tấn, {clause}.", clause, "Kết quả") == 1.0


@pytest.mark.parametrize(
    ("question", "sentence", "fit"),
    [
        ("Năm 2024 bán bao nhiêu?", "Năm 2024 bán 592 tấn.", 1.0),
        ("Năm 2024 bán bao nhiêu?", "Cả xưởng bán 592 tấn.", 1.0),  # the headline's year
        ("Năm 2019 bán bao nhiêu?", "Năm 2018 bán 592 tấn.", -1.0),
        ("Bán bao nhiêu?", "Năm 2018 bán 592 tấn.", 0.0),
    ],
)
def test_a_sentence_agrees_by_its_words_or_its_headline(question: str, sentence: str, fit: float) -> None:
    title = "Xưởng Giấy tổng kết năm 2024"
    parts = passage_text(title, sentence)
    assert time_fit(time_reference(question), _stored(sentence, title), parts, sentence) == fit


@pytest.mark.parametrize(
    ("question", "sentence", "title", "fit"),
    [
        ("Nhiệm kỳ 2020-2025 bán bao nhiêu?", "Cả nhiệm kỳ bán 592 tấn.", "Đại hội nhiệm kỳ 2025-2030", 0.0),
        ("Nhiệm kỳ 2015-2020 bán bao nhiêu?", "Cả nhiệm kỳ bán 592 tấn.", "Đại hội nhiệm kỳ 2025-2030", -1.0),
        ("Năm 2026 bán bao nhiêu?", "Xưởng bán 592 tấn.", "Đại hội nhiệm kỳ 2025-2030", 0.0),
        ("Ai làm Giám đốc thời 1992-1997?", "Từ năm 1992 đến năm 1997, ông Tám làm Giám đốc.", "Các Giám đốc", 1.0),
    ],
)
def test_a_term_of_office_covers_its_years_and_looks_back_on_the_one_before(
    question: str, sentence: str, title: str, fit: float
) -> None:
    stored, parts = _stored(sentence, title), passage_text(title, sentence)
    assert time_fit(time_reference(question), stored, parts, sentence) == fit


@pytest.mark.parametrize(
    ("question", "opening", "fit"),
    [
        ("Năm 2022 bán bao nhiêu?", "Chiều 6/1, xưởng họp tổng kết năm 2022.", 0.7),
        ("Năm 2025 bán bao nhiêu?", "Chiều 6/1, xưởng họp tổng kết năm 2022.", 0.5),  # the day it appeared
        ("Năm 2019 bán bao nhiêu?", "Chiều 6/1, xưởng họp tổng kết năm 2022.", -0.3),
        ("Nhiệm kỳ 2020-2025 bán bao nhiêu?", "Đại hội nhiệm kỳ 2020-2025 khai mạc.", 0.7),
        ("Nhiệm kỳ 2015-2020 bán bao nhiêu?", "Đại hội nhiệm kỳ 2020-2025 khai mạc.", 0.0),  # it may look back
        ("Năm 2019 bán bao nhiêu?", "Chiều 6/1, xưởng họp.", 0.0),
    ],
)
def test_a_sentence_without_a_year_under_a_headline_without_one_is_of_the_time_its_article_begins_with(
    question: str, opening: str, fit: float
) -> None:
    sentence, title = "Cả xưởng bán 592 tấn.", "Xưởng Giấy bán thêm giấy"
    parts = passage_text(title, sentence, opening)
    assert time_fit(time_reference(question), _stored(sentence, title), parts, sentence) == fit


@pytest.mark.parametrize(
    ("question", "before", "other"),
    [
        ("Hợp đồng kéo dài đến khi nào?", "Bà Tư dẫn dắt đội từ ", True),
        ("Hợp đồng kéo dài đến khi nào?", "Bà Tư ký hợp đồng đến hết ", False),
        ("Bà Tư dẫn dắt đội từ tháng nào?", "Bà Tư ký hợp đồng đến ", True),
        ("Bà Tư ký hợp đồng khi nào?", "Bà Tư ký hợp đồng đến ", False),
    ],
)
def test_since_when_is_not_until_when(question: str, before: str, *, other: bool) -> None:
    assert other_end(question, before) is other


@pytest.mark.parametrize(
    ("text", "amount", "year", "blanked"),
    [
        ("giảm từ 17,2% năm 2022 xuống 15,6%", "17,2%", 2022, "giảm từ 17,2%          xuống 15,6%"),
        ("giảm từ 17,2% năm 2022 xuống 15,6%", "15,6%", None, "giảm từ 17,2%          xuống 15,6%"),
        ("bán 5 tấn gạo của năm 2022", "5 tấn", 2022, "bán 5 tấn                 "),
        ("bán 5 tấn và năm 2022 bán 6 tấn", "5 tấn", None, "bán 5 tấn và năm 2022 bán 6 tấn"),
        ("giảm so với 33 tỷ đồng của năm 2022", "33 tỷ đồng", 2022, "giảm so với 33 tỷ đồng             "),
        ("chỉ bằng 91% năm 2022", "91%", None, "chỉ bằng 91% năm 2022"),
        ("tăng 8% so với năm 2022", "8%", None, "tăng 8% so với năm 2022"),
    ],
)
def test_a_year_straight_behind_an_amount_is_of_that_amount_alone(
    text: str, amount: str, year: int | None, blanked: str
) -> None:
    start = text.index(amount)
    assert year_of_amount(text, start, start + len(amount)) == year
    assert without_years_of_amounts(text) == blanked
