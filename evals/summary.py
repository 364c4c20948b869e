"""The figures of a run, computed from its questions: means with intervals, by type and style, abstention, latency."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from scipy import stats

from evals.definitions import METRICS, Metric
from evals.metrics import Estimate, Values, estimate, estimate_statistic
from evals.outcomes import Outcome

_DIGITS = 5


def summarise(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, Any]:
    """Everything that metrics.json holds.

    Args:
        outcomes: At least one.
        seed: Of the bootstrap.

    Returns:
        `n`, `overall` (figures by metric), `by_type` and `by_style` (the same for each), `abstention`, `latency`,
        `judged`. A figure is `{"mean", "low", "high", "n"}`, the interval 95 %; one that no question counts for is
        left out.
    """
    return {
        "n": {
            "questions": len(outcomes),
            "answerable": sum(outcome.answerable for outcome in outcomes),
            "unanswerable": sum(not outcome.answerable for outcome in outcomes),
            "errors": sum(outcome.error is not None for outcome in outcomes),
        },
        "overall": figures(outcomes, seed),
        "by_type": _grouped(outcomes, lambda outcome: outcome.kind, seed),
        "by_style": _grouped(outcomes, lambda outcome: outcome.style, seed),
        "abstention": summarise_confidence(outcomes, seed),
        "latency": _latency(outcomes, seed),
        "judged": _judged(outcomes, seed),
    }


def figures(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, dict[str, float]]:
    """Every metric that any of the questions counts for, by its name."""
    found = {}
    for metric in METRICS:
        values = values_of(metric, outcomes)
        if values.size:
            found[metric.name] = _figure(estimate(values, seed), values.size)
    return found


def values_of(metric: Metric, outcomes: Iterable[Outcome]) -> Values:
    """The metric's values of the questions that count. Shape (questions that count,)."""
    values = (metric.value(outcome) for outcome in outcomes)
    return np.array([value for value in values if value is not None], dtype=np.float64)


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Share of all questions answered and share of wrong answers among them, most confident first.

    The curve of El-Yaniv and Wiener (2010). It ends where the system refuses the rest. Questions of equal confidence
    are answered together.
    """
    answered = sorted((one for one in outcomes if one.answered), key=lambda one: -(one.confidence or 0.0))
    points, wrong = [], 0
    for place, outcome in enumerate(answered, start=1):
        wrong += not outcome.right
        following = answered[place] if place < len(answered) else None
        if following is None or following.confidence != outcome.confidence:
            points.append((place / len(outcomes), wrong / place))
    return points


def _grouped(outcomes: Sequence[Outcome], key: Callable[[Outcome], str], seed: int) -> dict[str, Any]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    by_size = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: {"n": len(members), "figures": figures(members, seed)} for name, members in by_size}


def summarise_confidence(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, Any]:
    """How well the confidence orders the questions, where it can be told.

    Args:
        outcomes: Of a run; those without a confidence are left out.
        seed: Of the bootstrap.

    Returns:
        `refused` (how many), `auroc_answerable` (of the confidence, for having an answer in the articles),
        `auroc_right` (for being right, of the answers given), `aurc` (area under the risk-coverage curve) and
        `risk_coverage` (its points). What cannot be told, as all questions are of one kind, is left out.
    """
    asked = [outcome for outcome in outcomes if outcome.confidence is not None]
    if not asked:
        return {}
    found: dict[str, Any] = {
        "refused": sum(bool(outcome.abstained) for outcome in asked),
        "auroc_answerable": _auroc(asked, lambda outcome: outcome.answerable, seed),
        "auroc_right": _auroc([one for one in asked if one.answered], lambda outcome: bool(outcome.right), seed),
        "aurc": _figure(_area_under_risk(asked, seed), len(asked)) if any(one.answered for one in asked) else None,
        "risk_coverage": [[round(number, _DIGITS) for number in point] for point in risk_coverage(asked)],
    }
    return {name: value for name, value in found.items() if value is not None}


def _auroc(outcomes: Sequence[Outcome], positive: Callable[[Outcome], bool], seed: int) -> dict[str, float] | None:
    """Area under the ROC curve of the confidence; None where all questions are of one kind."""
    labels = np.array([positive(outcome) for outcome in outcomes], dtype=np.float64)
    confidences = np.array([outcome.confidence for outcome in outcomes], dtype=np.float64)
    if labels.size == 0 or np.ptp(labels) == 0:
        return None
    found = estimate_statistic((labels, confidences), _area, seed)
    return _figure(found, labels.size)


def _area_under_risk(outcomes: Sequence[Outcome], seed: int) -> Estimate:
    """Mean risk over the coverages that the system reaches: 0 when wrong answers come last or never."""
    answered = np.array([one.answered for one in outcomes], dtype=np.float64)
    confidences = np.array([one.confidence for one in outcomes], dtype=np.float64)
    wrong = np.array([not one.right for one in outcomes], dtype=np.float64)

    def mean_risk(answered: Values, confidences: Values, wrong: Values) -> float:
        chosen = answered > 0
        if not chosen.any():
            return 0.0
        ordered = wrong[chosen][np.argsort(-confidences[chosen], kind="stable")]
        return float(np.mean(np.cumsum(ordered) / np.arange(1, ordered.size + 1)))

    return estimate_statistic((answered, confidences, wrong), mean_risk, seed)


def _area(labels: Values, confidences: Values) -> float:
    """By ranks (Mann-Whitney), which is the same area and quick enough to be resampled."""
    positive = labels > 0
    pairs = int(positive.sum()) * int((~positive).sum())
    if pairs == 0:  # a resample of one kind only orders nothing: neither well nor badly
        return 0.5
    ranks = stats.rankdata(confidences)
    lowest = positive.sum() * (positive.sum() + 1) / 2
    return float((ranks[positive].sum() - lowest) / pairs)


def _latency(outcomes: Sequence[Outcome], seed: int) -> dict[str, Any]:
    seconds = np.array([outcome.seconds for outcome in outcomes if outcome.seconds is not None], dtype=np.float64)
    if not seconds.size:
        return {}
    return {
        f"p{share}_seconds": _figure(
            estimate_statistic((seconds,), lambda values, share=share: float(np.percentile(values, share)), seed),
            seconds.size,
        )
        for share in (50, 95)
    }


def _judged(outcomes: Sequence[Outcome], seed: int) -> dict[str, Any]:
    scores: dict[str, list[float]] = {}
    for outcome in outcomes:
        for name, score in (outcome.judged or {}).items():
            scores.setdefault(name, []).append(score)
    return {name: _figure(estimate(np.array(values), seed), len(values)) for name, values in scores.items()}


def _figure(found: Estimate, n: int) -> dict[str, float]:
    return {**{name: round(number, _DIGITS) for name, number in asdict(found).items()}, "n": n}


def headline(metrics: Mapping[str, Any], name: str) -> dict[str, float] | None:
    """One figure of metrics.json's `overall`, None where no question counts for it."""
    found: dict[str, float] | None = metrics["overall"].get(name)
    return found
