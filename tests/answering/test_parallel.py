"""Amounts in a row are given to what was named in the same place of the row before."""

import pytest
from hypothesis import given
from vietnamese_text import texts

from rag.answering.parallel import counterpart


@pytest.mark.parametrize(
    ("text", "amount", "belongs_to"),
    [
        ("Tôm và cá tra lần lượt mang về 49,2 triệu USD và 28,7 triệu USD.", "28,7 triệu USD", "cá tra"),
        ("Tôm và cá tra lần lượt mang về 49,2 triệu USD và 28,7 triệu USD.", "49,2 triệu USD", "Tôm"),
        (
            "Hội sách đón 128.000 lượt khách, bán 215.000 bản sách; ở lần thứ 4 hai con số này là 96.000 và 160.000.",
            "96.000",
            "đón 128.000 lượt khách",
        ),
        (
            "Doanh thu 611 tỷ đồng, bằng 105% kế hoạch, lợi nhuận 148 tỷ đồng; năm 2023 lần lượt là 457 và 61 tỷ đồng.",
            "61 tỷ đồng",
            "lợi nhuận 148 tỷ đồng",
        ),
    ],
)
def test_an_amount_of_a_row_belongs_to_what_stands_in_its_place(text: str, amount: str, belongs_to: str) -> None:
    start = text.index(amount)
    place = counterpart(text, (0, len(text)), start, start + len(amount))
    assert place is not None
    assert belongs_to in text[place.start : place.end]
    assert len(text[place.start : place.end]) < len(belongs_to) + 12


def test_figures_that_are_pointed_back_at_may_stand_in_the_sentence_before() -> None:
    before = "Doanh thu đạt 611 tỷ đồng, lợi nhuận 148 tỷ đồng. "
    text = before + "Năm 2023, hai con số này lần lượt là 457 tỷ đồng và 61 tỷ đồng."
    start = text.index("61 tỷ đồng.")
    place = counterpart(text, (len(before), len(text)), start, start + 10)
    assert place is not None
    assert "lợi nhuận 148 tỷ đồng" in text[place.start : place.end]
    assert "Doanh thu" not in text[place.start : place.end]


def test_a_clause_that_tells_another_time_alone_repeats_the_one_before() -> None:
    text = "Giá gạo năm qua là 592 USD/tấn, năm trước đó là 548 USD/tấn, giá ngô là 300 USD/tấn."
    start = text.index("548")
    place = counterpart(text, (0, len(text)), start, start + 11)
    assert place is not None
    assert text[place.start : place.end] == "Giá gạo năm qua là 592 USD/tấn"
    start = text.index("300")
    assert counterpart(text, (0, len(text)), start, start + 11) is None


@pytest.mark.parametrize(
    "text",
    [
        "Tôm thu 49 tỷ đồng và cá thu 28 tỷ đồng.",
        "Kết quả tương ứng 28 tỷ đồng.",
        "Lần lượt từng người lên phát biểu 5 phút.",
    ],
)
def test_other_amounts_have_no_counterpart(text: str) -> None:
    start = text.index("28 tỷ") if "28" in text else text.index("5 phút")
    assert counterpart(text, (0, len(text)), start, start + 5) is None


@given(texts(max_words=40))
def test_any_text_has_counterparts_inside_or_none(text: str) -> None:
    for start in range(0, len(text), 7):
        place = counterpart(text, (0, len(text)), start, min(start + 5, len(text)))
        assert place is None or 0 <= place.start <= place.end <= len(text)
