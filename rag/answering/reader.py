"""The extractive reader: of the passages found, the sentence that answers best, as it stands in the article."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.records import StoredPassage
from rag.vietnamese.normalise import fold
from rag.vietnamese.sentences import sentence_spans
from rag.vietnamese.syllables import folded_syllables, with_bigrams
from rag.vietnamese.word_lists import word_list

_PASSAGES_READ = 5
_TYPE_WEIGHT = 0.2  # what a sentence gains by holding the kind of thing that was asked for
_PASSAGE_WEIGHT = 4.0  # what a passage's lead in the ranking is worth, per point of cosine
_TITLE_SHARE = 0.7  # what a word of the question counts that stands only in the headline

# What a question asks for, by its folded words, and what a sentence that answers it holds. The first match counts.
_ASKED_FOR: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\b(?:khi nao|bao gio|ngay nao|ngay may|hom nao|luc nao|nam nao|thang nao|hoi nao|may gio)\b"),
        re.compile(r"\d{1,2}[/-]\d{1,2}|\b(?:ngày|tháng|năm)\s+\d|\d+\s*(?:giờ|h)\b|\d:\d\d", re.IGNORECASE),
    ),
    (re.compile(r"\b(?:bao nhieu|may|bao lau|bao xa)\b"), re.compile(r"\d")),
    (re.compile(r"\b(?:ai|nguoi nao|ong nao|ba nao|nhung ai)\b"), re.compile(r"(?:[A-ZĐÀ-Ỹ][a-zà-ỹđ]+\s+){1,3}[A-ZĐÀ-Ỹ][a-zà-ỹđ]+")),
    (re.compile(r"\b(?:o dau|tai dau|noi nao)\b"), re.compile(r"\b(?:tại|ở)\s+\S", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer the question.

    Attributes:
        stored: The passage it stands in.
        start: Offset in the article's body.
        end: Offset behind its last character, white space left out.
        coverage: Share of the question's words that it, or in part its headline, holds, 0 to 1, rare words first.
        fits: Whether it holds the kind of thing asked for; None where the question does not tell.
        score: What candidates are ordered by.
    """

    stored: StoredPassage
    start: int
    end: int
    coverage: float
    fits: bool | None
    score: float


def read(query: Query, hits: Sequence[Hit], rarity: Callable[[str], float]) -> list[Candidate]:
    """Every sentence of the best passages as a candidate, best first; ties go to the better passage, then the earlier.

    Args:
        query: How the question was read.
        hits: Passages, best first; only the first few are read.
        rarity: Weight of a folded syllable or bigram, larger for rarer ones.
    """
    wanted = {term: rarity(term) for term in content_terms(query.text)}
    asked_for = _asked_for(query.text)
    lead = hits[0].score.total if hits else 0.0
    candidates = [
        candidate
        for hit in hits[:_PASSAGES_READ]
        for candidate in _sentences(hit, wanted, asked_for, lead)
    ]
    return sorted(candidates, key=lambda candidate: -candidate.score)


def rarity_in(passages: int, document_frequency: Callable[[str], int]) -> Callable[[str], float]:
    """Inverse document frequency, as BM25 defines it, for a library of so many passages."""

    def rarity(term: str) -> float:
        frequency = document_frequency(term)
        return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))

    return rarity


def content_terms(question: str) -> list[str]:
    """The folded syllables and bigrams of what a question is about, without the words that only ask."""
    asking = set(word_list("question_words"))
    folded = folded_syllables(question)
    bigrams = [f"{first}_{second}" for first, second in zip(folded, folded[1:], strict=False) if not {first, second} <= asking]
    return list(dict.fromkeys([*(term for term in folded if term not in asking), *bigrams]))


def _asked_for(question: str) -> re.Pattern[str] | None:
    folded = fold(question)
    return next((answer for asked, answer in _ASKED_FOR if asked.search(folded)), None)


def _sentences(hit: Hit, wanted: dict[str, float], asked_for: re.Pattern[str] | None, lead: float) -> list[Candidate]:
    passage = hit.stored.passage
    title = set(with_bigrams(folded_syllables(hit.stored.title)))
    total = sum(wanted.values()) or 1.0
    found = []
    for start, end in sentence_spans(passage.text):
        text = passage.text[start:end]
        stripped = text.strip()
        if not stripped:
            continue
        held = set(with_bigrams(folded_syllables(text)))
        covered = sum(
            weight * (1.0 if term in held else _TITLE_SHARE if term in title else 0.0) for term, weight in wanted.items()
        )
        coverage = covered / total
        fits = None if asked_for is None else asked_for.search(text) is not None
        score = coverage + _TYPE_WEIGHT * bool(fits) + _PASSAGE_WEIGHT * (hit.score.total - lead)
        offset = passage.start + start + len(text) - len(text.lstrip())
        found.append(Candidate(hit.stored, offset, offset + len(stripped), coverage, fits, score))
    return found
