"""Numbers as Vietnamese writes them: "2.300" is two thousand three hundred, "49,7" has a decimal comma."""

import re
from collections.abc import Mapping
from decimal import Decimal

DIGITS = r"\d+(?:[.,]\d+)*"
"""Pattern of a number in digits, with the marks between them."""

SCALES: Mapping[str, int] = {"trăm": 2, "nghìn": 3, "ngàn": 3, "vạn": 4, "triệu": 6, "tỷ": 9, "tỉ": 9}
"""The words behind a number that scale it, each with its power of ten: in "566 nghìn tỷ" the powers add up."""

# No number above 999 begins with 0: "0.125" is a fraction as English writes it.
_POINTS_BETWEEN_THOUSANDS = re.compile(r"([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?")
_COMMAS_BETWEEN_THOUSANDS = re.compile(r"([1-9]\d{0,2}(?:,\d{3}){2,})|([1-9]\d{0,2}(?:,\d{3})+)\.(\d+)")
_ONE_DECIMAL_MARK = re.compile(r"(\d+)(?:[.,](\d+))?")


def number_value(digits: str) -> Decimal | None:
    """What a number in digits is worth.

    Points between thousands and a decimal comma are how Vietnamese writes it; what can only be English (commas between
    thousands, a decimal point) is read as that. Thousands are groups of three behind one to three digits, all with the
    same mark. So one comma is always decimal, and one point unless three digits follow it.

    Args:
        digits: All of one match of `DIGITS`.

    Returns:
        The value; None where the marks make no number, as in the "1.2.3" of a version or a section.

    Example:
        >>> [str(number_value(one)) for one in ("2.300", "49,7", "1.234.567,8", "2,053", "1,234,567", "49.7", "1.2.3")]
        ['2300', '49.7', '1234567.8', '2.053', '1234567', '49.7', 'None']
    """
    for pattern in (_POINTS_BETWEEN_THOUSANDS, _COMMAS_BETWEEN_THOUSANDS, _ONE_DECIMAL_MARK):
        match = pattern.fullmatch(digits)
        if match is not None:
            whole, *decimals = (part for part in match.groups() if part is not None)
            return Decimal(".".join([re.sub(r"\D", "", whole), *decimals]))
    return None
