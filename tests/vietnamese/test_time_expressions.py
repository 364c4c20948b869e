"""Years, terms, quarters and days, whatever their spelling."""

import pytest

from rag.vietnamese.time_expressions import time_reference


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("cuối 2020", {2020}),
        ("Năm 2020 và năm 2021", {2020, 2021}),
        ("quý II/2025", {2025}),
        ("tháng 11/2022", {2022}),
        ("nhiệm kỳ 2020-2025", set()),
        ("2.020 tấn", set()),
        ("12020 người", set()),
    ],
)
def test_years_are_read_on_their_own_only(text: str, years: set[int]) -> None:
    assert time_reference(text).years == years


@pytest.mark.parametrize("text", ["nhiệm kỳ 2020-2025", "nhiem ky 2020 – 2025", "NK 2020 - 2025"])
def test_a_term_of_office_is_one_thing_however_its_dash_is_written(text: str) -> None:
    assert time_reference(text).terms == {(2020, 2025)}


@pytest.mark.parametrize("text", ["quý II/2025", "quý 2 năm 2025", "quy ii nam 2025", "Q2/2025"])
def test_a_quarter_is_looked_for_in_both_spellings(text: str) -> None:
    assert set(time_reference(text).index_terms()) >= {"quy_2", "quy_ii"}


@pytest.mark.parametrize("text", ["ngày 5 tháng 9", "ngày 05/09/2020", "hôm 5/9", "ngày 5-9"])
def test_a_day_is_looked_for_with_and_without_zeros(text: str) -> None:
    assert set(time_reference(text).index_terms()) >= {"5_9", "05_09"}


def test_what_is_no_day_is_left_alone() -> None:
    assert time_reference("tỷ lệ 93/93 và ngày 45/13").days == frozenset()
