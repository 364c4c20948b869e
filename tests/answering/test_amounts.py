"""What tells the amount that is asked for from a plan, and from a difference."""

import pytest

from rag.answering.amounts import is_difference, is_plan_for_result


@pytest.mark.parametrize(
    ("question", "before", "other"),
    [
        ("Năm 2024 xưởng lãi bao nhiêu?", "Năm 2024, xưởng phấn đấu lãi ", True),
        ("Năm 2024 xưởng lãi bao nhiêu?", "Năm 2024, xưởng lãi ", False),
        ("Kế hoạch lãi năm 2024 là bao nhiêu?", "Năm 2024, xưởng lãi ", True),
        ("Kế hoạch lãi năm 2024 là bao nhiêu?", "Năm 2024, xưởng phấn đấu lãi ", False),
        ("Xưởng tính lãi bao nhiêu?", "Xưởng phấn đấu lãi ", False),
        ("Tính đến cuối năm xưởng lãi bao nhiêu?", "Xưởng phấn đấu lãi ", True),
        ("Xưởng vượt kế hoạch bao nhiêu?", "Năm 2024, xưởng vượt kế hoạch ", False),
        # What is expected of a year may be its plan, or its result before the last day.
        ("Lãi năm 2024 dự kiến bao nhiêu?", "Năm 2024, xưởng lãi ", False),
        ("Lãi năm 2024 dự kiến bao nhiêu?", "Năm 2024, xưởng phấn đấu lãi ", False),
    ],
)
def test_a_plan_is_no_result_and_a_result_no_plan(question: str, before: str, *, other: bool) -> None:
    assert is_plan_for_result(question, before) is other


@pytest.mark.parametrize(
    ("before", "amount", "difference"),
    [
        ("Xưởng có 90 thợ, tăng ", "12 thợ", True),
        ("Tỷ lệ hỏng giảm ", "từ 17,2%", False),
        ("Số thợ tăng lên ", "90 thợ", False),
    ],
)
def test_what_an_amount_was_before_is_no_difference(before: str, amount: str, *, difference: bool) -> None:
    assert is_difference("Xưởng có bao nhiêu thợ?", before, amount) is difference
