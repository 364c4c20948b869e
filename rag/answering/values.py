"""What amounts are worth: "1,1 triệu tỷ đồng" and "566.000 tỷ đồng" as numbers that can be compared."""

import re
from dataclasses import dataclass

from rag.vietnamese.normalise import fold

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SCALES = {
    "tram": 1e2,
    "nghin": 1e3,
    "ngan": 1e3,
    "van": 1e4,
    "trieu": 1e6,
    "ty": 1e9,
    "ti": 1e9,
}
_THOUSANDS = 3  # digits
# Units that measure the same thing, in one of them.
_UNITS: tuple[tuple[str, str, float], ...] = (
    (r"%|phan tram", "percent", 1.0),
    (r"usd|do la", "USD", 1.0),
    (r"dong|vnd", "VND", 1.0),
    (r"tan", "mass", 1000.0),
    (r"ta", "mass", 100.0),
    (r"kg", "mass", 1.0),
    (r"km", "length", 1000.0),
    (r"met|m", "length", 1.0),
    (r"m3|m³|met khoi", "volume", 1.0),
    (r"ha|hec-ta", "area", 10000.0),
    (r"m2|m²|met vuong", "area", 1.0),
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
    """The first amount of a short text; None where it holds no number.

    Example:
        >>> amount_in("hơn 1,5 tỷ đồng")
        Amount(value=1500000000.0, measures='VND')
    """
    match = _NUMBER.search(text)
    if match is None:
        return None
    value = _number(match.group())
    words = fold(text[match.end() :]).split()
    while words and words[0] in _SCALES:
        value *= _SCALES[words.pop(0)]
    unit = " ".join(words)
    for pattern, measures, factor in _UNITS:
        if re.match(rf"(?:{pattern})(?![\w²³])", unit):
            per = re.search(r"/\s*\w+(?: dem)?", unit)
            return Amount(value * factor, measures + (per.group() if per else ""))
    return Amount(value, " ".join(words[:2]))


def _number(digits: str) -> float:
    """A number as Vietnamese writes it: "2.300" is two thousand three hundred, "49,7" has a decimal comma."""
    groups = re.split(r"[.,]", digits)
    marks = re.findall(r"[.,]", digits)
    thousands = all(len(group) == _THOUSANDS for group in groups[1:])
    if marks and thousands and (len(set(marks)) == 1) and (marks[0] == "." or len(marks) > 1):
        return float("".join(groups))
    if len(marks) > 1 and marks[-1] != marks[0]:
        return float("".join(groups[:-1]) + "." + groups[-1])
    return float(digits.replace(",", ".")) if len(marks) <= 1 else float("".join(groups))


def comparable(first: Amount, second: Amount) -> bool:
    """Whether two amounts measure the same thing. A count without its noun compares with any count."""
    return first.measures == second.measures or not first.measures or not second.measures
