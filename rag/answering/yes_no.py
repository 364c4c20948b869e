"""Yes or no: whether the sentence that speaks of the matter says so or denies it."""

import re
from dataclasses import dataclass

from rag.vietnamese.syllables import folded_syllables, with_bigrams

_NEGATION = re.compile(r"\b(?:không|chưa|chẳng)\b(?!\s+(?:chỉ|những|ngừng|ít|kém|thể không|phải chỉ))", re.IGNORECASE)
_CLAUSE_MARK = re.compile(r"[;:]|,\s+(?:nhưng|song|còn|tuy)\b")
_PARTICLES = frozenset(
    ["co", "khong", "chua", "phai", "dung", "hay", "da", "bi", "duoc", "nhi", "a", "vay", "the"]
)  # ask, and say nothing else
_REACH = 8  # syllables over which a negation word denies what follows it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sentence says about a yes/no question.

    Attributes:
        yes: Whether it affirms.
        start: Offset of the deciding words in the text.
        end: Offset behind them.
    """

    yes: bool
    start: int
    end: int


def verdict(question: str, text: str, sentence: tuple[int, int]) -> Verdict:
    """Whether a sentence affirms or denies what a question asks, and the clause that decides.

    It denies where a negation word stands before words of the question in the clause that holds most of them.

    Args:
        question: With its accents and with abbreviations spelled out.
        text: The passage.
        sentence: Start and end of the sentence.
    """
    wanted = set(with_bigrams([word for word in folded_syllables(question) if word not in _PARTICLES]))
    clauses = _clauses(text, *sentence)
    start, end = max(clauses, key=lambda place: len(wanted & _held(text[place[0] : place[1]])))
    denied = any(
        wanted & set(folded_syllables(text[negation.end() : end])[:_REACH])
        for negation in _NEGATION.finditer(text, start, end)
    )
    return Verdict(yes=not denied, start=start, end=end)


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [match.start() for match in _CLAUSE_MARK.finditer(text, start, end)]
    return [(first, last) for first, last in zip([start, *cuts], [*cuts, end], strict=True) if text[first:last].strip()]


def _held(clause: str) -> set[str]:
    return set(with_bigrams(folded_syllables(clause)))
