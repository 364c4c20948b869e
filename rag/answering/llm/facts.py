"""The facts of a text that can be checked word by word: numbers, dates, times of day, names; in one form each."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.vietnamese.normalise import fold, settle_tone_marks
from rag.vietnamese.numbers import DIGITS, SCALES, number_value
from rag.vietnamese.syllables import folded_syllables
from rag.vietnamese.wording import Wording

_YEAR = r"((?:1[5-9]|20)\d{2})(?!\d)"
_DATE = re.compile(
    rf"(?<![\d/.,])(\d{{1,2}})\s?[/.-]\s?(\d{{1,2}})\s?[/.-]\s?{_YEAR}"
    rf"|\bngay\s+(\d{{1,2}})\s+thang\s+(\d{{1,2}})(?:\s*(?:nam\s+|[/,-]\s*){_YEAR})?"
    rf"|\b(\d{{1,2}})\s+thang\s+(\d{{1,2}})(?:\s*(?:nam\s+|[/,-]\s*){_YEAR})?"
    rf"|(?<![\d/.,-])(\d{{1,2}})\s?[/-]\s?(\d{{1,2}})(?![\d/%]|\s?[/-]\s?\d)"
)
_MONTH = re.compile(rf"\bthang\s+(\d{{1,2}})(?:\s*(?:/|-|nam\s)\s*{_YEAR})?|(?<![\d/.,-])(\d{{1,2}})\s?[/-]\s?{_YEAR}")
_TIME = re.compile(
    r"(?<![\d.,])(\d{1,2})(?::(\d{2})(?!\d)|\s?(?:h|gio)\b(?:\s?(\d{1,2})(?!\d)(?:\s?phut)?)?|h(\d{2})(?!\d))"
)
_NUMBER = re.compile(DIGITS)
_SCALES = {fold(word): power for word, power in SCALES.items() if word != "trăm"}  # folded, it is a station, too
_SCALE = re.compile(rf"\s+({'|'.join(_SCALES)})\b")
_ROMAN = re.compile(r"\b(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})\b")
_ROMAN_UNITS = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}  # "năm" is a year
_MONTHS, _DAYS, _HOURS = 12, 31, 24
_NOT_VIETNAMESE = re.compile(r"(?![bcdghklmnpqrstvx]{0,3}[aeiouy]{1,3}(?:ch|nh|ng|[cmnpt])?$)")

Spellings = Callable[[str], list[str]]
"""The long forms of the abbreviations in a text, and the abbreviations of its long forms."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day, or a month; the parts that are not told are None."""

    day: int | None
    month: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text states that can be compared.

    Attributes:
        dates: Days and months.
        times: Hours and minutes.
        numbers: Numbers with their scale ("234 nghìn" is 234000), years among them.
        names: Capitalised runs and codes, folded ("le van tam", "bk 24").
    """

    dates: tuple[Date, ...]
    times: tuple[tuple[int, int], ...]
    numbers: tuple[Decimal, ...]
    names: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.dates) + len(self.times) + len(self.numbers) + len(self.names)


def facts_of(text: str) -> Facts:
    """Read the facts out of a text.

    Example:
        >>> facts_of("Ngày 29/12/2020, BK-24 đạt hơn 234 nghìn tấn.").numbers
        (Decimal('24'), Decimal('234000'))
    """
    settled = settle_tone_marks(text)
    folded = fold(settled)
    rest = list(folded)
    dates, times = [], []
    for match, date in _dates(folded):
        dates.append(date)
        rest[match.start() : match.end()] = " " * len(match.group())
    for match in _TIME.finditer("".join(rest)):
        hour, minute = int(match[1]), int(match[2] or match[3] or match[4] or 0)
        if hour <= _HOURS and minute < 60:  # noqa: PLR2004
            times.append((hour, minute))
            rest[match.start() : match.end()] = " " * len(match.group())
    numbers = list(_numbers("".join(rest)))
    numbers += [Decimal(value) for value in _roman(settled)] if len(settled) == len(folded) else []
    return Facts(tuple(dates), tuple(times), tuple(dict.fromkeys(numbers)), tuple(_names(settled)))


def missing(claimed: Facts, source: str, spellings: Spellings) -> list[str]:
    """The facts that do not stand in a text, as words for a log; none when all do.

    Args:
        claimed: Facts of the claim.
        source: The cited words with their headline.
        spellings: Other ways to write what stands in it.
    """
    stated = facts_of(source)
    numbers = {*stated.numbers, *(Decimal(value) for value in _spelled(source))}
    years = {value for value in numbers if value == int(value)} | {
        Decimal(date.year) for date in stated.dates if date.year is not None
    }
    found = [
        *(str(date) for date in claimed.dates if not any(_same(date, other, years) for other in stated.dates)),
        *(str(time) for time in claimed.times if time not in stated.times),
        *(str(number) for number in claimed.numbers if number not in numbers | years),
    ]
    if claimed.names:
        words = tuple(folded_syllables(" | ".join([source, *spellings(source)])))
        found += [" ".join(name) for name in claimed.names if not _stands(name, words)]
    return found


def _dates(folded: str) -> Iterator[tuple[re.Match[str], Date]]:
    taken: list[tuple[int, int]] = []
    for pattern, has_day in ((_DATE, True), (_MONTH, False)):
        for match in pattern.finditer(folded):
            parts = [int(part) for part in match.groups() if part is not None]
            day = parts.pop(0) if has_day else None
            month, year = parts[0], parts[1] if len(parts) > 1 else None
            free = all(match.end() <= start or end <= match.start() for start, end in taken)
            if free and 1 <= month <= _MONTHS and (day is None or 1 <= day <= _DAYS):
                taken.append(match.span())
                yield match, Date(day, month, year)


def _same(claimed: Date, stated: Date, years: Iterable[Decimal]) -> bool:
    if claimed.month != stated.month or (claimed.day is not None and claimed.day != stated.day):
        return False
    return claimed.year in {None, stated.year} or (stated.year is None and claimed.year in set(years))


def _numbers(folded: str) -> Iterator[Decimal]:
    for match in _NUMBER.finditer(folded):
        value = number_value(match.group())
        if value is None:  # a version or section number: each of its parts has to be right
            yield from (Decimal(part) for part in re.split(r"[.,]", match.group()))
            continue
        exponent, place = 0, match.end()
        while scale := _SCALE.match(folded, place):  # "566 nghìn tỷ"
            exponent += _SCALES[scale.group(1)]
            place = scale.end()
        yield value.scaleb(exponent).normalize() + 0


def _roman(text: str) -> Iterator[int]:
    for match in _ROMAN.finditer(text):
        value = 10 * len(match[1]) + _ROMAN_UNITS[match[2]]
        if value and match.group() not in {"V", "X"}:
            yield value


def _spelled(text: str) -> Iterator[int]:
    return (_WORDS[word] for word in folded_syllables(text) if word in _WORDS)


def _names(text: str) -> Iterator[tuple[str, ...]]:
    wording = Wording(text)
    place = 0
    while place < len(wording):
        last = place
        while last < len(wording) and (last == place or wording.joined(last)) and _named(wording, last):
            last += 1
        run = tuple(fold(one.text) for one in wording.syllables[place:last])
        if run and not (len(run) == 1 and _ROMAN.fullmatch(wording.syllables[place].text)):
            yield tuple(part.replace(".", "") for part in run)
        place = max(last, place + 1)


def _named(wording: Wording, place: int) -> bool:
    word = wording.syllables[place].text
    return wording.is_name(place) or (word[0].isupper() and _NOT_VIETNAMESE.match(fold(word)) is not None)


def _stands(name: Sequence[str], words: tuple[str, ...]) -> bool:
    """Whether a name stands in the words, whole or as parts that are names by themselves."""
    if _within(tuple(name), words):
        return True
    for length in range(len(name) - 1, 0, -1):
        head, rest = tuple(name[:length]), tuple(name[length:])
        if _is_whole(head) and _is_whole(rest) and _within(head, words):
            return _stands(rest, words)
    return False


def _is_whole(part: tuple[str, ...]) -> bool:
    """Whether a part of a name can be a name: one syllable of Vietnamese is not."""
    return len(part) > 1 or part[0].isdigit() or _NOT_VIETNAMESE.match(part[0]) is not None


def _within(part: tuple[str, ...], words: tuple[str, ...]) -> bool:
    length = len(part)
    return length > 0 and any(words[place : place + length] == part for place in range(len(words) - length + 1))
