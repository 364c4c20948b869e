"""Retrieval metrics, in one documented place: what each means, its value per question, and how sure it is.

The values come from `ir_measures` (trec_eval's own code); nothing is computed by hand here.

| Name | Meaning, for one question |
|---|---|
| R@1, R@5, R@10 | 1 when a relevant item is among the first k, else 0 (`Success@k`; with one right item, recall) |
| MRR@10 | 1 / rank of the first relevant item, 0 when it is not among the first 10 (`RR@10`) |
| nDCG@10 | Discounted gain of the relevant items among the first 10, as a share of the best order possible |
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from numpy.typing import NDArray
from scipy import stats

CUTOFF = 10  # how deep the deepest metric looks

_MEASURES = {
    "R@1": ir_measures.Success @ 1,
    "R@5": ir_measures.Success @ 5,
    "R@10": ir_measures.Success @ CUTOFF,
    "MRR@10": ir_measures.RR @ CUTOFF,
    "nDCG@10": ir_measures.nDCG @ CUTOFF,
}
METRICS = tuple(_MEASURES)

_RESAMPLES = 2000
_STATISTIC_RESAMPLES = 500  # each calls Python code
_CONFIDENCE = 0.95
_BATCH = 250  # resamples drawn at once: bounds memory at batch x questions

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one system gave for one question.

    Attributes:
        ranked: Ids of the items found, best first, each once.
        relevant: Ids of every relevant item of that system's index, found or not: the ideal order of nDCG has them all.
    """

    ranked: tuple[str, ...]
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % bootstrap interval; all in the unit of the values.

    Attributes:
        mean: Mean of the values.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    mean: float
    low: float
    high: float


def values_per_question(rankings: Sequence[Ranking]) -> dict[str, Values]:
    """The value of every metric for every question, 0 to 1.

    A question whose index holds nothing relevant counts as 0 in every metric: the system has lost the answer.

    Args:
        rankings: One for each question.

    Returns:
        By metric name, an array of shape (questions,) in the order of `rankings`.

    Raises:
        ValueError: An item is ranked twice.

    Example:
        >>> second = Ranking(ranked=("x", "y"), relevant=frozenset({"y"}))
        >>> {name: round(float(values[0]), 3) for name, values in values_per_question([second]).items()}
        {'R@1': 0.0, 'R@5': 1.0, 'R@10': 1.0, 'MRR@10': 0.5, 'nDCG@10': 0.631}
    """
    judgements, runs = {}, {}
    for number, ranking in enumerate(rankings):
        if len(set(ranking.ranked)) != len(ranking.ranked):
            message = f"question {number}: an item is ranked twice: {ranking.ranked}"
            raise ValueError(message)
        if ranking.relevant:
            judgements[str(number)] = dict.fromkeys(ranking.relevant, 1)
        # trec_eval orders by score, so the scores only say the rank.
        runs[str(number)] = {item: -float(rank) for rank, item in enumerate(ranking.ranked)}
    values = {name: np.zeros(len(rankings)) for name in METRICS}
    names = {measure: name for name, measure in _MEASURES.items()}
    for metric in ir_measures.iter_calc(list(names), judgements, runs):
        values[names[metric.measure]][int(metric.query_id)] = metric.value
    return values


def estimate(values: Values, seed: int = 0) -> Estimate:
    """The mean with its 95 % interval: bootstrap over questions, percentile method.

    Args:
        values: One value for each question. Shape (questions,), at least one.
        seed: Fixes the resamples, so that the same values give the same interval.

    Raises:
        ValueError: There are no values.

    Example:
        >>> estimate(np.array([1.0, 1.0, 1.0]))
        Estimate(mean=1.0, low=1.0, high=1.0)
    """
    if values.size == 0:
        raise ValueError("no values to estimate a mean of")
    mean = float(values.mean())
    if np.ptp(values) == 0:  # every resample is the same sample
        return Estimate(mean, mean, mean)
    interval = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Estimate(mean, float(interval.low), float(interval.high))


def estimate_statistic(samples: tuple[Values, ...], statistic: Callable[..., float], seed: int = 0) -> Estimate:
    """Any statistic of one or more values a question, with its 95 % interval, as `estimate` does for the mean.

    Args:
        samples: Arrays of one value for each question, same order. Each of shape (questions,), at least one question.
        statistic: Of the arrays, e.g. the area under a curve.
        seed: As for `estimate`.

    Returns:
        `mean` is the statistic of all questions.

    Raises:
        ValueError: There are no values.
    """
    if samples[0].size == 0:
        raise ValueError("no values to estimate a statistic of")
    found = statistic(*samples)
    if samples[0].size == 1:
        return Estimate(found, found, found)
    random = np.random.default_rng(seed)
    drawn = (random.integers(samples[0].size, size=samples[0].size) for _ in range(_STATISTIC_RESAMPLES))
    resampled = np.array([statistic(*(values[places] for values in samples)) for places in drawn])
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return Estimate(found, float(low), float(high))


def paired_difference(first: Values, second: Values, seed: int = 0) -> Estimate:
    """How much higher `first` is than `second` on the same questions, with its 95 % interval.

    Questions are resampled, each with both of its values (a paired bootstrap), so what makes a question hard for
    both does not widen the interval. An interval without 0 means that the difference is no accident of the questions.

    Args:
        first: Values of one system. Shape (questions,).
        second: Values of another, same questions, same order. Shape (questions,).
        seed: As for `estimate`.

    Raises:
        ValueError: The shapes differ or there are no values.
    """
    if first.shape != second.shape:
        message = f"not the same questions: shapes {first.shape} and {second.shape}"
        raise ValueError(message)
    return estimate(first - second, seed)


def estimates(values: Mapping[str, Values], seed: int = 0) -> dict[str, Estimate]:
    """`estimate` of every metric, by its name."""
    return {name: estimate(values[name], seed) for name in METRICS}
