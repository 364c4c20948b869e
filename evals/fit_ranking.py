"""Fit the ranking of candidates on questions of our own, and write it as the data file that ships.

    python -m evals.fit_ranking

A conditional logit: of a question's candidates the right ones should take the probability. What speaks against a
candidate never weighs for it, nor the other way round. It is fitted on whole sets and measured on the set left out.
"""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evals.fitting import AskedSet, is_right, opened_sets
from evals.workspace import REPOSITORY
from rag.answering.finding import Finding
from rag.settings import silence_telemetry

_OUTPUT = REPOSITORY / "rag" / "answering" / "data" / "ranking.json"
_AGAINST = frozenset({"other_kind", "difference", "planned"})  # features that speak against a candidate
_PENALTY = 1.0  # on the square of a weight, the features scaled to a variance of one


@dataclass(frozen=True)
class Choice:
    """One question: the features of its candidates (candidates, features), and which of them answer it rightly."""

    dataset: str
    features: NDArray[np.float64]
    right: NDArray[np.bool_]


@click.command()
def main() -> None:
    """Fit the ranking on the question sets that models may learn from."""
    silence_telemetry()
    names, choices = observe()
    model = fit(names, choices)
    _OUTPUT.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(model, ensure_ascii=False, indent=1))


def observe() -> tuple[list[str], list[Choice]]:
    """The names of the features, and the candidates of every question that the articles answer."""
    choices, names = [], []
    for asked in opened_sets():
        for case in asked.cases:
            findings = asked.findings(case) if case.answerable else []
            if findings:
                names = list(_features(findings[0]))
                choices.append(_choice(asked, findings, [is_right(case, finding) for finding in findings]))
    return names, choices


def _features(finding: Finding) -> dict[str, float]:
    return finding.ranked[0].features.as_dict()


def _choice(asked: AskedSet, findings: Sequence[Finding], right: Sequence[bool]) -> Choice:
    features = np.array([list(_features(finding).values()) for finding in findings])
    return Choice(asked.name, features, np.array(right))


def fit(names: Sequence[str], choices: Sequence[Choice]) -> dict[str, object]:
    """The weights and the figures of the fit, as the data file holds them.

    Args:
        names: What the columns of the features are called.
        choices: At least two data sets' questions.
    """
    weights = weights_of(names, choices)
    sets = list(dict.fromkeys(choice.dataset for choice in choices))
    held_out = {}
    for name in sets:
        others = weights_of(names, [choice for choice in choices if choice.dataset != name])
        held_out[name] = _share_right([choice for choice in choices if choice.dataset == name], others)
    return {
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
        "fit": {
            "command": "python -m evals.fit_ranking",
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "n": {name: sum(choice.dataset == name for choice in choices) for name in sets},
            "right_first": _share_right(choices, weights),
            "right_first_held_out": held_out,
            "right_among_candidates": round(float(np.mean([choice.right.any() for choice in choices])), 3),
        },
    }


def weights_of(names: Sequence[str], choices: Sequence[Choice]) -> NDArray[np.float64]:
    """The weights (features,) under which the right candidates are likeliest; questions without one teach nothing."""
    bounds = [(None, 0.0) if name in _AGAINST else (0.0, None) for name in names]
    usable = [choice for choice in choices if choice.right.any()]
    scale = np.concatenate([choice.features - choice.features.mean(axis=0) for choice in usable]).std(axis=0)
    scale[scale == 0] = 1.0

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = _PENALTY * float(weights @ weights), 2 * _PENALTY * weights
        for choice in usable:
            scaled = choice.features / scale
            scores = scaled @ weights
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            of_right = likely * choice.right
            total -= float(np.log(of_right.sum() + 1e-12))
            slope -= (of_right / (of_right.sum() + 1e-12) - likely) @ scaled
        return total, slope

    found = minimize(loss, np.zeros(usable[0].features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x / scale, np.float64)


def _share_right(choices: Sequence[Choice], weights: NDArray[np.float64]) -> float:
    return round(float(np.mean([choice.right[np.argmax(choice.features @ weights)] for choice in choices])), 3)


if __name__ == "__main__":
    main()
