"""What a conversation is about just now: the people, events, things and time that were named last."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.vietnamese.names import names_in
from rag.vietnamese.normalise import fold
from rag.vietnamese.word_lists import word_list
from rag.vietnamese.wording import Span, Wording

_YEAR = r"(?:19|20)\d{2}(?!\d)"
# "nhiệm kỳ 2020 - 2025", "ngày 26/12/2025", "tháng 11/2022", "quý II năm 2025", "cuối năm 2020", "2021"; folded.
_TIME = re.compile(
    rf"(?<!\d)(?:\b(?:nhiem ky|giai doan|tu nam|nam)\s+)?{_YEAR}\s*(?:[-–]|den(?: nam)?)\s*{_YEAR}"
    rf"|\b(?:ngay\s+)?(?<![\d/.-])\d{{1,2}}[/-]\d{{1,2}}(?:[/-]{_YEAR})?(?![\d-])"
    rf"|\bngay\s+\d{{1,2}}\s+thang\s+\d{{1,2}}(?:\s+nam\s+{_YEAR})?"
    rf"|\bthang\s+\d{{1,2}}(?:(?:\s*/\s*|\s+nam\s+){_YEAR})?"
    rf"|\bquy\s+(?:iv|i{{1,3}}|[1-4])\b(?:(?:\s*/\s*|\s+(?:nam\s+)?){_YEAR})?"
    rf"|(?:\b(?:cuoi|dau|giua|het)\s+)?\bnam\s+{_YEAR}|(?<![\d.,/-]){_YEAR}"
)

_LEAST_SYLLABLES = 3  # two capitals are as often an office or a place ("Đoàn Thanh niên")


@dataclass(frozen=True, slots=True)
class Focus:
    """What one text names, in its order.

    Attributes:
        people: Full names.
        events: Names of events ("Đại hội Đảng bộ PVN lần thứ III").
        things: Names of things, places and bodies ("giàn BK-20", "PVN"); those inside an event's name left out.
        times: Times, as written.
    """

    people: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    times: tuple[str, ...] = ()


def focus_of(text: str, called: Callable[[str], list[str]]) -> Focus:
    """What a text names.

    Args:
        text: A question or the beginning of an answer.
        called: Full names of the people that a text calls by title and given name.
    """
    wording = Wording(text)
    people = people_in(wording.text, called)
    events = event_spans(wording)
    inside = [*events, *_spans_of(wording, people)]
    things = [span for span in thing_spans(wording) if not any(_overlap(span, other) for other in inside)]
    return Focus(
        tuple(people),
        tuple(wording.slice(span) for span in events),
        tuple(wording.slice(span) for span in things),
        tuple(wording.text[start:end] for start, end in time_spans(wording.text)),
    )


def people_in(text: str, called: Callable[[str], list[str]]) -> list[str]:
    """Full names of the people in a text, in order, without their titles; those called by a given name come last."""
    names = []
    for name in names_in(text):
        first, _, rest = name.partition(" ")
        bare_name = rest if first.lower() in word_list("honorifics") and " " in rest else name  # "Ông" is a surname too
        if bare_name.count(" ") + 1 >= _LEAST_SYLLABLES:
            names.append(bare_name)
    return list(dict.fromkeys([*names, *called(text)]))


def time_spans(text: str) -> list[tuple[int, int]]:
    """Where times stand in a text, as characters."""
    folded = fold(text)
    return [match.span() for match in _TIME.finditer(folded)] if len(folded) == len(text) else []


def event_spans(wording: Wording) -> list[Span]:
    """Names of events: from the noun up to what is said of it."""
    spans: list[Span] = []
    for span in wording.find("event_nouns"):
        last = _phrase_end(wording, span)
        if last > span.last and not (spans and span.first < spans[-1].last):
            spans.append(Span(span.first, last))
    return spans


def thing_spans(wording: Wording) -> list[Span]:
    """Names of things: a noun with the name or code behind it, or a name alone."""
    spans: list[Span] = []
    place = 0
    while place < len(wording):
        noun = wording.longest(place, "thing_nouns")
        end = _phrase_end(wording, Span(place, place + noun)) if noun else place
        named = [at for at in range(place, end) if wording.is_name(at)]
        if noun and named and named[-1] >= place + noun:
            spans.append(Span(place, named[-1] + 1))
        elif wording.is_name(place):
            last = place + 1
            while last < len(wording) and wording.joined(last) and wording.is_name(last):
                last += 1
            spans.append(Span(place, last))
        place = spans[-1].last if spans and spans[-1].last > place else place + 1
    return spans


def _phrase_end(wording: Wording, head: Span) -> int:
    place = head.last
    while place < len(wording) and wording.joined(place) and not wording.longest(place, "clause_words"):
        if wording.longest(place, "demonstratives"):
            break
        place += 1
    return place


def _spans_of(wording: Wording, names: list[str]) -> list[Span]:
    found = []
    for name in names:
        length = len(name.split())
        wanted = tuple(name.split())
        found += [
            Span(place, place + length)
            for place in range(len(wording) - length + 1)
            if tuple(one.text for one in wording.syllables[place : place + length]) == wanted
        ]
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one.first < other.last and other.first < one.last
