"""People's names: found in text by their surname, and found again when only the given name is said."""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Self

from rag.vietnamese.normalise import fold, settle_tone_marks
from rag.vietnamese.syllables import Syllable, syllables
from rag.vietnamese.word_lists import word_list

_LEAST_SYLLABLES, _MOST_SYLLABLES = 2, 4
_LONGEST_PLACE = 3  # syllables
_MIDDLE_NAMES = frozenset({"Thị", "Văn"})
CAPITALS = "".join(letter for letter in map(chr, range(0x1F00)) if letter.isupper())  # Latin ends at U+1EFF
# What every name has, found faster than by reading syllable by syllable.
_TWO_CAPITALISED = re.compile(rf"[{CAPITALS}][^\W\d_]* [{CAPITALS}]")


class GivenNames:
    """Full names of the indexed text by their last syllable, the one a Vietnamese person is called by.

    Args:
        full_names: Full names by folded given name, most frequent first.
    """

    def __init__(self, full_names: Mapping[str, Iterable[str]]) -> None:
        self.full_names = {given: tuple(names) for given, names in full_names.items()}

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> Self:
        """Collect the names that stand in the texts.

        Example:
            >>> GivenNames.from_texts(["Đồng chí Lê Văn Tám phát biểu."]).full_names
            {'tam': ('Lê Văn Tám',)}
        """
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for name in names_in(text):
                counts[fold(name.rpartition(" ")[2])][name] += 1
        return cls({given: [name for name, _ in names.most_common()] for given, names in counts.items()})

    def called(self, question: str) -> list[str]:
        """Full names of the people that a question calls by title and given name ("ông Thắng"), or by part of a name.

        A typed accent has to agree; a syllable typed without one agrees with any.

        Example:
            >>> GivenNames({"tam": ["Lê Văn Tám"]}).called("ông Tám nói gì?")
            ['Lê Văn Tám']
        """
        found: list[str] = []
        words = syllables(settle_tone_marks(question))
        for place, word in enumerate(words):
            if place and _is_honorific(words, place):
                following = words[place : place + _MOST_SYLLABLES]
                found += [
                    name
                    for length in range(len(following), 0, -1)
                    for name in self.full_names.get(fold(following[length - 1].text), ())
                    if _agrees([one.text for one in following[:length]], name) and word.text
                ]
        return list(dict.fromkeys(found))


def names_in(text: str) -> list[str]:
    """The people's names in `text`, in order, with their tone marks settled."""
    settled = settle_tone_marks(text)
    return [" ".join(settled[start:end].split()) for start, end in _spans(settled)]


def name_spans(text: str) -> list[tuple[int, int]]:
    """Where people's names stand in `text`, in order.

    A name is a surname, or any capitalised syllable behind a form of address, with one to three more capitalised
    syllables.
    """
    settled = settle_tone_marks(text)
    return _spans(settled if len(settled) == len(text) else text)  # offsets in decomposed text would not be its own


def _spans(settled: str) -> list[tuple[int, int]]:
    if not _TWO_CAPITALISED.search(settled):
        return []
    surnames = _surnames()
    words = syllables(settled)
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(words):
        of_place = _place_name(words, settled, place)
        if of_place:
            # "Chủ tịch UBND tỉnh Lâm Đồng Trần Văn Tám": the place opens with a surname too.
            place += of_place
            continue
        opens = words[place].text[0].isupper() and (
            words[place].text in surnames
            or (place > 0 and _is_honorific(words, place))
            or _has_middle_name(words, place)
        )
        if opens and place + 1 < len(words) and words[place + 1].text in surnames:
            # "Ông Lê Văn Tám": a form of address, though also a surname.
            opens = words[place].text.lower() not in word_list("honorifics")
        run = _capitalised_run(words, settled, place) if opens else []
        # "huyện Kim Sơn" is no person, but "Chủ tịch xã Lê Văn Tám" is one.
        short = len(run) == _LEAST_SYLLABLES
        is_place = short and place > 0 and words[place - 1].text in word_list("place_nouns")
        if len(run) >= _LEAST_SYLLABLES and not is_place and not (short and _opens_body(words, place)):
            spans.append((run[0].start, run[-1].end))
            place += len(run)
        else:
            place += 1
    return spans


def _place_name(words: list[Syllable], text: str, place: int) -> int:
    """How many syllables the name of a place has that begins here, 0 for none; "ông Thái Bình" is a person."""
    if place and _is_honorific(words, place):
        return 0
    for length in range(min(_LONGEST_PLACE, len(words) - place), 1, -1):
        run = words[place : place + length]
        if text[run[0].start : run[-1].end] in _place_names():
            return length
    return 0


def _capitalised_run(words: list[Syllable], text: str, place: int) -> list[Syllable]:
    run = [words[place]]
    for word in words[place + 1 : place + _MOST_SYLLABLES]:
        joined = text[run[-1].end : word.start] == " "
        if not (joined and word.text[0].isupper() and not (len(word.text) > 1 and word.text.isupper())):
            break
        run.append(word)
    return run


def _opens_body(words: list[Syllable], place: int) -> bool:
    """Whether a surname opens the name of a body: "Đoàn Thanh niên"."""
    following = words[place + _LEAST_SYLLABLES : place + _LEAST_SYLLABLES + 1]
    return words[place].text.lower() in word_list("organisation_nouns") and any(one.text.islower() for one in following)


def _is_honorific(words: list[Syllable], place: int) -> bool:
    before = [fold(word.text) for word in words[max(0, place - 2) : place]]
    return before[-1] in honorifics() or " ".join(before) in honorifics()


def _has_middle_name(words: list[Syllable], place: int) -> bool:
    """Whether "Thị" or "Văn" and a capital follow, as behind a rare surname; "Cảng Thị Vải" is a place."""
    if place + 2 >= len(words) or words[place + 1].text not in _MIDDLE_NAMES or not words[place + 2].text[0].isupper():
        return False
    return words[place].text.istitle() and words[place].text.lower() not in _common_nouns()


@functools.cache
def _surnames() -> frozenset[str]:
    return frozenset(word_list("surnames"))


@functools.cache
def _place_names() -> frozenset[str]:
    return frozenset(settle_tone_marks(name) for name in word_list("place_names") if len(name.split()) > 1)


@functools.cache
def honorifics() -> frozenset[str]:
    """The forms of address that stand before a name, folded."""
    return frozenset(fold(word) for word in word_list("honorifics"))


@functools.cache
def _common_nouns() -> frozenset[str]:
    """Nouns that open the name of a place or a body, and posts: capitalised where a sentence or a title begins."""
    lists = ("place_nouns", "body_nouns", "organisation_nouns", "offices", "honorifics", "event_nouns", "thing_nouns")
    return frozenset(entry.split()[-1] for name in lists for entry in word_list(name))


def _agrees(said: list[str], name: str) -> bool:
    """Whether the syllables said are the last ones of the name."""
    tail = name.split()[-len(said) :]
    return len(tail) == len(said) and all(
        fold(typed) == fold(real) and (fold(typed) == typed.lower() or typed.lower() == real.lower())
        for typed, real in zip(said, tail, strict=True)
    )
