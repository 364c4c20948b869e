"""What amounts are worth: "1,1 triệu tỷ đồng" and "566.000 tỷ đồng" as numbers that can be compared."""

import re
from dataclasses import dataclass

from rag.vietnamese.normalise import fold
from rag.vietnamese.numbers import DIGITS, SCALES, number_value

_NUMBER = re.compile(DIGITS)
_SCALES = {fold(word): power for word, power in SCALES.items()}
# Units that measure the same thing, in one of them.
_UNITS: tuple[tuple[str, str, float], ...] = (
    (r"%|phan tram", "percent", 1.0),
    (r"usd|do la", "USD", 1.0),
    (r"dong|vnd", "VND", 1.0),
    (r"tan", "mass", 1000.0),
    (r"ta", "mass", 100.0),
    (r"kg", "mass", 1.0),
    (r"km", "length", 1000.0),
    (r"m3|m³|met khoi", "volume", 1.0),
    (r"ha|hec-ta", "area", 10000.0),
    (r"m2|m²|met vuong", "area", 1.0),
    (r"met|m", "length", 1.0),  # behind "mét khối" and "mét vuông"
    (r"gio", "time", 3600.0),
    (r"phut", "time", 60.0),
    (r"ngay", "time", 86400.0),
    (r"tuan", "time", 604800.0),
    (r"thang", "time", 2629800.0),
    (r"nam", "time", 31557600.0),
    (r"kwh", "energy", 1.0),
    (r"mwh", "energy", 1000.0),
    (r"mw", "power", 1000.0),
    (r"kw", "power", 1.0),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit.

    Attributes:
        value: In the base unit of what it measures.
        measures: What that is: "VND", "USD", "mass", or the folded word that is counted ("dang vien").
    """

    value: float
    measures: str


def amount_in(text: str) -> Amount | None:
    """The first amount of a short text; None where it holds no number, or first a version or section ("1.2.3").

    Example:
        >>> amount_in("hơn 1,5 tỷ đồng")
        Amount(value=1500000000.0, measures='VND')
    """
    match = _NUMBER.search(text)
    number = number_value(match.group()) if match is not None else None
    if match is None or number is None:
        return None
    words = fold(text[match.end() :]).split()
    while words and words[0] in _SCALES:
        number = number.scaleb(_SCALES[words.pop(0)])
    value = float(number)
    unit = " ".join(words)
    for pattern, measures, factor in _UNITS:
        if re.match(rf"(?:{pattern})(?![\w²³])", unit):
            per = re.search(r"/\s*\w+(?: dem)?", unit)
            return Amount(value * factor, measures + (per.group() if per else ""))
    return Amount(value, " ".join(words[:2]))


def comparable(first: Amount, second: Amount) -> bool:
    """Whether two amounts measure the same thing. A count without its noun compares with any count."""
    return first.measures == second.measures or not first.measures or not second.measures
