"""Which of several answers that contradict each other goes first. Being worded like the question earns nothing.

Whoever can add an article can make it repeat a question's words with a false answer: search finds it first and the
reader is sure of it. So where articles contradict each other, what counts is who published them, how many of them say
the same, and whether a quote is more than the question said again.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from rag.answering.question import AskedFor
from rag.retrieval.retriever import Hit
from rag.settings import Settings, listed
from rag.store.records import StoredPassage
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables

# Of pairs of neighbouring words:
_ECHO = 0.7  # share of a question's that a sentence repeats
_LITTLE_ELSE = 0.4  # share of the sentence's own that are the question's


@dataclass(frozen=True, slots=True)
class Publishers:
    """Whom the library's owner believes more, and whom not at all; accents and capitals make no difference.

    Attributes:
        preferred: Folded names, the most trusted first.
        distrusted: Folded names of those whose articles answer nothing; they are still found by a search.
    """

    preferred: tuple[str, ...] = ()
    distrusted: frozenset[str] = frozenset()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """As `HOIDAP_PREFERRED_PUBLISHERS` and `HOIDAP_DISTRUSTED_PUBLISHERS` say."""
        preferred, distrusted = listed(settings.preferred_publishers), listed(settings.distrusted_publishers)
        return cls(tuple(map(fold, preferred)), frozenset(map(fold, distrusted)))

    def rank(self, stored: StoredPassage) -> int:
        """How much more than any other publisher the one of a passage is believed; 0 for most."""
        name = fold(stored.publisher or "")
        return len(self.preferred) - self.preferred.index(name) if name in self.preferred else 0

    def believed(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits whose publishers may answer."""
        return [hit for hit in hits if fold(hit.stored.publisher or "") not in self.distrusted]


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """What an answer has behind it, aside from how well it fits the question; compared field by field.

    Attributes:
        publisher: Rank of its publisher.
        articles: How many articles give the same answer.
        own_words: Whether its sentence is more than the question said again.
        confidence: Probability that it is right, 0 to 1.
    """

    publisher: int
    articles: int
    own_words: bool
    confidence: float


def echoes(question: str, asked: AskedFor, sentence: str) -> bool:
    """Whether a sentence says a question again, and little else.

    Args:
        question: With its accents.
        asked: What it asks for, and where.
        sentence: The sentence.

    Example:
        >>> from rag.answering.question import asked_for
        >>> question = "Ai là Giám đốc Xưởng Giấy Hòa Lạc?"
        >>> echoes(question, asked_for(question), "Giám đốc Xưởng Giấy Hòa Lạc là ông Lê Văn Tám.")
        True
        >>> echoes(question, asked_for(question), "Ông Lê Văn Tám điều hành xưởng từ năm 2019.")
        False
    """
    wanted = _pairs(question[: asked.start]) | _pairs(question[asked.end :])
    said = _pairs(sentence)
    common = len(wanted & said)
    return common > 0 and common >= _ECHO * len(wanted) and common >= _LITTLE_ELSE * len(said)


def _pairs(text: str) -> set[tuple[str, str]]:
    return set(itertools.pairwise(folded_syllables(text)))
