"""What rules an answer out: another year, another measure, another one of a series than the question names."""

import datetime

import pytest

from rag.answering.contradictions import (
    other_charge,
    other_code,
    other_kind,
    other_measure,
    other_ordinal,
    other_rank,
    tells_of_other_years,
)
from rag.chunking import Passage
from rag.retrieval.fusion import Score
from rag.retrieval.retriever import Hit
from rag.store.records import StoredPassage
from rag.vietnamese.time_expressions import time_reference


def _hit(text: str, title: str = "Xưởng Giấy tổng kết", day: datetime.date | None = None) -> Hit:
    stored = StoredPassage("bai#v#00000", Passage("bai", 0, 0, len(text), text), title, published=day)
    return Hit(stored, Score(total=1.0, cosine=0.9, bm25=1.0, lexical=1.0))


@pytest.mark.parametrize(
    ("question", "text", "day", "other"),
    [
        ("Năm 2022 lãi bao nhiêu?", "Năm 2024 lãi 12 tỷ đồng.", datetime.date(2025, 1, 8), True),
        ("Năm 2024 lãi bao nhiêu?", "Xưởng lãi 12 tỷ đồng.", datetime.date(2025, 1, 8), False),
        ("Năm 2024 lãi bao nhiêu?", "Xưởng lãi 12 tỷ đồng.", datetime.date(2025, 7, 8), True),
        ("Năm 2024 lãi bao nhiêu?", "Năm ngoái xưởng lãi 12 tỷ đồng.", datetime.date(2025, 7, 8), False),
        ("Năm 2026 lãi bao nhiêu?", "Xưởng sẽ lãi 12 tỷ đồng trong năm tới.", datetime.date(2025, 7, 8), False),
        ("Năm 2024 lãi bao nhiêu?", "Xưởng lãi 12 tỷ đồng.", None, False),
        ("Xưởng lãi bao nhiêu?", "Xưởng lãi 12 tỷ đồng.", datetime.date(2025, 7, 8), False),
        ("Năm 2023 lãi bao nhiêu?", "Nhiệm kỳ 2020-2025 lãi 12 tỷ đồng.", datetime.date(2025, 7, 8), True),
        ("Năm học 2022-2023 có mấy lớp?", "Năm học 2023-2024 có 12 lớp.", datetime.date(2024, 7, 8), True),
        ("Ai làm Giám đốc 1992-1997?", "Từ năm 1992 đến 1997 ông Tám làm.", datetime.date(2024, 7, 8), False),
    ],
)
def test_an_article_of_a_known_day_that_names_none_of_the_years_asked_for(
    question: str, text: str, day: datetime.date | None, *, other: bool
) -> None:
    hit = _hit(text, day=day)
    assert tells_of_other_years(time_reference(question), hit, [hit]) is other


def test_a_year_may_stand_in_another_passage_of_the_article() -> None:
    day = datetime.date(2025, 7, 8)
    first, second = _hit("Xưởng lãi 12 tỷ đồng.", day=day), _hit("Đó là kết quả của năm 2023.", day=day)
    asked = time_reference("Năm 2023 lãi bao nhiêu?")
    assert tells_of_other_years(asked, first, [first])
    assert not tells_of_other_years(asked, first, [first, second])


@pytest.mark.parametrize(
    ("question", "answer", "sentence", "headline", "other"),
    [
        ("BK-7 nặng bao nhiêu tấn?", "12 tấn", "BK-9 nặng 12 tấn.", "Hai giàn", True),
        ("BK-7 nặng bao nhiêu tấn?", "12 tấn", "Giàn nặng 12 tấn.", "Giàn BK-9", True),
        ("BK7 nặng bao nhiêu tấn?", "12 tấn", "Giàn nặng 12 tấn.", "Giàn BK-7", False),
        ("AB-18A nặng bao nhiêu tấn?", "20 tấn", "Máy AB-18B nặng 20 tấn.", "Máy mới", True),
        ("AB-18A nặng bao nhiêu tấn?", "20 tấn", "Máy AB-18A nặng hơn AB-19 20 tấn.", "Máy mới", False),
        ("AB-18A nặng bao nhiêu tấn?", "20 tấn", "Máy nặng 20 tấn.", "Xe CD-19", True),
        ("BK-7 nối với giàn nào?", "BK-9", "BK-9 ở bên.", "Giàn BK-9", False),
        ("Xưởng nặng bao nhiêu tấn?", "12 tấn", "BK-9 nặng 12 tấn.", "Giàn BK-9", False),
    ],
)
def test_another_code_of_a_series(question: str, answer: str, sentence: str, headline: str, *, other: bool) -> None:
    assert other_code(question, answer, sentence, f"{headline} {sentence}") is other


@pytest.mark.parametrize(
    ("question", "sentence", "headline", "other"),
    [
        ("Lợi nhuận năm 2024?", "Doanh thu là 12 tỷ đồng.", "Xưởng Giấy", True),
        ("Lợi nhuận năm 2024?", "Con số là 12 tỷ đồng.", "Xưởng Giấy", False),
        ("Lợi nhuận năm 2024?", "Con số là 12 tỷ đồng.", "Lợi nhuận của Xưởng Giấy", False),
        ("Lợi nhuận năm 2024?", "Doanh thu 50 tỷ đồng, lợi nhuận 12 tỷ đồng.", "Xưởng Giấy", False),
        ("Ai là Giám đốc?", "Doanh thu là 12 tỷ đồng.", "Xưởng Giấy", False),
        ("Lãi năm 2024?", "Lợi nhuận là 12 tỷ đồng.", "Xưởng Giấy", False),
        ("Nộp ngân sách bao nhiêu?", "Số tiền nộp NSNN là 12 tỷ đồng.", "Doanh thu lập kỷ lục", False),
    ],
)
def test_another_measure(question: str, sentence: str, headline: str, *, other: bool) -> None:
    assert other_measure(question, sentence, headline) is other


@pytest.mark.parametrize(
    ("question", "sentence", "headline", "other"),
    [
        ("Hội sách lần thứ 4 có mấy gian?", "Có 18 gian.", "Hội sách lần thứ V", True),
        ("Hội sách lần thứ tư có mấy gian?", "Có 18 gian.", "Hội sách lần thứ IV", False),
        ("Hội sách lần 4 có mấy gian?", "Ở lần thứ 4, có 18 gian.", "Hội sách lần thứ V", False),
        ("Gói thầu số 4 đạt bao nhiêu?", "Gói thầu số 2 đạt 88%, gói thầu số 3 đạt 64%.", "Đường ven biển", True),
        ("Gói thầu số 3 đạt bao nhiêu?", "Gói thầu số 2 đạt 88%, gói thầu số 3 đạt 64%.", "Đường ven biển", False),
        ("Khóa 12 có mấy ủy viên?", "Ban Chấp hành khóa XIII có 15 ủy viên.", "Đại hội", True),
        ("Giai đoạn 2020-2025 có mấy lớp?", "Giai đoạn 2 có 15 lớp.", "Đại hội", False),
        ("Có mấy gian?", "Có 18 gian.", "Hội sách lần thứ V", False),
    ],
)
def test_another_one_of_a_series(question: str, sentence: str, headline: str, *, other: bool) -> None:
    assert other_ordinal(question, sentence, headline) is other


@pytest.mark.parametrize(
    ("question", "clause", "other"),
    [
        ("Sản lượng khí là bao nhiêu?", "sản lượng dầu là 12 tấn", True),
        ("Sản lượng khí là bao nhiêu?", "dầu 12 tấn, khí 7 tấn", False),
        ("Tập đoàn Dầu khí thu bao nhiêu?", "sản lượng dầu là 12 tấn", False),
        ("Có bao nhiêu giáo viên nữ?", "có 12 giáo viên nam", True),
        ("Ai là nữ Giám đốc?", "Bà Tư là Giám đốc Công ty Gạch Việt Nam", False),
        ("Huyện có mấy hộ cận nghèo?", "huyện còn 12 hộ nghèo", True),
    ],
)
def test_a_sibling_of_what_is_asked_for(question: str, clause: str, *, other: bool) -> None:
    assert other_kind(question, clause) is other


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("Phó Giám đốc phụ trách hành chính là ai?", "Phó Giám đốc phụ trách kỹ thuật Lê Văn Tám nói.", True),
        ("Phó Giám đốc phụ trách mảng kỹ thuật là ai?", "Phó Giám đốc phụ trách kỹ thuật Lê Văn Tám nói.", False),
        ("Phó Giám đốc phụ trách hành chính là ai?", "Phó Giám đốc Lê Văn Tám nói.", False),
        ("Ông Tám phụ trách mảng nào?", "Ông Tám phụ trách mảng kỹ thuật.", False),
        ("Ông Tám phụ trách gì vậy?", "Ông Tám phụ trách kỹ thuật của cả xưởng.", False),
    ],
)
def test_whoever_is_in_charge_of_another_field(question: str, sentence: str, *, other: bool) -> None:
    assert other_charge(question, sentence) is other


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("Phó Tổng trọng tài là ai?", "Tổng trọng tài là bà Tư.", True),
        ("Phó Tổng trọng tài là ai?", "Phó Tổng trọng tài là bà Tư.", False),
        ("Tổng trọng tài là ai?", "Tổng trọng tài là bà Tư.", False),
    ],
)
def test_a_deputy_is_told_from_the_chief_whatever_the_post(question: str, sentence: str, other: bool) -> None:  # noqa: FBT001
    assert other_rank(question, sentence) is other


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("Ai đoạt giải nhì?", "Giải nhất thuộc về em Lan.", True),
        ("Ai đoạt giải nhì?", "Giải nhất thuộc về em Lan, giải nhì thuộc về em Mai.", False),
        ("Ai đứng thứ ba?", "Lan về nhì, còn Mai giành ngôi vô địch.", True),
        ("Ai về nhì?", "Ngôi á quân thuộc về em Lan.", False),
        ("Đội nào thua ở giải hạng nhì?", "Đội Gạch thua ở giải hạng nhất vì mưa.", False),
        ("Ca mổ thứ hai diễn ra ngày nào?", "Ca mổ đầu tiên diễn ra ngày 5/3.", True),
        ("Ca mổ thứ 19 diễn ra ngày nào?", "Ca mổ thứ 20 diễn ra ngày 5/3.", True),
        ("Ca mổ diễn ra ngày nào?", "Ca mổ thứ 20 diễn ra ngày 5/3.", False),
    ],
)
def test_another_place_in_an_order_is_told(question: str, sentence: str, other: bool) -> None:  # noqa: FBT001
    assert other_ordinal(question, sentence, "Tin trong ngày") is other
