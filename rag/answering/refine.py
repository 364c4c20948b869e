"""From a span that the neural reader points at to the whole expression of the kind that was asked for.

The network finds the place; where an amount, a time, a name or a title begins and ends is told by the text.
"""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.question import AnswerKind, AskedFor
from rag.answering.reading.span_reader import trimmed
from rag.answering.times import asks_for_one_end
from rag.answering.values import amount_in
from rag.vietnamese.expressions import Place, Quantity, causes, codes, moments, ordinals, people, quantities
from rag.vietnamese.normalise import fold
from rag.vietnamese.numbers import SCALES
from rag.vietnamese.places import places
from rag.vietnamese.posts import holders, linked_posts, named_before, post_places
from rag.vietnamese.word_lists import any_of, word_list

_MONEY = re.compile(r"đồng|usd|đô|eur|vnd|vnđ|rúp|yên|tệ|bảng", re.IGNORECASE)
_PERCENT = re.compile(r"%|phần trăm")
_LENGTH_WORDS = r"km|mét|m\b|hải lý|cm|kilômét"
_WEIGHT_WORDS = r"tấn|kg|tạ|gam|lít|thùng"
_TIME_WORDS = r"giây|phút|giờ|ngày|đêm|tuần|tháng|năm|quý|thập kỷ|thế kỷ"
# "dài tất cả bao nhiêu", but not "cao hơn bao nhiêu" or "… sâu nhất là bao nhiêu".
_SAID_OF_IT = r"(?:\s(?!là\b|hơn\b|nhất\b|gấp\b)\w+){0,3}\sbao nhiêu\b"
_SCALE_WORDS = rf"(?:(?:{'|'.join(SCALES)}) )*"
_CURRENCY = r"(?:đồng\b(?! (?:chí|bào|đội|nghiệp))|usd|đô\b)"  # "mấy đồng chí" are people
_PRICE = re.compile(rf"\s?{_SCALE_WORDS}{_CURRENCY}", re.IGNORECASE)


def _compiled(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(asked), re.compile(unit, re.IGNORECASE)) for asked, unit in pairs)


# What the words of a question say about the unit of the answer.
_WANTED_UNITS = _compiled(
    (r"\b(?:bao nhiêu|mấy) (?:phần trăm|%)", _PERCENT.pattern),
    (rf"\bbao nhiêu (?:tiền|vốn)\b|\b(?:bao nhiêu|mấy) {_SCALE_WORDS}{_CURRENCY}", _MONEY.pattern),
    (r"\bbao lâu\b", _TIME_WORDS),
    (r"\bbao xa\b", _LENGTH_WORDS),
)
# The same where "bao nhiêu" has no noun: "kéo dài bao nhiêu ngày" asks for days.
_WANTED_WITHOUT_NOUN = (
    *_WANTED_UNITS,
    *_compiled(
        (r"\b(?:tỷ|tỉ) lệ\b", _PERCENT.pattern),
        (rf"(?<!kéo )\b(?:dài|xa|sâu|cao|rộng){_SAID_OF_IT}", rf"{_LENGTH_WORDS}|ha\b|m2|m²"),
        (r"\b(?:chiều|độ) (?:dài|sâu|cao|rộng|dày)\b[^?]*\bbao nhiêu\b", _LENGTH_WORDS),
        (rf"\bnặng{_SAID_OF_IT}", _WEIGHT_WORDS),
    ),
)
_CLAUSE_END = re.compile(
    r"[,;.:()]|\s[–-]\s|\s(?:và|trong đó|bằng|tăng|giảm|so với|vượt|đạt|được|đã|tại|ở|gồm|của|do|để|cho)\s"
)
_LEADING_WORDS = re.compile(
    r"^(?:là|tại|ở|vào|do|bởi|giữ chức|giữ|làm|với chức|chức|các|những|bằng|từ)\s+", re.IGNORECASE
)
_NEXT_WORD = re.compile(r" ([^\W\d_]+)")
_NEXT_NUMBER = re.compile(r"[,;.()]|\d")
_PERIOD = re.compile(r"^\s?(?:giây|phút|giờ|ngày|đêm|tuần|tháng|năm|quý|tuổi)\b")
_ASKS_PERIOD = re.compile(r"\b(?:ngày|đêm|tuần|tháng|năm|giờ|phút|tuổi|lâu|sớm|muộn|chậm|trước|thời gian|thời hạn)\b")
# Said of an amount, this may ask for a percentage, or for how many times.
_ASKS_SHARE = re.compile(r"\b(?:tăng|giảm|vượt|bằng|so với|chiếm|gấp|mức nào|cổ tức)\b")
_NAMED_BEFORE = 0.9  # how far a post fits where a person is asked for that the passage has named by it before
_NAMED = 0.6  # how far the name of an organisation fits where one is asked for
_LONGEST_NAME = 80  # characters
_STRAY = 12  # characters of a span that are no part of the expression
_TOGETHER = re.compile(r"\s?(?:[-–,]|đến|tới)?(?:\s(?:hết|ngày))?\s?")  # between times that are one: "1986 – 1988"
_RANGE = re.compile(r"\s?(?:[-–]|đến|tới)(?:\s(?:hết|ngày))*\s?")  # "từ 19/9 đến ngày 10/10/2025" is one time
_PARTLY_COUNTED = 0.8  # "giếng tìm kiếm" where "giếng khai thác" are asked for
_COUNTED_WORDS = 8  # words behind "bao nhiêu" that may name what is counted
_LONGEST_COUNTED = 40  # characters behind a number that may tell what is counted


@dataclass(frozen=True, slots=True)
class Refined:
    """A short answer's place and whether it is of the kind asked for.

    Attributes:
        start: Offset in the text.
        end: Offset behind it.
        fit: From -1.0 (of another kind: a percentage where money was asked for) to 1.0 (what was asked for);
            0.0 where the question does not tell.
    """

    start: int
    end: int
    fit: float


_Refiner = Callable[[AskedFor, str, str, int, int], Refined]


def refine(asked: AskedFor, question: str, text: str, start: int, end: int) -> Refined:
    """Move the ends of a span to those of the expression that answers this kind of question.

    Args:
        asked: What the question asks for.
        question: With its accents.
        text: The passage.
        start: Offset of the span in it.
        end: Offset behind the span.
    """
    return _REFINERS.get(asked.kind, _plain)(asked, question, text, start, end)


def _plain(_asked: AskedFor, _question: str, text: str, start: int, end: int) -> Refined:
    return Refined(*_without_lead(text, start, end), 0.0)


def _thing(asked: AskedFor, question: str, text: str, start: int, end: int) -> Refined:
    start, end = _without_lead(text, start, end)
    if not _asks_organisation().search(question[: asked.start].lower()):
        return Refined(start, end, 0.0)
    named = text[start : start + 1].isupper() or _organisation().match(text[start:end].lower()) is not None
    return Refined(start, end, _NAMED if named and end - start <= _LONGEST_NAME else -_NAMED)


@functools.cache
def _organisation() -> re.Pattern[str]:
    return re.compile(rf"{any_of('organisation_nouns')}(?!\w)")


@functools.cache
def _asks_organisation() -> re.Pattern[str]:
    """The noun right before "nào", or with a few words about it between: "đơn vị của tỉnh nào"."""
    return re.compile(rf"(?<!\w){_organisation().pattern}(?: (?:của|thuộc|trực thuộc)(?: \w+){{1,3}})?\s*$")


def _without_lead(text: str, start: int, end: int) -> tuple[int, int]:
    lead = _LEADING_WORDS.match(text[start:end])
    return (start + lead.end(), end) if lead and lead.end() < end - start else (start, end)


def _touched(places: Sequence[Place], start: int, end: int) -> list[Place]:
    return [place for place in places if place.start < end and place.end > start]


def _person(_asked: AskedFor, _question: str, text: str, start: int, end: int) -> Refined:
    found = _touched(people(text), start, end)
    if found:
        return Refined(found[0].start, max(found[0].end, min(end, _capitalised_end(text, found[0].end))), 1.0)
    held = _touched([whole for _, whole in post_places(text)], start, end)
    if held:
        # A post without its holder, unless an earlier sentence names him.
        return Refined(held[0].start, held[0].end, _NAMED_BEFORE if named_before(text, held[0]) else 0.2)
    start, end = _without_lead(text, start, end)
    return Refined(start, end, 0.0 if text[start : start + 1].isupper() else -1.0)


def _capitalised_end(text: str, end: int) -> int:
    """Where a run of capitalised words that goes on behind `end` stops."""
    while (word := _NEXT_WORD.match(text, end)) is not None and word[1][0].isupper():
        end = word.end()
    return end


def _moment(_asked: AskedFor, question: str, text: str, start: int, end: int) -> Refined:
    times = moments(text) if asks_for_one_end(question) else _joined(text, moments(text), _RANGE)
    found = _touched(times, start, end)
    if not found:
        return Refined(*_without_lead(text, start, end), -1.0)
    groups = [(group.start, group.end) for group in _joined(text, found, _TOGETHER)]
    fitting = max(groups, key=lambda group: _grain_fit(question, text[group[0] : group[1]]))
    if len(groups) > 1 or end - start > fitting[1] - fitting[0] + _STRAY:  # the network took in more than the time
        start, end = fitting
    start, end = min(start, fitting[0]), max(end, fitting[1])
    lead = re.match(r"(?:vào |lúc |trong |là )+", text[start:end], re.IGNORECASE)
    if lead:
        start += lead.end()
    return Refined(start, end, _grain_fit(question, text[start:end]))


def _joined(text: str, places: Sequence[Place], between: re.Pattern[str]) -> list[Place]:
    """The places, those that stand side by side with no more than a joining word between them as one."""
    joined: list[Place] = []
    for place in places:
        if joined and between.fullmatch(text, joined[-1].end, place.start):
            joined[-1] = Place(joined[-1].start, place.end)
        else:
            joined.append(place)
    return joined


def _grain_fit(question: str, moment: str) -> float:
    """Whether a time is as exact as the question wants it: a day where a day is asked for."""
    asked_numbers, numbers = set(re.findall(r"\d+", question)), re.findall(r"\d+", moment)
    if numbers and set(numbers) <= asked_numbers:
        return -1.0  # the question says it itself
    lower = question.lower()
    clock = re.search(r"\d\s?(?:giờ|h)|\d:\d\d", moment) is not None
    day = re.search(r"ngày\s\d|\d[/.-]\d", moment) is not None
    if "giờ" in lower:
        return 1.0 if clock else 0.2
    if re.search(r"\b(?:ngày|hôm|buổi)\b", lower):
        return 1.0 if day else 0.0
    if re.search(r"\b(?:năm|tháng|quý|thế kỷ|thời hạn)\b (?:nào|mấy|bao nhiêu)", lower):
        return 1.0
    return 1.0 if day or clock else 0.7


def _amount(asked: AskedFor, question: str, text: str, start: int, end: int) -> Refined:
    inside = [one for one in quantities(text) if one.number_start < end and one.end > start]
    if not inside:
        return Refined(*_without_lead(text, start, end), -1.0)
    graded = [(one, _unit_fit(asked, question, text, one)) for one in inside]
    amount, fit = max(graded, key=lambda pair: pair[1])
    return Refined(amount.start, _counted_end(asked, question, text, amount, end), fit)


def _unit_fit(asked: AskedFor, question: str, text: str, amount: Quantity) -> float:
    """How well the unit of an amount, or what stands behind it, agrees with the question."""
    lower = question.lower()
    behind = (
        text[amount.number_end : amount.end] + _NEXT_NUMBER.split(text[amount.end : amount.end + _LONGEST_COUNTED])[0]
    )
    unit = text[amount.number_end : amount.end]
    for asked_for, wanted in _WANTED_UNITS if asked.noun else _WANTED_WITHOUT_NOUN:
        if asked_for.search(lower):
            return 1.0 if wanted.search(unit) else -1.0
    if asked.noun and not _asks_money().match(asked.noun):  # "bao nhiêu doanh thu" asks for money, not for a noun
        return _noun_fit(asked.noun, unit, behind, text[: amount.start])
    if unit.strip() and _asks_money().search(lower) and not _ASKS_SHARE.search(lower):
        return 1.0 if _MONEY.search(unit) else -1.0
    unexpected = (_PERCENT.search(unit) and not re.search(r"%|phần trăm|tỷ lệ|mức nào|tăng|giảm|vượt|bằng", lower)) or (
        _PERIOD.match(unit) and not _ASKS_PERIOD.search(re.sub(r"\bnăm \d{4}\b", "", lower))
    )
    if unexpected:
        return -0.5
    return 0.5 if unit.strip() else 0.2


def _noun_fit(noun: str, unit: str, behind: str, before: str) -> float:
    """How well the noun of "bao nhiêu <noun>" agrees with an amount's unit or with the words around it."""
    words = [word for word in noun.split() if word not in SCALES]
    counted = [fold(word) for word in words]
    folded = f" {re.sub(r'[^a-z0-9%]+', ' ', fold(behind))} "
    same = _measure_the_same(noun, unit)
    if not counted or f" {' '.join(counted)} " in folded or (same and len(counted) == 1):
        return 1.0
    if len(counted) > 1 and (f" {counted[0]} " in folded or same):
        return _PARTLY_COUNTED
    if not unit.strip() and re.search(rf"\bso (?:luong )?{re.escape(counted[0])}\b[^,;.]*$", fold(before)):
        return 1.0
    # "container đạt 348.000 TEU"
    if re.search(rf"\b{re.escape(' '.join(counted))}\b(?: \w+){{0,2}} (?:dat|la|len|o muc)\s*$", fold(before)):
        return _PARTLY_COUNTED
    if words[0] in _units() or _PERCENT.search(unit) or (_countable().match(noun) and _PRICE.match(behind)):
        return -1.0
    return -0.5 if _PERIOD.match(unit) else 0.2


@functools.cache
def _countable() -> re.Pattern[str]:
    """What is counted and never told in money: people, things, organisations."""
    return re.compile(rf"{any_of('person_nouns', 'thing_nouns', 'organisation_nouns')}(?!\w)")


def _measure_the_same(noun: str, unit: str) -> bool:
    """Whether two units measure the same, as "mét" and "km" do."""
    asked, told = amount_in(f"1 {noun}"), amount_in(f"1 {unit}")
    return asked is not None and told is not None and bool(told.measures) and asked.measures == told.measures


@functools.cache
def _asks_money() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of('money_nouns')}\b(?!\ssuất)")


@functools.cache
def _units() -> frozenset[str]:
    # With their accents: "tân kỹ sư" are no tons.
    return frozenset(one.lower() for one in word_list("units"))


def _counted_end(asked: AskedFor, question: str, text: str, amount: Quantity, span_end: int) -> int:
    """Where the amount ends with what it counts: as the question names it, or as far as span and clause go."""
    end = amount.end
    words = question[asked.end :].rstrip(" ?？.").split()[:_COUNTED_WORDS] if asked.noun else []
    for length in range(len(words), 0, -1):
        noun = re.match(
            r"\s*" + r"\s+".join(re.escape(word) for word in words[:length]) + r"\b", text[end:], re.IGNORECASE
        )
        if noun:
            end += noun.end()
            break
    limit = min(max(span_end, end), end + _LONGEST_COUNTED)
    clause = _CLAUSE_END.search(text, end, limit)
    return max(end, len(text[: clause.start() if clause else limit].rstrip()))


def _post(_asked: AskedFor, _question: str, text: str, start: int, end: int) -> Refined:
    # A holder's name behind a post ends it: "Giám đốc Xưởng Giấy Lê Văn Tám".
    told = {post.start: post for holder in holders(text) for post in holder.posts}
    held = [told.get(whole.start, whole) for whole in _touched([whole for _, whole in post_places(text)], start, end)]
    held = [*linked_posts(text, held)]
    if not held:
        return Refined(*_without_lead(text, start, end), -0.3)
    return Refined(held[0].start, held[-1].end, 1.0)


def _expression(finder: Callable[[str], Sequence[Place]], misfit: float) -> _Refiner:
    """To the first expression of a kind that a span touches; one that touches none fits as badly as `misfit`."""

    def refiner(_asked: AskedFor, _question: str, text: str, start: int, end: int) -> Refined:
        found = _touched(finder(text), start, end)
        if not found:
            return Refined(*_without_lead(text, start, end), misfit)
        return Refined(found[0].start, found[0].end, 1.0)

    return refiner


def _place(_asked: AskedFor, _question: str, text: str, start: int, end: int) -> Refined:
    start, end = _without_lead(text, start, end)
    found = _touched(places(text), start, end)
    if not found:
        return Refined(start, end, -0.5)
    if end - found[-1].end > _STRAY:  # the network took in more than the place
        end = found[-1].end
    return Refined(start, end, 1.0)


def _cause(_asked: AskedFor, _question: str, text: str, start: int, end: int) -> Refined:
    start, end = trimmed(text, start, end)
    stated = next((place for place in causes(text) if place.start <= start < place.end), None)
    if stated is None:
        return Refined(start, end, -0.5)
    return Refined(stated.start, stated.end, 1.0)


_REFINERS: dict[AnswerKind, _Refiner] = {
    AnswerKind.WHAT: _thing,
    AnswerKind.WHO: _person,
    AnswerKind.WHEN: _moment,
    AnswerKind.WHERE: _place,
    AnswerKind.HOW_MANY: _amount,
    AnswerKind.ROLE: _post,
    AnswerKind.CODE: _expression(codes, misfit=-1.0),
    AnswerKind.ORDINAL: _expression(ordinals, misfit=-0.5),
    AnswerKind.WHY: _cause,
}
