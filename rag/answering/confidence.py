"""How likely an answer is right: a logistic model over a few signals, fitted on the dev set and kept as data."""

import functools
import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Self

from rag.answering.candidates import Candidate
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables, syllables

_MODEL_FILE = "confidence.json"
_WIDEST_MARGIN = 10.0


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells a right answer from a near miss.

    Attributes:
        reader: The network's score of the best candidate.
        cosine: Highest cosine of the question with a passage.
        lead: How far the best passage's score is before the third's.
        coverage: Share of the question's rare words in the answering sentence and its headline, 0 to 1.
        nearness: The same, each word counting less the further it stands from the answer.
        fit: Whether the answer is of the kind asked for, -1 to 1.
        time: Whether it is of the years asked for, -1 to 1.
        missing_number: Share of the question's numbers (years, codes) that stand nowhere in the passage, 0 to 1.
        missing_name: Share of the question's capitalised words that stand nowhere in the passage, 0 to 1.
        agreement: 1.0 where a second passage gives the same answer, else 0.0.
        margin: How far the best candidate is before the best other answer, at most 10.
    """

    reader: float
    cosine: float
    lead: float
    coverage: float
    nearness: float
    fit: float
    time: float
    missing_number: float
    missing_name: float
    agreement: float
    margin: float

    @classmethod
    def of(cls, query: Query, hits: Sequence[Hit], ranked: Sequence[Candidate]) -> Self:
        """Read the signals off a search (at least one hit) and its candidates (at least one), best first."""
        best = ranked[0]
        third = hits[min(2, len(hits) - 1)]
        stored = best.hit.stored
        day = stored.published.strftime("%d %m %Y") if stored.published else ""
        there = set(folded_syllables(f"{stored.title} {stored.passage.text} {day}"))
        words = syllables(query.text)
        numbers = [fold(word.text).replace(".", "") for word in words if word.text[0].isdigit()]
        names = [fold(word.text) for word in words[1:] if word.text[0].isupper()]
        same = _key(best.text)
        other = next((one for one in ranked if _key(one.text) not in same and same not in _key(one.text)), None)
        return cls(
            reader=best.reader,
            cosine=max(hit.score.cosine for hit in hits),
            lead=hits[0].score.total - third.score.total,
            coverage=best.coverage,
            nearness=best.nearness,
            fit=best.fit,
            time=best.time,
            missing_number=_missing(numbers, there),
            missing_name=_missing(names, there),
            agreement=float(
                any(one.hit is not best.hit and _key(one.text) == same and one.reader > 0 for one in ranked)
            ),
            margin=min(_WIDEST_MARGIN, best.score - other.score) if other else _WIDEST_MARGIN,
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


def _missing(wanted: Sequence[str], there: Collection[str]) -> float:
    return sum(word not in there for word in wanted) / len(wanted) if wanted else 0.0


def _key(answer: str) -> str:
    return " ".join(folded_syllables(answer))


@functools.cache
def confidence_model() -> ConfidenceModel:
    """The fitted model that ships in `rag/answering/data/confidence.json`."""
    text = resources.files("rag.answering").joinpath("data", _MODEL_FILE).read_text(encoding="utf-8")
    return ConfidenceModel(**json.loads(text))
