import datetime

import pytest

from rag.answering.support import names_nothing_else, names_post_of
from rag.chunking import Passage
from rag.store.records import StoredPassage


@pytest.mark.parametrize(
    ("question", "all_there"),
    [
        ("Giàn BK-24 nặng bao nhiêu tấn?", True),
        ("Theo báo Lao Động, giàn BK-24 nặng bao nhiêu?", True),
        ("Tháng 12 năm 2025, giàn ở Vũng Tàu nặng bao nhiêu?", True),
        ("Giàn BK-25 nặng bao nhiêu tấn?", False),
        ("Giàn BK-24 của Petrovietnam nặng bao nhiêu tấn?", False),
        ("Năm 2024 giàn nặng bao nhiêu tấn?", False),
    ],
)
def test_names_and_numbers_of_a_question_stand_in_text_headline_publisher_or_day(
    question: str, *, all_there: bool
) -> None:
    text = "Giàn BK-24 nặng 1.200 tấn."
    passage = Passage("bai", 0, 0, len(text), text)
    day = datetime.date(2025, 12, 29)
    stored = StoredPassage("bai#v#00000", passage, "Tin Vũng Tàu", published=day, publisher="Lao Động")
    assert names_nothing_else(question, stored) is all_there


def test_a_deputy_does_not_hold_the_post() -> None:
    assert not names_post_of("Ai là Bí thư Đảng ủy?", "Ông Lê Văn Tám – Phó Bí thư Đảng ủy")
    assert names_post_of("Ai là Phó Bí thư Đảng ủy?", "Ông Lê Văn Tám – Phó Bí thư Đảng ủy")
    assert names_post_of("Ai là Bí thư Đảng ủy?", "Ông Lê Văn Tám – Bí thư Đảng ủy")


def test_a_question_without_a_post_is_always_met() -> None:
    assert names_post_of("Ai khánh thành nhà máy?", "Ông Lê Văn Tám khánh thành nhà máy.")
    assert names_post_of("Ai trao quyết định bổ nhiệm Giám đốc?", "Ông Lê Văn Tám trao quyết định.")
