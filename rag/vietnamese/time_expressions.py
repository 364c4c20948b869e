"""Years, quarters and days as Vietnamese writes them, in one form whatever the spelling."""

import re
from dataclasses import dataclass

from rag.vietnamese.normalise import fold

_YEAR = re.compile(r"(?<!\d)(?<!\d[.,])((?:19|20)\d{2})(?!\d|[.,]\d)")
_TERM = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[-–]\s*((?:19|20)\d{2})(?!\d)")
_QUARTER = re.compile(r"\b(?:quy|q)\s*(iv|i{1,3}|[1-4])\b")
_DAY = re.compile(r"\bngay\s+(\d{1,2})\s+thang\s+(\d{1,2})\b|(?<![\d/.-])(\d{1,2})[/-](\d{1,2})(?![\d-])")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_ROMAN_OF = {arabic: roman for roman, arabic in _ROMAN.items()}
_MONTHS = 12
_DAYS = 31


@dataclass(frozen=True, slots=True)
class TimeReference:
    """What a text says about time.

    Attributes:
        years: Years named on their own ("năm 2020", "cuối 2020", "quý II/2025").
        terms: First and last year of each term of office ("nhiệm kỳ 2020-2025").
        quarters: Quarters, "1" to "4".
        days: Days as (day, month).
    """

    years: frozenset[int]
    terms: frozenset[tuple[int, int]]
    quarters: frozenset[str]
    days: frozenset[tuple[int, int]]

    def index_terms(self) -> list[str]:
        """Lexical terms for the spellings of the same time that the question did not use."""
        days = [f"{day}_{month}" for day, month in sorted(self.days)]
        padded = [f"{day:02d}_{month:02d}" for day, month in sorted(self.days)]
        quarters = [
            f"quy_{spelling}" for quarter in sorted(self.quarters) for spelling in (quarter, _ROMAN_OF[quarter])
        ]
        return list(dict.fromkeys([*days, *padded, *quarters]))


def time_reference(text: str) -> TimeReference:
    """Read the times out of a text.

    Example:
        >>> sorted(time_reference("quý II/2025, nhiệm kỳ 2020-2025").years)
        [2025]
    """
    folded = fold(text)
    terms = [(int(match[1]), int(match[2])) for match in _TERM.finditer(folded)]
    without_terms = _TERM.sub(" ", folded)
    return TimeReference(
        frozenset(int(match[1]) for match in _YEAR.finditer(without_terms)),
        frozenset(terms),
        frozenset(_ROMAN.get(match[1], match[1]) for match in _QUARTER.finditer(without_terms)),
        frozenset(day for match in _DAY.finditer(without_terms) if (day := _day(match)) is not None),
    )


def _day(match: re.Match[str]) -> tuple[int, int] | None:
    day, month = (int(part) for part in match.groups() if part is not None)
    return (day, month) if 1 <= day <= _DAYS and 1 <= month <= _MONTHS else None
