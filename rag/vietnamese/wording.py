"""A text cut into words that can be compared with the word lists, typed with accents or without."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.vietnamese.normalise import fold, settle_tone_marks
from rag.vietnamese.syllables import Syllable, syllables
from rag.vietnamese.word_lists import word_list

_CODE_JOINTS = frozenset("-–/&.")
_BREAK = re.compile(r"[,;:.?!()\[\]\"“”«»\n]")


@dataclass(frozen=True)
class Span:
    """Syllables `first` to `last` (not included) of a text."""

    first: int
    last: int


class Wording:
    """A text and its syllables.

    Args:
        text: In NFC; its tone marks are settled here.
        bare: Whether it was typed without accents, so that the lists are compared without theirs too.
    """

    def __init__(self, text: str, *, bare: bool = False) -> None:
        self.text = settle_tone_marks(text)
        self.syllables: list[Syllable] = syllables(self.text)
        self.bare = bare
        self._forms = [fold(one.text) if bare else one.text.lower() for one in self.syllables]

    def __len__(self) -> int:
        return len(self.syllables)

    def longest(self, place: int, name: str) -> int:
        """Length of the longest entry of the word list `name` that stands at syllable `place`, 0 for none."""
        entries = _entries(name, bare=self.bare)
        longest = max(map(len, entries), default=0)
        lengths = range(min(longest, len(self) - place), 0, -1)
        return next((length for length in lengths if self.form(place, place + length) in entries), 0)

    def form(self, first: int, last: int) -> tuple[str, ...]:
        """The syllables of a stretch as they are compared."""
        return tuple(self._forms[first:last])

    def find(self, name: str) -> Iterator[Span]:
        """Where entries of a word list stand, from left to right, the longest at each place."""
        place = 0
        while place < len(self):
            length = self.longest(place, name)
            if length:
                yield Span(place, place + length)
            place += length or 1

    def slice(self, span: Span) -> str:
        """The characters of a stretch, as they were typed."""
        start, end = self.characters(span)
        return self.text[start:end]

    def characters(self, span: Span) -> tuple[int, int]:
        """First character of a stretch and the one behind it."""
        return self.syllables[span.first].start, self.syllables[span.last - 1].end

    def joined(self, place: int) -> bool:
        """Whether nothing that parts two phrases stands between a syllable and the one before it."""
        between = self.text[self.syllables[place - 1].end : self.syllables[place].start]
        return not _BREAK.search(between) or between in _CODE_JOINTS

    def is_name(self, place: int) -> bool:
        """Whether a syllable is part of a name or a code: capitalised inside a sentence, or beside such a number."""
        word = self.syllables[place].text
        if word.isdigit() or word.replace(".", "").isdigit():
            glued = place > 0 and self.text[self.syllables[place - 1].end : self.syllables[place].start] in _CODE_JOINTS
            return glued and not self.syllables[place - 1].text.isdigit()
        if len(word) > 1 and (word.isupper() or sum(map(str.isupper, word)) > 1):
            return True
        return word[0].isupper() and not self._opens_sentence(place)

    def _opens_sentence(self, place: int) -> bool:
        before = self.text[: self.syllables[place].start].rstrip(" \"“'([")
        if before and before[-1] not in ".?!:\n":
            return False
        following = self.syllables[place + 1].text if place + 1 < len(self) else ""
        return not following[:1].isupper()


@functools.cache
def _entries(name: str, *, bare: bool) -> frozenset[tuple[str, ...]]:
    entries = (settle_tone_marks(entry.partition("=")[0].strip()) for entry in word_list(name))
    return frozenset(tuple((fold(entry) if bare else entry).split()) for entry in entries)
