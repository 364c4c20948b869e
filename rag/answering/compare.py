"""Comparisons: one question that asks about two things, taken apart into a question about each."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from rag.vietnamese.normalise import fold

_CONNECTIVE = re.compile(r"\s+(?:so với|hay là|hay|hoặc|với|và)\s+")
_LESS = frozenset(["ít", "thấp", "nhỏ", "ngắn", "nhẹ", "muộn", "chậm", "kém"])
_ADJECTIVE = (
    r"(?:cao|lớn|nhiều|dài|nặng|sâu|rộng|đông|sớm|nhanh|mạnh|tốt|khá|xa|lâu|ít|thấp|nhỏ|ngắn|nhẹ|muộn|chậm|kém|già|trẻ)"
)
_MORE = re.compile(rf"\b(?P<adjective>{_ADJECTIVE})(?P<noun>(?:\s+[^\W\d_]+){{0,3}}?)\s+hơn\b")
# Say nothing of what is measured: "cao hơn".
_BARE_DEGREES = frozenset(["cao", "lớn", "nhiều", "đông", "khá", "tốt", "ít", "thấp", "nhỏ", "kém"])
_WHICH = re.compile(
    r",\s*(?:thì\s+)?(?:[^\s,]+\s+){1,3}nào\b|\s*(?:thì\s+)?\b(?:giữa\s+)?(?:đơn vị|[^\s,]+)\s+nào\b", re.IGNORECASE
)
_OPENING = re.compile(r"^(?:so sánh|giữa)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\bgiữa\s+(?P<first>.+?)\s+và\s+(?P<second>[^?]+)")
_CHANGED = re.compile(r"\s*(?:đã\s+)?(?:thay đổi|khác nhau|khác)\s+(?:như\s+)?(?:thế nào|ra sao|gì)\s*")
_COMMON = re.compile(r"\b(?:(?:có\s+)?chung|cùng có|đều có)\b")
_ASKS = re.compile(r"\b(?:gì|nào|ai|bao nhiêu|mấy)\b")
_TIME_PHRASE = re.compile(
    r"(?:(?:vào|trong|hồi|cuối|đầu|giữa)\s+)?(?:năm|tháng|ngày|quý)\s+[\d/.-]+|(?:hội nghị|kỳ|đợt|khóa)\b[^,?]*?\d{4}"
)
_OWNER = re.compile(r"(?<=[\dIVX])\s(?:của|thuộc)\s.+$")  # behind a number
_BOTH_YEARS = re.compile(r"(?:\b(?:trong|vào)\s)?(?:\b(?:hai|các)\s)?\bnăm$", re.IGNORECASE)  # before the first year
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_CODE = re.compile(r"[\w./-]*\d[\w./-]*$")  # a year, a number, a name with a number in it


class Relation(Enum):
    """What a comparison wants to know."""

    MORE = auto()
    LESS = auto()
    BOTH = auto()
    COMMON = auto()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question about two things.

    Attributes:
        relation: Which of the two is more, or less; what each of them is; or what both have in common.
        names: How the question calls the two.
        questions: The same question about each of them alone.
    """

    relation: Relation
    names: tuple[str, str]
    questions: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two things named side by side, and the words before and behind them."""

    before: str
    first: str
    second: str
    behind: str


def comparison(question: str) -> Comparison | None:
    """Take a comparison apart; None for any other question.

    Args:
        question: With its accents.

    Example:
        >>> comparison("Doanh thu năm 2020 và năm 2021, năm nào cao hơn?").questions
        ('Doanh thu năm 2020 bao nhiêu?', 'Doanh thu năm 2021 bao nhiêu?')
    """
    text = " ".join(question.strip().rstrip("?？ .").split())
    more = list(_MORE.finditer(text))
    if more:
        return _graded(text, more)
    changed, between = _CHANGED.search(text), _BETWEEN.search(text)
    if changed and between:
        shared = _CHANGED.sub(" ", text[: between.start()]).strip()
        first, second = between["first"].strip(), between["second"].strip()
        return Comparison(Relation.BOTH, (first, second), (f"{shared} {first} là gì?", f"{shared} {second} là gì?"))
    common = _COMMON.search(text)
    if common:
        pair = _pair(text[: common.start()].strip())
        return _asked_of_each(pair, text[common.end() :].strip(), Relation.COMMON) if pair and pair.before else None
    return _at_two_times(text)


def _graded(text: str, more: list[re.Match[str]]) -> Comparison | None:
    """From "A và B, bên nào cao hơn": the degree becomes "bao nhiêu"."""
    which = _WHICH.search(text)
    if which is None and not re.search(r"\b(?:hay|hoặc|so với)\b|^so sánh", text, re.IGNORECASE):
        return None
    last = more[-1]
    relation = Relation.LESS if last["adjective"] in _LESS else Relation.MORE
    counted = last["noun"].strip() if last["adjective"] in ("nhiều", "ít", "đông") else ""
    degree = "" if last["adjective"] in _BARE_DEGREES else f"{last['adjective']} "
    has = "có " if last["adjective"] == "đông" else ""
    asks = f" {has}{degree}bao nhiêu {counted}".rstrip()
    text = text[: last.start()].rstrip() + asks + text[last.end() :]
    if which is not None:
        text = f"{text[: which.start()]},{text[which.end() :]}"
    pair = _pair(_OPENING.sub("", text.strip(" ,")))
    return _asked_of_each(pair, "", relation) if pair else None


def _asked_of_each(pair: _Pair, tail: str, relation: Relation) -> Comparison:
    first, second = _with_year(_named_year(pair.first), _named_year(pair.second))
    owner = _OWNER.search(second)
    if owner and not _OWNER.search(first):  # "đại hội II và đại hội III của công đoàn"
        second, tail = second[: owner.start()], f"{owner.group()} {tail}"
    before = _BOTH_YEARS.sub("", pair.before)
    questions = [
        " ".join(f"{before} {one} {tail} {pair.behind}".replace(" ,", " ").replace(",", " ").split()) + "?"
        for one in (first, second)
    ]
    return Comparison(relation, (first, second), (questions[0], questions[1]))


def _pair(text: str) -> _Pair | None:
    """The two things of "A và B": B begins with a word of the left side, or both are years, numbers or codes."""
    for connective in reversed(list(_CONNECTIVE.finditer(text))):
        left, right = text[: connective.start()].rstrip(" ,"), text[connective.end() :]
        head = right.split()[0].strip(",") if right.split() else ""
        at = _place_of(left, head)
        if at is None:
            continue
        first = left[at:]
        end = _end_of_second(first, right)
        return _Pair(left[:at].strip(" ,"), first.strip(" ,"), right[:end].strip(" ,"), right[end:].strip(" ,"))
    return None


def _place_of(left: str, head: str) -> int | None:
    """Where on the left side the first thing begins."""
    same = list(re.finditer(rf"(?<!\w){re.escape(fold(head))}(?!\w)", fold(left))) if head else []
    if same and len(fold(left)) == len(left):
        return same[-1].start()
    words = left.split()
    if head and _CODE.match(head) and words and _CODE.match(words[-1]):
        return len(left) - len(words[-1])
    return None


def _end_of_second(first: str, right: str) -> int:
    """How much of the right side is the second thing: to a comma or "bao nhiêu", or as long as the first is."""
    stop = re.search(rf",|\s(?:{_ADJECTIVE} )?bao nhiêu\b", right)
    limit = stop.start() if stop else len(right)
    if _CODE.match(first.rsplit(maxsplit=1)[-1]):
        words = list(re.finditer(r"\S+", right[:limit]))
        ends = [word.end() for word in words if _CODE.match(word.group().strip(","))]
        if ends:
            return ends[0]
    return limit


def _named_year(name: str) -> str:
    return f"năm {name}" if _YEAR.fullmatch(name) else name


def _with_year(first: str, second: str) -> tuple[str, str]:
    """In "tháng 7 và tháng 12/2025" the year said once holds for both."""
    year = _YEAR.search(second)
    if year and not _YEAR.search(first) and re.search(r"(?:tháng|ngày|quý)\s+[\w/]+$", first):
        return f"{first}/{year.group()}", second
    return first, second


def _at_two_times(text: str) -> Comparison | None:
    """Of "giữ chức gì vào tháng 11/2022 và trước khi nghỉ hưu năm 2025": the same question at two times."""
    for connective in re.finditer(r"\s+và\s+", text):
        left, right = text[: connective.start()], text[connective.end() :]
        times = list(_TIME_PHRASE.finditer(left))
        if times and times[-1].end() == len(left) and _TIME_PHRASE.search(right) and _ASKS.search(left):
            shared, first = left[: times[-1].start()].strip(), times[-1].group()
            return Comparison(Relation.BOTH, (first, right), (f"{shared} {first}?", f"{shared} {right}?"))
    return None
