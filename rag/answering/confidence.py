"""How likely an answer is right: a logistic model over a few signals, fitted on the dev set and kept as data."""

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Self

from rag.answering.reader import Candidate
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.syllables import folded_syllables

_MODEL_FILE = "confidence.json"


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells a right answer from a near miss.

    Attributes:
        cosine: Highest cosine of the question with a passage.
        lead: How far the best passage's score is before the third's.
        coverage: Share of the question's rare words in the answering sentence and its headline, 0 to 1.
        missing_number: 1.0 when a number of the question (a year, a code) stands nowhere in the passage, else 0.0.
    """

    cosine: float
    lead: float
    coverage: float
    missing_number: float

    @classmethod
    def of(cls, query: Query, hits: Sequence[Hit], candidate: Candidate) -> Self:
        """Read the signals off a search (at least one hit) and the candidate chosen from it."""
        third = hits[min(2, len(hits) - 1)]
        stored = candidate.stored
        there = set(folded_syllables(f"{stored.title} {stored.passage.text}"))
        numbers = {syllable for syllable in folded_syllables(query.text) if syllable.isdigit()}
        return cls(
            cosine=max(hit.score.cosine for hit in hits),
            lead=hits[0].score.total - third.score.total,
            coverage=candidate.coverage,
            missing_number=float(not numbers <= there),
        )

    def as_dict(self) -> dict[str, float]:
        """The signals by name, in a fixed order."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """A logistic regression and the confidence below which an answer is refused.

    Attributes:
        intercept: Log odds where every signal is 0.
        coefficients: Log odds for each unit of a signal, by its name.
        threshold: Confidence below which the answer is "không tìm thấy".
        fit: How it was fitted: data, n, command, figures.
    """

    intercept: float
    coefficients: Mapping[str, float]
    threshold: float
    fit: Mapping[str, object]

    def probability(self, signals: Signals) -> float:
        """Probability that the answer is right, 0 to 1."""
        values = signals.as_dict()
        log_odds = self.intercept + sum(weight * values[name] for name, weight in self.coefficients.items())
        return 1.0 / (1.0 + math.exp(-log_odds))


@functools.cache
def confidence_model() -> ConfidenceModel:
    """The fitted model that ships in `rag/answering/data/confidence.json`."""
    text = resources.files("rag.answering").joinpath("data", _MODEL_FILE).read_text(encoding="utf-8")
    return ConfidenceModel(**json.loads(text))
