"""What tells the amount that is asked for from a plan."""

import pytest

from rag.answering.amounts import is_plan_for_result


@pytest.mark.parametrize(
    ("question", "before", "other"),
    [
        ("Năm 2024 xưởng lãi bao nhiêu?", "Năm 2024, xưởng phấn đấu lãi ", True),
        ("Năm 2024 xưởng lãi bao nhiêu?", "Năm 2024, xưởng lãi ", False),
        ("Kế hoạch lãi năm 2024 là bao nhiêu?", "Năm 2024, xưởng lãi ", True),
        ("Kế hoạch lãi năm 2024 là bao nhiêu?", "Năm 2024, xưởng phấn đấu lãi ", False),
        ("Xưởng vượt kế hoạch bao nhiêu?", "Năm 2024, xưởng vượt kế hoạch ", False),
        # What is expected of a year may be its plan, or its result before the last day.
        ("Lãi năm 2024 dự kiến bao nhiêu?", "Năm 2024, xưởng lãi ", False),
        ("Lãi năm 2024 dự kiến bao nhiêu?", "Năm 2024, xưởng phấn đấu lãi ", False),
    ],
)
def test_a_plan_is_no_result_and_a_result_no_plan(question: str, before: str, *, other: bool) -> None:
    assert is_plan_for_result(question, before) is other
