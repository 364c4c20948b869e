"""The extractive reader: of the passages found, the sentence that answers best, as it stands in the article."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.retrieval.evidence import coverage, passage_text, term_weights
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.records import StoredPassage
from rag.vietnamese.normalise import fold

_PASSAGES_READ = 5
_TYPE_WEIGHT = 0.2  # what a sentence gains by holding the kind of thing that was asked for
_PASSAGE_WEIGHT = 4.0  # what a passage's lead in the ranking is worth, per point of cosine

# What a question asks for, by its folded words, and what a sentence that answers it holds. The first match counts.
_ASKED_FOR: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\b(?:khi nao|bao gio|ngay nao|ngay may|hom nao|luc nao|nam nao|thang nao|hoi nao|may gio)\b"),
        re.compile(r"\d{1,2}[/-]\d{1,2}|\b(?:ngày|tháng|năm)\s+\d|\d+\s*(?:giờ|h)\b|\d:\d\d", re.IGNORECASE),
    ),
    (re.compile(r"\b(?:bao nhieu|may|bao lau|bao xa)\b"), re.compile(r"\d")),
    (
        re.compile(r"\b(?:ai|nguoi nao|ong nao|ba nao|nhung ai)\b"),
        re.compile(r"(?:[A-ZĐÀ-Ỹ][a-zà-ỹđ]+\s+){1,3}[A-ZĐÀ-Ỹ][a-zà-ỹđ]+"),
    ),
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
    weights = term_weights(query.text, rarity)
    asked_for = _asked_for(query.text)
    lead = hits[0].score.total if hits else 0.0
    candidates = [candidate for hit in hits[:_PASSAGES_READ] for candidate in _sentences(hit, weights, asked_for, lead)]
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _asked_for(question: str) -> re.Pattern[str] | None:
    folded = fold(question)
    return next((answer for asked, answer in _ASKED_FOR if asked.search(folded)), None)


def _sentences(
    hit: Hit, weights: Mapping[str, float], asked_for: re.Pattern[str] | None, lead: float
) -> list[Candidate]:
    passage = hit.stored.passage
    parts = passage_text(hit.stored.title, passage.text)
    found = []
    for sentence in parts.sentences:
        text = passage.text[sentence.start : sentence.end]
        covered = coverage(weights, sentence, parts.title_terms)
        fits = None if asked_for is None else asked_for.search(text) is not None
        score = covered + _TYPE_WEIGHT * bool(fits) + _PASSAGE_WEIGHT * (hit.score.total - lead)
        start = passage.start + sentence.start + len(text) - len(text.lstrip())
        found.append(Candidate(hit.stored, start, start + len(text.strip()), covered, fits, score))
    return found
