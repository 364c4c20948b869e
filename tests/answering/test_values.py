import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.values import Amount, amount_in, comparable


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("hơn 1,1 triệu tỷ đồng", Amount(1.1e15, "VND")),
        ("566.000 tỷ đồng", Amount(566e12, "VND")),
        ("2.865.000 tấn", Amount(2_865_000_000.0, "mass")),
        ("5,6 km", Amount(5600.0, "length")),
        ("7,5 tỷ mét khối", Amount(7.5e9, "volume")),
        ("113 nghìn USD", Amount(113_000.0, "USD")),
        ("152%", Amount(152.0, "percent")),
        ("251 đảng viên", Amount(251.0, "dang vien")),
    ],
)
def test_amounts_are_read_as_vietnamese_writes_them(text: str, amount: Amount) -> None:
    assert amount_in(text) == amount


def test_a_text_without_a_number_has_no_amount() -> None:
    assert amount_in("không nêu") is None
    assert amount_in("phiên bản 1.2.3") is None


@given(st.integers(0, 10**12))
def test_thousands_with_dots_are_the_same_number(number: int) -> None:
    written = f"{number:,}".replace(",", ".")
    found = amount_in(f"{written} đồng")
    assert found is not None
    assert found.value == number


def test_only_what_measures_the_same_compares() -> None:
    assert comparable(Amount(1.0, "mass"), Amount(2.0, "mass"))
    assert not comparable(Amount(1.0, "mass"), Amount(2.0, "VND"))
