from decimal import Decimal

import pytest
from hypothesis import given
from vietnamese_text import texts

from rag.answering.llm.facts import facts_of, missing


def _spellings(text: str) -> list[str]:
    pairs = {"PVN": "Tập đoàn Dầu khí Việt Nam", "Tập đoàn Dầu khí Việt Nam": "PVN"}
    return [other for one, other in pairs.items() if one in text]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("nặng 2.300 tấn", "gần 2300 tấn"),
        ("hơn 234.000 tấn", "hơn 234 nghìn tấn"),
        ("234 ngàn tấn", "234 nghìn tấn"),
        ("1,25 triệu tấn", "vượt 1.250.000 tấn"),
        ("566 nghìn tỷ đồng", "566.000 tỉ đồng"),
        ("15.000 đảng viên", "1,5 vạn đảng viên"),
        ("7 đảng viên mới", "07 đảng viên mới"),
        ("2 phó bí thư", "hai phó bí thư"),
        ("ngày 29 tháng 12 năm 2020", "chiều 29/12/2020"),
        ("ngày 29-12-2020", "ngày 29/12/2020"),
        ("ngày 3/8/2025", "2-3/8/2025"),
        ("ngày 9/6/2025", "năm 2025, họp ngày 9/6"),
        ("tháng 3/2024", "vào tháng 3 năm 2024"),
        ("17 giờ 30", "17h30"),
        ("lúc 07:09", "lúc 7 giờ 9 phút"),
        ("lần thứ 3", "lần thứ III"),
        ("ông lê mạnh hùng", "đồng chí Lê Mạnh Hùng"),
        ("PVN đạt", "Tập đoàn Dầu khí Việt Nam đạt"),
        ("Năm nay Tập đoàn Dầu khí Việt Nam", "PVN"),
        ("giàn BK24", "giàn BK-24"),
        ("của PVN Lê Mạnh Hùng", "Lê Mạnh Hùng, PVN"),
        ("tại Thuý Hoà", "tại Thúy Hòa"),
    ],
)
def test_the_same_fact_in_another_spelling_is_found(claim: str, source: str) -> None:
    assert missing(facts_of(claim), source, _spellings) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("nặng 2.400 tấn", "gần 2.300 tấn"),
        ("2,3 tấn", "2.300 tấn"),
        ("20,53 tỷ", "2,053 tỷ"),
        ("theo mục 1.2.3", "theo mục 12.3"),
        ("234 triệu tấn", "234 nghìn tấn"),
        ("ngày 28/12/2020", "ngày 29/12/2020"),
        ("ngày 29/12/2021", "ngày 29/12/2020"),
        ("ngày 9/6/2024", "năm 2025, họp ngày 9/6"),
        ("18h30", "17h30"),
        ("ông Lê Văn Hùng", "ông Lê Mạnh Hùng, ông Trần Văn Tài"),
        ("giàn BK-25", "giàn BK-24"),
        ("thuộc Petrovietnam", "thuộc Vietsovpetro"),
        ("lần thứ IV", "lần thứ III"),
    ],
)
def test_another_fact_is_missed(claim: str, source: str) -> None:
    assert missing(facts_of(claim), source, _spellings)


def test_a_year_of_a_term_and_a_code_are_numbers_too() -> None:
    assert Decimal(2025) in facts_of("nhiệm kỳ 2020-2025").numbers
    assert missing(facts_of("năm 2020"), "nhiệm kỳ 2020-2025", _spellings) == []


@given(texts())
def test_every_text_states_its_own_facts(text: str) -> None:
    assert missing(facts_of(text), text, _spellings) == []
