"""A follow-up question made to stand alone, without a language model: what it leaves out is taken from before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.conversation.focus import Focus, event_spans, focus_of, people_in, thing_spans, time_spans
from rag.conversation.splice import put_in_place
from rag.vietnamese.normalise import fold
from rag.vietnamese.time_expressions import time_reference
from rag.vietnamese.word_lists import word_list
from rag.vietnamese.wording import Span, Wording

_ALONE = ("ông", "bà", "anh", "chị")  # said of a person who was named, where no name follows
_NO_TITLE = frozenset({"người", "nguoi", "vị", "vi"})
_COMPARING = re.compile(r"\bso voi\b|\bhon\b|\bcung ky\b")
_CARRIED = re.compile(r" \((.+)\)\??$")  # as `_with_context` writes it
# What a syllable of Vietnamese can look like, folded; a capitalised word of another shape is a name by itself.
_SYLLABLE = re.compile(r"[bcdghklmnpqrstvx]{0,3}[aeiouy]{1,3}(?:ch|nh|ng|[cmnpt])?")


@dataclass(frozen=True, slots=True)
class Before:
    """The turn before a question.

    Attributes:
        question: It, made to stand alone.
        asked: What the question names.
        answered: What the beginning of its answer names.
        earlier: What was named further back, latest first.
    """

    question: str
    asked: Focus
    answered: Focus
    earlier: tuple[Focus, ...] = ()


def stand_alone(
    question: str,
    before: Before,
    called: Callable[[str], list[str]],
    *,
    bare: bool,
    belongs: Callable[[str], bool],
) -> str:
    """The question with what it leaves out put in; as it is where it leaves out nothing.

    Args:
        question: With its accents restored.
        before: The turn before it.
        called: Full names of the people that a text calls by title and given name.
        bare: Whether the question was typed without accents.
        belongs: Whether a question that neither names nor points at anything is about what was answered before.
    """
    typed = _Question(question, before, called, bare=bare)
    fragment = typed.fragment()
    if fragment:
        return put_in_place(fragment, before.question)
    resolved = typed.with_pronouns_resolved()
    if resolved == typed.text:
        if typed.points_back or (typed.names_nothing and (typed.opens_as_follow_up or belongs(typed.text))):
            return _with_context(typed.without_opening(typed.text), what_it_is_about(before.question))
        return question
    resolved = typed.without_opening(resolved)
    if not _names_something(resolved, called):
        return _with_context(resolved, what_it_is_about(before.question))
    if before.asked.events and not event_spans(Wording(resolved)) and typed.means_a_person:
        return _with_context(resolved, before.asked.events[0])
    return resolved


def what_it_is_about(question: str) -> str:
    """A question without the words that ask and act around it.

    Example:
        >>> what_it_is_about("Giàn BK-20 nặng bao nhiêu?")
        'Giàn BK-20'
    """
    carried = _CARRIED.search(question)
    if carried:  # it was a follow-up itself
        return carried.group(1)
    wording = Wording(question)
    kept, position = [], 0
    for span in wording.find("asking_words"):
        start, end = wording.characters(span)
        kept.append(wording.text[position:start])
        position = end
    return _without_outer_verbs(" ".join("".join([*kept, wording.text[position:]]).replace("?", " ").split()))


def _without_outer_verbs(text: str) -> str:
    wording = Wording(text)
    first, last = 0, len(wording)
    while first < last and (small := max(wording.longest(first, name) for name in ("verbs", "clause_words"))):
        first += small
    small_ends = {
        span.last: span.first for name in ("verbs", "clause_words") for span in wording.find(name) if span.first > first
    }
    while last in small_ends:
        last = small_ends[last]
    return wording.text[wording.syllables[first].start : _end_of(wording, last)] if first < last else ""


def _end_of(wording: Wording, last: int) -> int:
    return len(wording.text) if last == len(wording) else wording.syllables[last - 1].end


class _Question:
    def __init__(self, question: str, before: Before, called: Callable[[str], list[str]], *, bare: bool) -> None:
        self._wording = Wording(question, bare=bare)
        self.text = self._wording.text
        self._before = before
        self._called = called
        self._bare = bare

    @property
    def names_nothing(self) -> bool:
        return not _names_something(self.text, self._called)

    @property
    def opens_as_follow_up(self) -> bool:
        return self._wording.longest(0, "followup_openings") > 0

    @property
    def points_back(self) -> bool:
        lists = ("backward_words", "person_pronouns", "group_pronouns", "time_pronouns")
        pointing = any(next(self._wording.find(name), None) is not None for name in lists)
        return pointing or bool(_pointed_at(self._wording))

    @property
    def means_a_person(self) -> bool:
        return bool(self._pronoun(self._wording) or _lone_titles(self._wording))

    def without_opening(self, text: str) -> str:
        """A text made of the question, without the words that only open a follow-up."""
        opening = self._wording.longest(0, "followup_openings")
        if not opening or opening >= len(self._wording):
            return text
        return _in_case_of(text, text[self._wording.syllables[opening].start :])

    def fragment(self) -> str:
        """What a question such as "Còn năm 2021 thì sao?" asks after; empty where the question is a whole one."""
        wording = self._wording
        first, last = wording.longest(0, "followup_openings"), len(wording)
        opened = first > 0
        ended = next(
            (place for place in range(first, last) if wording.longest(place, "followup_endings") == last - place), None
        )
        last = ended if ended is not None else last
        if first >= last:
            return ""
        rest = wording.slice(Span(first, last))
        if not opened and not wording.is_name(0):  # a capital only because it opens the sentence
            rest = rest[0].lower() + rest[1:]
        inner = Wording(rest, bare=self._bare)
        if next(inner.find("asking_words"), None) is not None or not (opened or ended is not None or _is_time(rest)):
            return ""
        if self._pronoun(inner) is not None or _pointed_at(inner):
            return ""
        return self._with_time_told(rest)

    def with_pronouns_resolved(self) -> str:
        text = self._with_time_told(self.text)
        wording = Wording(text, bare=self._bare)
        places = [
            *((span, self._person(wording, span)) for span in wording.find("person_pronouns")),
            *((span, self._person(wording, span)) for span in _lone_titles(wording)),
            *((span, self._group()) for span in wording.find("group_pronouns")),
            *((span, self._time()) for span in wording.find("time_pronouns")),
            *((span, self._thing()) for span in _it(wording)),
            *((span, self._of_kind(wording, span)) for span in _pointed_at(wording)),
        ]
        taken: list[Span] = []
        for span, meant in sorted(places, key=lambda place: (-place[0].first, place[0].last)):
            if meant and not any(span.first < other.last and other.first < span.last for other in taken):
                start, end = wording.characters(span)
                text = text[:start] + _in_case_of(text[start:end], meant) + text[end:]
                taken.append(span)
        return text

    def _pronoun(self, wording: Wording) -> Span | None:
        return next(wording.find("person_pronouns"), None)

    def _person(self, wording: Wording, span: Span) -> str:
        """The person named last, called as the question calls them ("bà ấy": "bà Lê Thị Tám")."""
        before = self._before
        named = [
            *before.asked.people,
            *before.answered.people,
            *(name for one in before.earlier for name in one.people),
        ]
        if not named:
            return ""
        title = " ".join(wording.form(span.first, max(span.first + 1, span.last - 1)))
        spoken = {"ong": "ông", "ba": "bà", "chi": "chị", "co": "cô", "dong chi": "đồng chí"}.get(title, title)
        return named[0] if spoken in _NO_TITLE else f"{spoken} {named[0]}"

    def _group(self) -> str:
        things = [*self._before.asked.things, *self._before.answered.things]
        return things[0] if things and not self._before.asked.events else ""

    def _time(self) -> str:
        return next(iter([*self._before.asked.times, *self._before.answered.times]), "")

    def _thing(self) -> str:
        before = self._before
        found = [*before.asked.things, *before.asked.events, *before.answered.things, *before.answered.events]
        return found[0] if found else ""

    def _of_kind(self, wording: Wording, span: Span) -> str:
        """What a noun with "đó" behind it means: something named with that noun, or the last of its kind.

        After "Ban Chấp hành Đảng bộ Hòa Lạc" is "đảng bộ này" the end of that name.
        """
        noun = fold(wording.slice(Span(span.first, span.last)).rsplit(" ", 1)[0])
        is_event = wording.longest(span.first, "event_nouns") > 0
        order = (self._before.answered, self._before.asked, *self._before.earlier)
        kind = [name for focus in order for name in (focus.events if is_event else focus.things)]
        same = [name for name in kind if f" {fold(name)} ".startswith(f" {noun} ")]
        inside = [name[at:] for name in kind if (at := f" {fold(name)} ".find(f" {noun} ")) > 0]
        return next(iter([*same, *inside, *kind]), "")

    def _with_time_told(self, text: str) -> str:
        """The text with "năm sau" as a year, counted from the one in focus; left where it compares by itself."""
        wording = Wording(text, bare=self._bare)
        if time_reference(text).years or _COMPARING.search(fold(text)):
            return text
        for span in wording.find("relative_times"):
            told = self._told(" ".join(wording.form(span.first, span.last)))
            if told:
                start, end = wording.characters(span)
                return text[:start] + _in_case_of(text[start:end], told) + text[end:]
        return text

    def _told(self, phrase: str) -> str:
        unit, steps = _relative_times()[fold(phrase)]
        for times in (self._before.asked.times, self._before.answered.times):
            for time in times:
                reference = time_reference(time)
                years = sorted(reference.years)
                if unit == "năm" and years:
                    return f"năm {years[-1] + steps}"
                if unit == "quý" and reference.quarters:
                    quarter = int(min(reference.quarters)) + steps
                    year = years[-1] + (quarter - 1) // 4 if years else None
                    return f"quý {('I', 'II', 'III', 'IV')[(quarter - 1) % 4]}" + (f"/{year}" if year else "")
        return ""


def _relative_times() -> dict[str, tuple[str, int]]:
    found = {}
    for line in word_list("relative_times"):
        phrase, _, meaning = line.partition("=")
        unit, steps = meaning.split()
        found[fold(phrase.strip())] = (unit, int(steps))
    return found


def _lone_titles(wording: Wording) -> list[Span]:
    titles = _ALONE[:1] if wording.bare else _ALONE
    forms = {(fold(title) if wording.bare else title,) for title in titles}
    return [
        Span(place, place + 1)
        for place in range(len(wording))
        if wording.form(place, place + 1) in forms
        and not (
            place + 1 < len(wording) and wording.joined(place + 1) and wording.syllables[place + 1].text[0].isupper()
        )
        and not wording.longest(place, "person_pronouns")
        and not (place and wording.form(place - 1, place) in {("các",), ("những",), ("hai",)})
    ]


def _it(wording: Wording) -> list[Span]:
    return [
        Span(place, place + 1)
        for place in range(len(wording))
        if wording.form(place, place + 1) == (("no",) if wording.bare and place == 0 else ("nó",))
    ]


def _pointed_at(wording: Wording) -> list[Span]:
    """A noun of the lists, or a pair of syllables, with "đó" or the like straight behind it."""
    found = []
    for pointing in wording.find("demonstratives"):
        for length in range(min(4, pointing.first), 0, -1):
            first = pointing.first - length
            nouns = max(wording.longest(first, "event_nouns"), wording.longest(first, "thing_nouns"))
            if nouns == length:
                found.append(Span(first, pointing.last))
                break
    return found


def _names_something(text: str, called: Callable[[str], list[str]]) -> bool:
    """Whether a text names a person, an event or a thing; an office ("Thủ tướng", "Chính phủ") is none of these."""
    wording = Wording(text)
    if event_spans(wording) or people_in(text, called):
        return True
    return any(
        span.last - span.first > 1 or not _SYLLABLE.fullmatch(fold(wording.slice(span)))
        for span in thing_spans(wording)
    )


def _is_time(text: str) -> bool:
    spans = time_spans(text)
    return len(spans) == 1 and not text[: spans[0][0]].strip() and not text[spans[0][1] :].strip(" ?.")


def _with_context(question: str, context: str) -> str:
    body, mark = question.rstrip(" ?"), "?" if question.rstrip().endswith("?") else ""
    return f"{body} ({context}){mark}" if context else question


def _in_case_of(old: str, new: str) -> str:
    return new[0].upper() + new[1:] if old[:1].isupper() else new


def before(turns: Sequence[tuple[str, str]], called: Callable[[str], list[str]]) -> Before:
    """The turn before a question, out of the conversation so far.

    Args:
        turns: Question (made to stand alone) and answer; oldest first, at least one.
        called: Full names of the people that a text calls by title and given name.
    """
    question, answer = turns[-1]
    # What was carried over before stands in brackets behind the question: it is still what the talk is about.
    earlier = [focus_of(text, called) for asked, said in reversed(turns[:-1]) for text in (asked, said)]
    return Before(question, focus_of(question, called), focus_of(answer, called), tuple(earlier))
