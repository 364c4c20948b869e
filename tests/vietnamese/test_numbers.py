from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.vietnamese.numbers import DIGITS, number_value


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("2020", "2020"),
        ("2.300", "2300"),
        ("1.103.600", "1103600"),
        ("1.234.567,85", "1234567.85"),
        ("49,7", "49.7"),
        ("2,053", "2.053"),
        ("0,125", "0.125"),
    ],
)
def test_points_stand_between_thousands_and_a_comma_before_decimals(digits: str, value: str) -> None:
    assert number_value(digits) == Decimal(value)


@pytest.mark.parametrize(
    ("digits", "value"),
    [("49.7", "49.7"), ("0.125", "0.125"), ("1,234,567", "1234567"), ("1,234.5", "1234.5"), ("1234.567", "1234.567")],
)
def test_what_can_only_be_english_is_read_as_english(digits: str, value: str) -> None:
    assert number_value(digits) == Decimal(value)


@pytest.mark.parametrize("digits", ["1.2.3", "1.234.56", "12345.678.901", "1.234,567,890", "1,23,456"])
def test_marks_that_make_no_number_have_no_value(digits: str) -> None:
    assert number_value(digits) is None


@given(st.integers(0, 10**18), st.text("0123456789", max_size=6))
def test_a_number_written_as_vietnamese_writes_it_is_read_back(whole: int, decimals: str) -> None:
    written = f"{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "")
    assert number_value(written) == Decimal(f"{whole}.{decimals or 0}")


@given(st.from_regex(DIGITS, fullmatch=True))
def test_any_digits_and_marks_are_a_number_or_none(digits: str) -> None:
    value = number_value(digits)
    assert value is None or value >= 0
