"""Amounts, times and people in a text: what short answers are made of, each with its place."""

import functools
import re
from dataclasses import dataclass

from rag.vietnamese.names import name_spans
from rag.vietnamese.numbers import DIGITS, SCALES
from rag.vietnamese.word_lists import any_of, word_list

# Every span that may answer is compared with the expressions of its passage: those of a passage are found once.
_CACHED_TEXTS = 128

_SCALE = rf"(?:{'|'.join(SCALES)})"
_PERCENT_OR_SYMBOL = re.compile(r"^[%°]")

_CLOCK = r"(?<![\d.,])(?:\d{1,2}\s?giờ(?:\s\d{1,2}(?:\sphút)?)?|\d{1,2}h\d{0,2}|\d{1,2}:\d{2})"
_D, _M = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_TO = r"\s?(?:[-–]|đến(?:\sngày)?)\s?"
# "9/6" is a day wherever it stands; "13-12" only behind a word for one, as codes and blocks are written so, too.
_NUMERIC_DAY = (
    rf"(?<![\d.,/-])(?:{_D}{_TO}{_D}/{_M}/\d{{4}}|(?<=ngày\s){_D}{_TO}{_D}/{_M}|{_D}\s?[/.-]\s?{_M}\s?[/.-]\s?\d{{4}}|{_D}/{_M}|(?<=ngày\s){_D}[-.]{_M}"
    rf"|(?<=(?:sáng|trưa|hiều)\s){_D}[-.]{_M}|(?<=tối\s){_D}[-.]{_M})(?![\d/]|[.,-]\d)"
)
_SPELLED_DAY = r"(?<![\d.,])\d{1,2}\stháng\s\d{1,2}(?!\d|\sngày)(?:(?:\snăm\s|/|-)\d{4})?"
_MONTH = r"tháng\s\d{1,2}(?:(?:\snăm\s|/|-)\d{4})?"
_YEAR = r"(?<![\d.,/-])(?:1[0-9]|20)\d{2}(?![\d.,]*\d|\s?(?:tấn|đồng|USD|người|%))"
_PART_OF_DAY = r"(?:(?:rạng\s)?sáng|trưa|chiều|tối|đêm)"
_DAYS_BEFORE = r"(?:(?:hai|ba|các)\s)?ngày\s\d{1,2}(?:,\s\d{1,2})*\s?(?:và|-|–)\s?(?:ngày\s)?"
_DAY = rf"(?:{_DAYS_BEFORE})?(?:{_SPELLED_DAY}|{_NUMERIC_DAY})"
_MOMENT = re.compile(
    rf"(?:{_CLOCK}(?:,)?\s(?:{_PART_OF_DAY}\s)?)?(?:{_PART_OF_DAY}\s)?(?:ngày\s)?{_DAY}"
    rf"|{_CLOCK}(?:\s(?:cùng ngày|{_PART_OF_DAY}))?"
    rf"|(?:{_PART_OF_DAY}\s)?ngày\s\d{{1,2}}(?![\d.,]*\d)"
    rf"|(?:đầu|giữa|cuối)?\s?{_MONTH}"
    rf"|quý\s(?:IV|I{{1,3}}|[1-4])(?:[/-]\d{{4}}|\snăm\s\d{{4}})?"
    rf"|(?:(?:đầu|giữa|cuối|giai đoạn|nhiệm kỳ)\s)?(?:năm\s)?{_YEAR}(?:\s?[-–]\s?\d{{4}})?"
    rf"|thế kỷ\s(?:thứ\s)?(?:[IVX]+|\d{{1,2}})",
    re.IGNORECASE,
)


# "1258/QĐ-TTg", "VSP-000-KTSX-601", "20-NQ/TVĐU": numbers and capitals joined by strokes.
_CODE = re.compile(r"(?<![\w/-])(?=[\w./-]*\d)(?=[\w./-]*[A-ZĐ])[\w.]+(?:[/-][\w.]+)+(?<!\.)|(?<=số )\d+(?![\w.,]*\d)")
_ORDINAL = re.compile(
    r"(?:\b(?:lần|khóa|kỳ|hạng)\s)?\bthứ\s(?:\d+(?:\s(?:nghìn|ngàn|triệu|tỷ|tỉ))?|[IVX]+\b|nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)"
    r"|\b(?:lần|khóa|hạng)\s(?:\d+|[IVX]+)\b"
)
# "nhờ đó", "vì vậy" point back: the cause is what stands before them.
_BACK = r"(?:nhờ đó|nhờ vậy|do đó|do vậy|vì vậy|vì thế|bởi vậy|bởi thế|cho nên|nên)\b"
_CAUSE_WORD = r"(?:bởi vì|vì|do|bởi|nhờ|nhằm|để|xuất phát từ|xuất phát|không muốn|muốn)"
_EFFECT = rf"(?:,\s{_BACK}|\.\s+{_BACK}|\s(?:gây|khiến|dẫn đến|dẫn tới|làm cho)\b)"
_SENTENCE_START = r"(?:^|(?<=[.!?;\n]\s))"
_CAUSE = re.compile(
    rf"{_SENTENCE_START}(?!{_BACK})[^.!?;\n]+?(?={_EFFECT})"
    rf"|{_SENTENCE_START}(?!{_BACK}){_CAUSE_WORD}\s[^,.;\n]+(?=,)"
    rf"|\b(?!{_BACK}){_CAUSE_WORD}\s[^.;\n]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts.

    Attributes:
        start: Offset of the approximator ("hơn"), where there is one, else of the number.
        number_start: Offset of the number.
        number_end: Offset behind its digits.
        end: Offset behind the scale and unit of measure.
    """

    start: int
    number_start: int
    number_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands in a text: `text[start:end]`."""

    start: int
    end: int


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text with their approximators, scales and units, in order. Times are not among them.

    Example:
        >>> text = "đạt hơn 11,47 triệu tấn dầu, tăng 8%"
        >>> [text[one.start : one.end] for one in quantities(text)]
        ['hơn 11,47 triệu tấn', '8%']
    """
    times = moments(text)
    found = []
    for match in _quantity().finditer(text):
        if any(time.start <= match.start("number") < time.end for time in times):
            continue
        found.append(Quantity(match.start(), match.start("number"), match.end("number"), match.end()))
    return tuple(found)


@functools.cache
def _quantity() -> re.Pattern[str]:
    units = sorted(word_list("units"), key=len, reverse=True)
    unit = "|".join(
        re.escape(one) if _PERCENT_OR_SYMBOL.match(one) else rf"{re.escape(one)}\b(?!\schí)" for one in units
    )
    return re.compile(
        rf"(?:\b{any_of('approximators')}\s)*(?<![\w./,-])(?P<number>(?:{DIGITS}(?:\s?½)?|½)(?![\w/-]*(?-i:[A-ZĐ])))"
        rf"(?:\s?{_SCALE}\b)*(?:\s?(?:{unit})(?:/[^\W\d_]+(?:\sđêm)?)?)?",
        re.IGNORECASE,
    )


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def moments(text: str) -> tuple[Place, ...]:
    """The days, times of day, months, years and spans of years that a text names, in order.

    Example:
        >>> text = "Lúc 17h30 ngày 11/10/2025, chiều 28/12 và năm 1959"
        >>> [text[one.start : one.end] for one in moments(text)]
        ['17h30 ngày 11/10/2025', 'chiều 28/12', 'năm 1959']
    """
    found = []
    for match in _MOMENT.finditer(text):
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        found.append(Place(start, match.end()))
    return tuple(found)


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def people(text: str) -> tuple[Place, ...]:
    """The people's names of a text, without titles, in order.

    Example:
        >>> text = "đồng chí Lê Văn Tám và ông Nguyễn An"
        >>> [text[one.start : one.end] for one in people(text)]
        ['Lê Văn Tám', 'Nguyễn An']
    """
    return tuple(Place(start, end) for start, end in name_spans(text))


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def codes(text: str) -> tuple[Place, ...]:
    """The numbers of documents and other codes in a text, in order.

    Example:
        >>> text = "theo Quyết định số 1258/QĐ-TTg và Nghị quyết 20-NQ/TW"
        >>> [text[one.start : one.end] for one in codes(text)]
        ['1258/QĐ-TTg', '20-NQ/TW']
    """
    return tuple(Place(match.start(), match.end()) for match in _CODE.finditer(text))


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def ordinals(text: str) -> tuple[Place, ...]:
    """The places in an order that a text names ("lần thứ 53", "khóa VI"), in order."""
    return tuple(Place(match.start(), match.end()) for match in _ORDINAL.finditer(text))


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def causes(text: str) -> tuple[Place, ...]:
    """The clauses of a text that give a reason or a purpose, from the word that opens them, in order.

    Example:
        >>> text = "Giá giảm mạnh do dịch bệnh kéo dài. Năm nay tăng."
        >>> [text[one.start : one.end] for one in causes(text)]
        ['do dịch bệnh kéo dài']
    """
    return tuple(Place(match.start(), match.end()) for match in _CAUSE.finditer(text))
