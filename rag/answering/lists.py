"""Whole lists: from one place that answers to every item that stands beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.question import AskedFor
from rag.vietnamese.expressions import people
from rag.vietnamese.syllables import folded_syllables

_SEPARATOR = re.compile(r"\s*;\s*(?:và\s+)?|,\s+(?:và\s+)?(?!\d)|\s+(?:và|cùng với|cùng|cũng như|hoặc|lẫn)\s+")
_QUOTED = re.compile(r"[“\"«][^“”\"«»]+[”\"»]")
_LEAD_IN = re.compile(
    r":\s+|[”\"»]\s?[-–]\s+|\b(?:gồm có|bao gồm|gồm|như|thông qua)\s+"
    r"|^(?:hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|các|những|\d+)\s(?:[^\W\d_]+\s){1,6}là\s+",
    re.IGNORECASE,
)
_OUTER = " \t\n,;:.…–-“”\"«»'"
_ITEM_LEAD = re.compile(
    r"^(?:và|cùng|với|như|là|gồm|các đồng chí|đồng chí|đ/c|ông|bà|anh|chị|từ|thông qua|qua|có)\s+", re.IGNORECASE
)
_NUMBER_WORDS = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_NUMBER_TOLD = re.compile(rf"(?<![\w.,/])({'|'.join(_NUMBER_WORDS)}|\d{{1,2}})(?![\w.,/])(?! \d)")
_NAME_BEHIND = re.compile(r"(?:[^\W\d_A-ZĐ]+\s){1,4}(?P<name>[A-ZĐÀ-Ỹ]\w*(?:\s[A-ZĐÀ-Ỹ]\w*){1,5})")
_BESIDES = re.compile(r"\b(?:ngoài|bên cạnh|cùng với|cùng|ngoại trừ|trừ|khác|còn)\b")
_PEOPLE = re.compile(
    r"\bai\b|người|đồng chí|ông|bà|bí thư|giám đốc|chủ tịch|lãnh đạo|đại biểu|thành viên|ủy viên|tác giả|cầu thủ"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: `text[start:end]`."""

    start: int
    end: int


def list_items(
    asked: AskedFor, question: str, text: str, sentence: tuple[int, int], span: tuple[int, int]
) -> list[Item]:
    """The items of the list that a span belongs to, in order; those that the question itself names are left out.

    Args:
        asked: What the question asks for.
        question: With its accents.
        text: The passage.
        sentence: Start and end of the sentence around the span.
        span: Start and end of the span that the network points at.
    """
    items = split_items(text, *_whole_list(text, sentence, span))
    announced = _count_told(text, sentence[0], items) == len(items) and not _BESIDES.search(question.lower())
    if _asks_for_people(asked, question):
        names = _people_around(asked, text, sentence, span)
        if announced and len(items) > len(names):  # a name that is not known as one: "hậu vệ Ksor Y Thanh"
            return [_name_in(text, item) for item in items]
        if names:
            return without_named(names, text, question)
    return items if announced else without_named(items, text, question) or items


def _count_told(text: str, start: int, items: Sequence[Item]) -> int | None:
    """How many items the words before a list announce: "bốn ga gồm …"; None where they do not."""
    numbers = _NUMBER_TOLD.findall(text[start : items[0].start].lower()) if items else []
    return (_NUMBER_WORDS.get(numbers[-1]) or int(numbers[-1])) if numbers else None


def _name_in(text: str, item: Item) -> Item:
    """The name that an item ends with, without the words before it: "Lò Văn Tám" of "tiền vệ Lò Văn Tám"."""
    words = _NAME_BEHIND.fullmatch(text[item.start : item.end])
    return Item(item.start + words.start("name"), item.end) if words else item


def _asks_for_people(asked: AskedFor, question: str) -> bool:
    return bool(_PEOPLE.search(f"{question[asked.start : asked.end]} {asked.noun}".lower()))


def _people_around(asked: AskedFor, text: str, sentence: tuple[int, int], span: tuple[int, int]) -> list[Item]:
    """The names of the sentence; where a number is given, so many of them from the noun that was asked for on."""
    inside = [Item(place.start, place.end) for place in people(text) if sentence[0] <= place.start < sentence[1]]
    if asked.count is None or len(inside) <= asked.count:
        return inside
    noun = text.lower().find(asked.noun, *sentence) if asked.noun else -1
    behind = [item for item in inside if item.start > noun] if noun >= 0 else []
    if len(behind) >= asked.count:
        return behind[: asked.count]
    first = min(range(len(inside)), key=lambda index: abs(inside[index].start - span[0]))
    first = min(first, len(inside) - asked.count)
    return inside[first : first + asked.count]


def _whole_list(text: str, sentence: tuple[int, int], span: tuple[int, int]) -> tuple[int, int]:
    """The span widened over the items on both sides of it that are of its kind."""
    start, end = span
    segments = _segments(text, *sentence)
    touched = [index for index, one in enumerate(segments) if one.start < end and one.end > start]
    if not touched:
        return span
    first, last = touched[0], touched[-1]
    core = text[segments[first].start : segments[first].end]
    while first > 0 and _alike(_announced(text[segments[first - 1].start : segments[first - 1].end]), core):
        first -= 1
    tail = text[segments[last].start : segments[last].end]
    while last + 1 < len(segments) and (
        _alike(text[segments[last + 1].start : segments[last + 1].end], core)
        or _joined_by_and(text, segments[last].end, segments[last + 1].start)
        or _alike(text[segments[last + 1].start : segments[last + 1].end], tail)
    ):
        last += 1
    return min(start, segments[first].start) if first < touched[0] else start, max(end, segments[last].end)


def _segments(text: str, start: int, end: int) -> list[Item]:
    """The pieces of a sentence between separators; quoted words and brackets stay whole."""
    shielded = _QUOTED.sub(lambda match: "x" * len(match.group()), text[start:end])
    shielded = re.sub(r"\([^)]*\)", lambda match: "x" * len(match.group()), shielded)
    pieces, place = [], 0
    for separator in _SEPARATOR.finditer(shielded):
        pieces.append(Item(start + place, start + separator.start()))
        place = separator.end()
    pieces.append(Item(start + place, end))
    return [piece for piece in pieces if text[piece.start : piece.end].strip(_OUTER)]


def _alike(one: str, other: str) -> bool:
    """Whether two pieces look like items of one list."""
    one, other = one.strip(), other.strip()
    if not one or not other:
        return False
    if bool(_QUOTED.search(one)) and bool(_QUOTED.search(other)):
        return True
    words, others = one.split(), other.split()
    if words[0].lower() == others[0].lower():
        return True
    if one[0].isdigit() and other[0].isdigit():
        return True
    if _NAME_BEHIND.fullmatch(one) and _NAME_BEHIND.fullmatch(other):
        return True
    codes = all(re.fullmatch(r"[A-ZĐ][\w-]*\d[\w-]*", word[0].strip(_OUTER)) for word in (words, others))
    capitals = one[0].isupper() and other[0].isupper() and len(words) <= 6 and len(others) <= 6  # noqa: PLR2004
    return codes or capitals


def _announced(piece: str) -> str:
    """A piece without the words that lead to the list which begins in it."""
    return piece[_lead_in(piece) :]


def _joined_by_and(text: str, start: int, end: int) -> bool:
    return re.search(r"\bvà\b|cũng như|cùng với", text[start:end]) is not None


def split_items(text: str, start: int, end: int) -> list[Item]:
    """The items between `start` and `end`, each without what leads to it, joins it or stands around it."""
    items: list[Item] = []
    for piece in _segments(text, start, end):
        left, right = piece.start, piece.end
        if not items:
            left += _lead_in(text[left:right])
        while left < right and text[left] in _OUTER:
            left += 1
        opening = _ITEM_LEAD.match(text[left:right])
        left += opening.end() if opening else 0
        while right > left and text[right - 1] in _OUTER:
            right -= 1
        if right > left:
            items.append(Item(left, right))
    return items


def _lead_in(piece: str) -> int:
    """Length of the words that announce a list before its first item: "ba nội dung: ", "các khu vực như "."""
    quoted = _QUOTED.search(piece)
    if quoted is not None and not piece[quoted.end() :].strip(_OUTER):
        return quoted.start()
    leads = [match.end() for match in _LEAD_IN.finditer(piece) if piece[match.end() :].strip(_OUTER)]
    return leads[-1] if leads else 0


def without_named(items: Sequence[Item], text: str, question: str) -> list[Item]:
    """The items without those that the question already names ("ngoài X còn ai").

    Where hardly one is left the names are those of something else: "tuyến A - B có những ga nào?"
    """
    asked = " ".join(folded_syllables(question))
    kept = [
        item for item in items if f" {' '.join(folded_syllables(text[item.start : item.end]))} " not in f" {asked} "
    ]
    several_named = len(items) - len(kept) > 1 and len(kept) <= 1
    return list(items) if several_named and not _BESIDES.search(question.lower()) else kept
