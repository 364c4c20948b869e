"""How likely an answer is right: a logistic model over a few signals, fitted on the dev set and kept as data."""

import functools
import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Self

from rag.answering.candidates import Candidate
from rag.answering.question import AnswerKind, AskedFor
from rag.answering.support import said_with
from rag.retrieval.evidence import term_weights
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables, syllables

_MODEL_FILE = "confidence.json"
_WIDEST_MARGIN = 10.0
_READER_SCALE = 6.0
_NEUTRAL_READER = 5.0
_TELLING_KINDS = frozenset({AnswerKind.WHO, AnswerKind.WHEN, AnswerKind.HOW_MANY, AnswerKind.CODE, AnswerKind.ORDINAL})


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells a right answer from a near miss. Shares run from 0 to 1.

    Attributes:
        reader: The network's score of the best candidate, squeezed to -1 to 1.
        doubt: How far the network would rather not answer; 0.0 where it would.
        cosine: Highest cosine of the question with a passage.
        lead: How far the best passage's score is before the third's.
        coverage: Share of the question's rare words in the answering sentence and its headline.
        absent: Share of the question's words that other articles use but neither the passage nor its headline; words
            that no article uses are only another way to say it.
        misfit: How far the answer is of another kind than the one asked for.
        free: 1.0 where the question does not tell what kind of words answer it, else 0.0.
        time: Whether the answer is of the years asked for, -1 to 1.
        missing_number: Share of the question's numbers (years, codes) that stand nowhere in the passage.
        missing_name: Share of the question's names that stand nowhere in the passage, in short or in full.
        missing_post: 1.0 where the question names a post that the words around the answer do not, else 0.0.
        agreement: 1.0 where a second passage gives the same answer, else 0.0.
        margin: How far the best candidate is before the best other answer, as a share of the widest margin.
    """

    reader: float
    doubt: float
    cosine: float
    lead: float
    coverage: float
    absent: float
    misfit: float
    free: float
    time: float
    missing_number: float
    missing_name: float
    missing_post: float
    agreement: float
    margin: float

    @classmethod
    def of(
        cls,
        query: Query,
        asked: AskedFor,
        hits: Sequence[Hit],
        ranked: Sequence[Candidate],
        rarity: Callable[[str], float],
    ) -> Self:
        """Read the signals off a search (at least one hit) and its candidates (at least one), best first."""
        best = ranked[0]
        third = hits[min(2, len(hits) - 1)]
        there = said_with(best.hit.stored)
        same = _key(best.text)
        other = next((one for one in ranked if _key(one.text) not in same and same not in _key(one.text)), None)
        margin = best.score - other.score if other is not None else _WIDEST_MARGIN
        weights, unheard = term_weights(query.text, rarity), rarity("")
        # The network points at words; whether a sentence says yes or no it was never taught.
        reader = _NEUTRAL_READER if asked.kind is AnswerKind.YES_NO else best.reader
        return cls(
            reader=math.tanh(reader / _READER_SCALE),
            doubt=max(0.0, -reader) / _WIDEST_MARGIN,
            cosine=max(hit.score.cosine for hit in hits),
            lead=hits[0].score.total - third.score.total,
            coverage=best.coverage,
            absent=_share({term: weight for term, weight in weights.items() if rarity(term) < unheard}, there),
            misfit=max(0.0, -best.fit),
            free=float(asked.kind not in _TELLING_KINDS),
            time=best.time,
            missing_number=_missing([word for word in folded_syllables(query.restored) if word.isdigit()], there),
            missing_name=_missing_names(query, there),
            missing_post=float(not best.of_post),
            agreement=float(any(one.hit is not best.hit and _key(one.text) == same for one in ranked)),
            margin=min(_WIDEST_MARGIN, margin) / _WIDEST_MARGIN,
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


def _share(weights: Mapping[str, float], there: Collection[str]) -> float:
    """Share of the terms, by weight, that are missing."""
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term not in there) / total if total else 0.0


def _missing_names(query: Query, there: Collection[str]) -> float:
    """Share of the capitalised words of a question that are missing; an abbreviation is there in full, too."""
    full = {
        fold(part): folded_syllables(expansion.long)
        for expansion in query.expansions
        for part in folded_syllables(expansion.short)
    }
    words = [fold(word.text) for word in syllables(query.restored)[1:] if word.text[0].isupper()]
    found = [word in there or (word in full and all(one in there for one in full[word])) for word in words]
    return 1.0 - sum(found) / len(found) if found else 0.0


def _key(answer: str) -> str:
    return " ".join(folded_syllables(answer))


@functools.cache
def confidence_model() -> ConfidenceModel:
    """The fitted model that ships in `rag/answering/data/confidence.json`."""
    text = resources.files("rag.answering").joinpath("data", _MODEL_FILE).read_text(encoding="utf-8")
    return ConfidenceModel(**json.loads(text))
