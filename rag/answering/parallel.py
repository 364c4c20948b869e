"""Amounts told in the order of what was named before: "Gạo và ngô lần lượt thu 5 tỷ và 2 tỷ đồng".

Which of them belongs to what is told by its place in the row alone; the words next to an amount belong to another.
"""

import re
from collections.abc import Sequence

from rag.vietnamese.expressions import Place, Quantity, moments, ordinals, quantities
from rag.vietnamese.sentences import sentence_spans

_IN_ORDER = re.compile(
    r"\b(?:lần lượt|theo thứ tự|tương ứng|(?:hai|ba|bốn|năm|các|những) (?:con số|chỉ tiêu|số liệu)"
    r"(?: (?:này|đó|ấy|trên|tương ứng))?)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"(?:hai|ba|bốn|năm|các|những) (?:con số|chỉ tiêu|số liệu)", re.IGNORECASE)
_NEXT_IN_ROW = re.compile(r"[^.;:\n]{0,40}?(?:,|\bvà\b)[^.;:\n]{0,12}")
_ITEM_END = re.compile(r",\s|\s(?:và|với)\s|;\s")
_AMOUNT_LEAD = re.compile(r"[,;:](?=\s)|\s(?:và|còn|trong đó|gồm)\s")


# What a clause may hold that only repeats another for another time: "năm trước con số này là 2 tỷ".
_TIME = r"(?:năm|kỳ|khóa|quý|tháng|mùa|vụ)"
_REPEATS = re.compile(
    rf"\b(?:{_TIME}|trước|ngoái|nay|qua|đó|này|cùng|con số|chỉ tiêu|là|đạt|chỉ|được|còn|của|trong khi|và|thì|có|ước)\b"
    r"|\bở mức\b|[^\w]|\d",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;](?=\s)|\s(?:còn|trong khi)\s")


def counterpart(text: str, sentence: tuple[int, int], start: int, end: int) -> Place | None:
    """What an amount of a row belongs to: a thing named before, or the words around the amount told for it before.

    Args:
        text: The passage.
        sentence: Start and end of the sentence.
        start: Where the amount begins.
        end: Where it ends.

    Returns:
        The place of those words; None where the amount is not one of a row.

    Example:
        >>> text = "Gạo và ngô lần lượt thu 5 tỷ đồng và 2 tỷ đồng."
        >>> place = counterpart(text, (0, len(text)), text.index("2 tỷ"), len(text) - 1)
        >>> text[place.start : place.end]
        'ngô'
    """
    markers = [match for match in _IN_ORDER.finditer(text, *sentence) if match.end() <= start]
    if not markers:
        return _repeated(text, sentence[0], start)
    marker = markers[-1]
    row = _row(text, marker.end(), sentence[1])
    index = next((place for place, one in enumerate(row) if one.start < end and start < one.end), None)
    if index is None or len(row) < 2:  # noqa: PLR2004 - one amount is no row
        return None
    told = _told_before(text, sentence[0], marker.start(), row)
    if told:
        return _words_of(text, sentence[0], marker.start(), told[index])
    # "Lãi 5 tỷ, nộp thuế 2 tỷ. Năm trước, hai con số này là …"
    if any(_POINTS_BACK.match(one.group()) for one in markers):
        before = max((start for start, _ in sentence_spans(text[: sentence[0]])), default=0)
        told = _told_before(text, before, sentence[0], row)
        return _words_of(text, before, sentence[0], told[index]) if told else None
    named = _named_before(text, sentence[0], marker.start())
    return named[len(named) - len(row) + index] if len(named) >= len(row) else None


def _repeated(text: str, sentence_start: int, start: int) -> Place | None:
    """The clause before an amount's own, where that tells nothing but another time: "…, năm trước là 2 tỷ"."""
    cuts = [sentence_start, *(match.start() for match in _CLAUSE.finditer(text, sentence_start, start))]
    own = text[cuts[-1] : start]
    if len(cuts) < 2 or not re.search(rf"\b{_TIME}\b", own, re.IGNORECASE) or _REPEATS.sub("", own):  # noqa: PLR2004
        return None
    return Place(cuts[-2], cuts[-1])


def _row(text: str, start: int, stop: int) -> list[Quantity]:
    """The amounts behind a marker that follow each other by commas and "và"."""
    row: list[Quantity] = []
    for amount in quantities(text):
        if start <= amount.start < stop:
            if row and _NEXT_IN_ROW.fullmatch(text, row[-1].end, amount.start) is None:
                break
            row.append(amount)
    return row


def _told_before(text: str, start: int, stop: int, row: Sequence[Quantity]) -> list[Quantity]:
    """The amounts that the row repeats for another time, one each; none where the row is the first."""
    units = {_unit(text, one) for one in row}
    before = [
        one
        for one in quantities(text)
        if start <= one.start < stop
        and not any(order.start <= one.number_start < order.end for order in ordinals(text))
        and (not any(units) or _unit(text, one) in units)
    ]
    return before[-len(row) :] if len(before) >= len(row) else []


def _unit(text: str, amount: Quantity) -> str:
    return text[amount.number_end : amount.end].strip().lower()


def _words_of(text: str, start: int, stop: int, amount: Quantity) -> Place:
    """The words between the commas around an amount."""
    cuts = [match.start() for match in _AMOUNT_LEAD.finditer(text, start, stop)]
    return Place(
        max((cut for cut in cuts if cut <= amount.start), default=start),
        min((cut for cut in cuts if cut >= amount.end), default=stop),
    )


def _named_before(text: str, start: int, stop: int) -> list[Place]:
    """The things named before a marker, in order; times are none of them."""
    ends = [match.span() for match in _ITEM_END.finditer(text, start, stop)]
    starts = [start, *(end for _, end in ends)]
    stop = start + len(text[start:stop].rstrip())
    places = [Place(first, last) for first, last in zip(starts, [*(begin for begin, _ in ends), stop], strict=True)]
    times = moments(text)
    return [
        place
        for place in places
        if text[place.start : place.end].strip()
        and not any(time.start <= place.start and place.end <= time.end + 1 for time in times)
    ]
