"""A short answer as comparable tokens: one date, time, quantity or code is one token, however it is written.

"ngày 29 tháng 12 năm 2020" and "29/12/2020" are the same token, as are "234 nghìn tấn" and "234.000 tấn", "17h30" and
"17 giờ 30", "BK-24" and "BK24". Words are lower case with settled tone marks; words without content are left out.
"""

import re
from dataclasses import dataclass

from rag.vietnamese.normalise import settle_tone_marks, to_nfc
from rag.vietnamese.numbers import DIGITS, SCALES, number_value

_SMALL_NUMBERS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}

# Words that carry no content of an answer: MLQA's list for Vietnamese, and prepositions of place and time.
_EMPTY_WORDS = frozenset(
    ["của", "là", "cái", "chiếc", "những", "các", "và", "tại", "ở", "vào", "lúc", "thì", "do", "bởi"]
)
_TIME_UNITS = frozenset({"ngày", "tháng", "năm"})  # content behind a number ("65 ngày"), none before a date

# A word straight before a number that says on which side of it the truth lies.
_HEDGES = {"hơn": 1, "trên": 1, "gần": -1, "dưới": -1, "khoảng": 0, "chừng": 0, "ước": 0, "tầm": 0}

_LAST_DAY, _LAST_MONTH = 31, 12

_YEAR = r"(?:19|20)\d{2}"
_SCALES = "|".join(SCALES)
# The first alternative that fits at a place counts. Groups ending in a digit belong to one spelling of a day or time.
_TOKEN = re.compile(
    rf"""
    (?:ngày\s+)?(?<![\d/.-])(?P<d1>\d{{1,2}})\s?[/.-]\s?(?P<m1>\d{{1,2}})\s?[/.-]\s?(?P<y1>\d{{4}})(?!\d)
    |ngày\s+(?P<d2>\d{{1,2}})\s+tháng\s+(?P<m2>\d{{1,2}})(?:,?\s+năm\s+(?P<y2>\d{{4}}))?
    |ngày\s+(?P<d3>\d{{1,2}})[/-](?P<m3>\d{{1,2}})(?![/-]?\d)
    |(?<![\d/.,-])(?P<d4>\d{{1,2}})/(?P<m4>\d{{1,2}})(?![/.,-]?\d)
    |tháng\s+(?P<m5>\d{{1,2}})(?:\s*[/-]\s*|,?\s+năm\s+)(?P<y5>\d{{4}})(?!\d)
    |(?<![\d/.,-])(?P<m6>\d{{1,2}})/(?P<y6>{_YEAR})(?!\d)
    |(?P<hour>\d{{1,2}})\s?(?:giờ|h|:)\s?(?:(?P<minute>\d{{2}})(?!\d)(?:\s?phút)?)?(?!\w)
    |(?P<code>(?<![\w.,])(?=[\w&/-]*\d)(?=[\w&/-]*(?-i:[A-ZĐ]))\w+(?:[/&-]\w+)*)
    |(?<![\d.,])(?:năm\s+)?(?P<y7>{_YEAR})(?!\d|[.,]\d|\s?(?:{_SCALES})\b)
    |(?:(?P<hedge>{"|".join(_HEDGES)})\s+)?(?P<number>{DIGITS}|½)(?P<scale>(?:\s?(?:{_SCALES})\b)*)
    |(?P<percent>%|phần\s+trăm\b)
    |(?P<word>[^\W\d_]+[²³23]?)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TITLE = re.compile(r"\b(?:(?:các\s+)?đồng\s+chí|đ/c|ông|bà|anh|chị)[\s:]+(?=(\w))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """One comparable piece of an answer.

    Attributes:
        kind: `word`, `code`, `number`, `time` (of day) or `date`.
        value: What is compared. A date is `year-month-day` with `?` for each part that is not said.
        name: Whether it is written with a capital or is a code.
        hedge: Of a number: 1 for "more than", -1 for "less than", 0 for neither.
    """

    kind: str
    value: str
    name: bool = False
    hedge: int = 0


def tokens(text: str) -> list[Token]:
    """The tokens of an answer, in order, without words that carry no content.

    Example:
        >>> [token.value for token in tokens("hơn 234 nghìn tấn, ngày 29 tháng 12 năm 2020 tại BK-24")]
        ['234000', 'tấn', '2020-12-29', 'bk24']
        >>> [token.value for token in tokens("Lúc 17 giờ 30, đồng chí Vũ An đi 5,6 km, bằng 28 phần trăm")]
        ['17:30', 'vũ', 'an', 'đi', '5.6', 'km', 'bằng', '28', '%']
    """
    settled = _TITLE.sub(_unless_lower_case, settle_tone_marks(to_nfc(text)))
    found: list[Token] = []
    for token in (_token(match) for match in _TOKEN.finditer(settled)):
        is_unit = bool(found) and found[-1].kind == "number"
        if token.value not in _EMPTY_WORDS and (token.value not in _TIME_UNITS or is_unit):
            found.append(token)
    return found


def date_parts(value: str) -> tuple[str, str, str]:
    """Year, month and day of a date token's value, each `?` where it is not said."""
    year, month, day = value.split("-")
    return year, month, day


def _unless_lower_case(title: re.Match[str]) -> str:
    """Titles are left out before a name: "ông Thắng" is called Thắng, but "ông chủ" is no name."""
    return "" if title.group(1).isupper() else title.group()


def _token(match: re.Match[str]) -> Token:
    parts = match.groupdict()
    if match["code"]:
        return Token("code", re.sub(r"[/&_-]", "", match["code"]).lower(), name=True)
    if match["hour"]:
        return Token("time", f"{int(match['hour'])}:{match['minute'] or '00'}")
    if match["percent"]:
        return Token("word", "%")
    if match["number"]:
        return Token(
            "number", _quantity(match["number"], match["scale"]), hedge=_HEDGES[(match["hedge"] or "ước").lower()]
        )
    if match["word"]:
        return _word(match["word"])
    said = {name[0]: text for name, text in parts.items() if text and name[0] in "dmy" and name[1].isdigit()}
    return _date(said, match.group())


def _word(written: str) -> Token:
    value = written.lower().translate(str.maketrans("²³", "23"))
    if written == value and value in _SMALL_NUMBERS:
        return Token("number", str(_SMALL_NUMBERS[value]))
    return Token("word", value, name=written[0].isupper())


def _date(said: dict[str, str], written: str) -> Token:
    """A date, or what was written where there is no such day ("16/16" is a share)."""
    day, month = int(said.get("d", 0)), int(said.get("m", 0))
    if day > _LAST_DAY or month > _LAST_MONTH:
        return Token("code", re.sub(r"\s", "", written))
    known = said.get("y", "?"), str(month or "?"), str(day or "?")
    return Token("date", "-".join(known))


def _quantity(number: str, scale: str) -> str:
    """The value of a number with its scale; a version or section number stays as it is written."""
    if number == "½":
        return "0.5"
    value = number_value(number)
    if value is None:
        return number
    return f"{value.scaleb(sum(SCALES[word] for word in scale.lower().split())).normalize():f}"
