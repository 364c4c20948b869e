"""A fragment ("còn phó bí thư?") put in the place of what it stands beside in the question before it."""

from rag.conversation.focus import time_spans
from rag.vietnamese.names import honorifics, names_in
from rag.vietnamese.normalise import fold
from rag.vietnamese.wording import Span, Wording

_PREPOSITIONS = frozenset({("ở",), ("tại",), ("trong",), ("ngoài",), ("với",), ("cho",), ("từ",), ("đến",)})


def put_in_place(fragment: str, question: str) -> str:
    """The question asked again of something else.

    What the fragment replaces is looked for in this order: a time by a time; a person by a person; the words that share
    a syllable with it; an office by an office; a name by a name; else the first words that are none of these.

    Args:
        fragment: What is asked after now.
        question: The question before it, whole.

    Example:
        >>> put_in_place("phó bí thư", "Ai là Bí thư Đảng ủy?")
        'Ai là phó bí thư Đảng ủy?'
        >>> put_in_place("năm 2021", "Doanh thu năm 2020 là bao nhiêu?")
        'Doanh thu năm 2021 là bao nhiêu?'
    """
    new, old = Wording(fragment), Wording(question)
    if not len(new):
        return question
    times = time_spans(old.text)
    if time_spans(new.text):
        if times:
            start, end = times[-1]
            return _replaced(old.text, start, end, new.text)
        return _appended(old.text, new.text)
    person = _person(old) if _begins_with_person(new) else None
    place = person or _beside_shared(new, old) or _same_kind(new, old) or _first_common(old)
    if place is None:
        return _appended(old.text, new.text)
    return _replaced(old.text, *old.characters(place), new.text)


def _beside_shared(new: Wording, old: Wording) -> Span | None:
    """The words around the longest run of syllables that both share."""
    best: tuple[int, int, int] = (0, 0, 0)  # length, place in the fragment, place in the question
    for at in range(len(new)):
        for there in range(len(old)):
            length = 0
            while (
                at + length < len(new)
                and there + length < len(old)
                and new.form(at + length, at + length + 1) == old.form(there + length, there + length + 1)
            ):
                length += 1
            if length > best[0] and not _only_small_words(new, at, length):
                best = (length, at, there)
    length, at, there = best
    if not length:
        return None
    first, last = there, there + length
    if at and first and old.form(first - 1, first) in _PREPOSITIONS:
        first -= 1
    if at + length < len(new):  # the fragment goes on behind what is shared, so what went on there before is replaced
        while last < len(old) and old.joined(last) and not _ends(old, last):
            last += 1
    return Span(first, last)


def _only_small_words(new: Wording, at: int, length: int) -> bool:
    return all(new.longest(place, "clause_words") == 1 for place in range(at, at + length))


def _ends(old: Wording, place: int) -> bool:
    return bool(old.longest(place, "clause_words") or old.longest(place, "verbs") or old.is_name(place))


def _same_kind(new: Wording, old: Wording) -> Span | None:
    if new.longest(0, "role_nouns"):
        return next(old.find("role_nouns"), None)
    if any(new.is_name(place) or new.text[:1].isupper() for place in range(len(new))):
        named = [place for place in range(len(old)) if old.is_name(place)]
        if named:
            first = last = named[-1]
            while first - 1 in named and old.joined(first):
                first -= 1
            return Span(first, last + 1)
    return None


def _begins_with_person(new: Wording) -> bool:
    return fold(new.slice(Span(0, 1))) in honorifics() or bool(names_in(new.text))


def _person(old: Wording) -> Span | None:
    """A person's name with the title before it."""
    for name in names_in(old.text):
        length = name.count(" ") + 1
        for first in range(len(old) - length + 1):
            if old.slice(Span(first, first + length)) == name:
                titled = first > 0 and fold(old.slice(Span(first - 1, first))) in honorifics()
                return Span(first - titled, first + length)
    return None


def _first_common(old: Wording) -> Span | None:
    """The first words that say neither a time nor a name, and neither ask nor act."""
    taken = time_spans(old.text)
    place = 0
    while place < len(old):
        first = place
        while place < len(old) and _is_common(old, place, taken) and (place == first or old.joined(place)):
            place += 1
        if place > first:
            return Span(first, place)
        place += max(1, *(old.longest(place, name) for name in ("asking_words", "clause_words", "verbs")))
    return None


def _is_common(old: Wording, place: int, times: list[tuple[int, int]]) -> bool:
    start, end = old.characters(Span(place, place + 1))
    in_time = any(start < until and since < end for since, until in times)
    small = any(old.longest(place, name) for name in ("asking_words", "clause_words", "verbs", "thing_nouns"))
    return not (in_time or small or old.is_name(place) or old.form(place, place + 1) == ("của",))


def _replaced(text: str, start: int, end: int, new: str) -> str:
    if text[start:end][:1].isupper() and start == 0:
        new = new[0].upper() + new[1:]
    return text[:start] + new + text[end:]


def _appended(text: str, new: str) -> str:
    body, mark = text.rstrip(" ?"), "?" if text.rstrip().endswith("?") else ""
    return f"{body}, {new}{mark}"
