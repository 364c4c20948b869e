"""Yes or no: whether the sentence that speaks of the matter says so or denies it."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.vietnamese.syllables import folded_syllables, syllables, with_bigrams
from rag.vietnamese.word_lists import word_list

_NEGATION = re.compile(
    r"\b(?:không|chưa|chẳng)\b(?!\s+(?:chỉ|những|ngừng|ít|kém|lâu|thể không|phải chỉ))", re.IGNORECASE
)
_CLAUSE_MARK = re.compile(r"[;:]|,\s+(?:nhưng|song|còn|tuy)\b")
_PARTICLES = frozenset(
    ["co", "khong", "chua", "phai", "dung", "hay", "da", "bi", "duoc", "nhi", "a", "vay", "the"]
)  # ask, and say nothing else
_CLAUSE_END = re.compile(r"[,;:.](?=\s|$)")
_REACH = 8  # syllables over which a negation word denies what follows it
# "Trước tin tàu chìm, ông nói không có tàu nào chìm": what was said before is denied by what he says.
_RUMOUR = re.compile(
    r"\b(?:trước|về|quanh|liên quan(?: đến| tới)?)\s(?:các\s|những\s)?(?:thông tin|tin|dư luận|ý kiến)\b"
)
_ANSWERS = re.compile(r"\b(?:khẳng định|nói|cho biết|cho hay|trả lời|giải thích|thông tin)\b")


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

    It denies where a negation word stands before words of the question in the clause that holds most of them, or where
    that clause says the opposite of one of them: what is "nhẹ hơn" is not "nặng hơn". What a sentence only reports as
    denied ("bác bỏ tin …") is not so.

    Args:
        question: With its accents and with abbreviations spelled out.
        text: The passage.
        sentence: Start and end of the sentence.
    """
    wanted = set(with_bigrams([word for word in folded_syllables(question) if word not in _PARTICLES]))
    clauses = _clauses(text, *sentence)
    start, end = max(clauses, key=lambda place: len(wanted & _held(text[place[0] : place[1]])))
    clause = text[start:end]
    opposites = _opposites(question, clause)
    denials = [negation.end() for negation in _NEGATION.finditer(clause)]
    denied = any(
        wanted & set(folded_syllables(clause[denial:])[:_REACH]) and not _begins_with(clause[denial:], opposites)
        for denial in denials
    )
    opposed = any(not any(_begins_with(clause[denial:], [one]) for denial in denials) for one in opposites)
    reported = _denied_report(question, text[slice(*sentence)])
    if reported is not None:
        return Verdict(yes=_NEGATION.search(reported) is not None, start=sentence[0], end=sentence[1])
    return Verdict(yes=denied == opposed, start=start, end=end)


def _denied_report(question: str, sentence: str) -> str | None:
    """What a sentence says that somebody denies; None where nobody does, or the question asks just that."""
    said = sentence.lower()
    for denial in word_list("denials"):
        if denial in said and denial not in question.lower():
            return _CLAUSE_END.split(said[said.index(denial) + len(denial) :], maxsplit=1)[0]
    rumour = _RUMOUR.search(said)
    answer = _ANSWERS.search(said, rumour.end()) if rumour else None
    return said[rumour.end() : answer.start()] if rumour and answer and _NEGATION.search(said, answer.end()) else None


def _opposites(question: str, clause: str) -> list[str]:
    """The words of a clause that say the opposite of one that only the question has."""
    asked, said = f" {' '.join(_words(question))} ", f" {' '.join(_words(clause))} "
    return [
        other
        for word, other in _antonyms()
        if f" {word} " in asked and f" {other} " in said and f" {word} " not in said and f" {other} " not in asked
    ]


def _begins_with(text: str, openings: Sequence[str]) -> bool:
    words = f"{' '.join(_words(text))} "
    return any(words.startswith(f"{opening} ") for opening in openings)


def _words(text: str) -> list[str]:
    return [word.text.lower() for word in syllables(text)]


@functools.cache
def _antonyms() -> tuple[tuple[str, str], ...]:
    pairs = [line.split("|") for line in word_list("antonyms")]
    return tuple(pair for one, other in pairs for pair in ((one, other), (other, one)))


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [match.start() for match in _CLAUSE_MARK.finditer(text, start, end)]
    return [(first, last) for first, last in zip([start, *cuts], [*cuts, end], strict=True) if text[first:last].strip()]


def _held(clause: str) -> set[str]:
    return set(with_bigrams(folded_syllables(clause)))
