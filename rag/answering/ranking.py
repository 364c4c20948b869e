"""Which of many candidates answers best: a linear model over what speaks for each, fitted and kept as data."""

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

_MODEL_FILE = "ranking.json"
_SURE = 5.0  # of the network's score: between two spans that it is sure of, the other features decide
_LEAST_READER = -20.0  # a span that no window holds whole has no score


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a candidate and against it.

    Attributes:
        reader: The network's score of the span it stands for; below zero the passage rather does not answer.
        moved: How much less the network gives these very words than that span, at most 0.
        excess: How many words longer it is than the person, post or time in it that was asked for, by tens.
        lead: How far the passage's retrieval score is behind the best passage's, at most 0.
        coverage: Share of the question's words in the sentence and headline, 0 to 1, rare words first.
        nearness: The same for the clause around the span alone.
        fit: Whether the span is of the kind asked for, -1 to 1.
        time: Whether it is of the years asked for, -1 to 1.
        post: Whether the passage gives the person the post that the question asks about, -1 to 1.
        other_kind: Whether its clause speaks of a sibling of what the question names: gas for oil.
        difference: Whether an amount is how much more or less, and the question does not ask that: "tăng 2 người".
        planned: Whether an amount is a plan where a result is asked for, or the other way round.
    """

    reader: float
    moved: float
    excess: float
    lead: float
    coverage: float
    nearness: float
    fit: float
    time: float
    post: float
    other_kind: bool
    difference: bool
    planned: bool

    def as_dict(self) -> dict[str, float]:
        """The features by name, and `sure`, the reader's score squeezed to -5 to 5."""
        values = {name: float(getattr(self, name)) for name in self.__slots__}
        values["reader"] = max(values["reader"], _LEAST_READER)
        return {**values, "sure": _SURE * math.tanh(self.reader / _SURE)}


@dataclass(frozen=True, slots=True)
class RankingModel:
    """A linear model: the candidate of the highest score answers.

    Attributes:
        weights: What a unit of a feature is worth, in log odds against the other candidates, by its name.
        fit: How it was fitted: data, n, command, figures.
        fingerprint: Of the reader's weights that it was fitted to.
    """

    weights: Mapping[str, float]
    fit: Mapping[str, object]
    fingerprint: str = ""

    def score(self, features: Features) -> float:
        """What candidates of one question are ordered by."""
        values = features.as_dict()
        return sum(weight * values[name] for name, weight in self.weights.items())


@functools.cache
def ranking_model() -> RankingModel:
    """The fitted model that ships in `rag/answering/data/ranking.json`."""
    text = resources.files("rag.answering").joinpath("data", _MODEL_FILE).read_text(encoding="utf-8")
    return RankingModel(**json.loads(text))
