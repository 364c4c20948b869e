"""The fits find what tells right from wrong, keep the signs that names ask for, and measure on unseen articles."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from evals.fit import fit_confidence, fit_ranking, regression, weights_of
from evals.observing import Choice, Observation
from rag.answering.confidence import Signals

_NAMES = ["reader", "noise"]
_NO_SIGN = Signals(*[0.0] * len(dataclasses.fields(Signals)))


def _choices(dataset: str, seed: int) -> list[Choice]:
    """Questions whose right candidate has the largest first feature; the second one says nothing."""
    random = np.random.default_rng(seed)
    drawn = [random.normal(size=(8, 2)) * [1.0, 10.0] for _ in range(60)]
    return [
        Choice(dataset, f"{dataset}{number}", features, (features[:, 0] == features[:, 0].max()).astype(float))
        for number, features in enumerate(drawn)
    ]


def test_the_feature_that_tells_weighs_and_the_one_that_does_not_hardly_does() -> None:
    weights = weights_of(_NAMES, _choices("a", 0))
    assert weights[0] > 1.0
    assert abs(weights[1]) * 10 < weights[0] / 5


def test_a_feature_that_never_varies_and_questions_without_a_right_candidate_do_no_harm() -> None:
    constant = [
        replace(one, features=np.column_stack([one.features, np.ones(len(one.features))])) for one in _choices("a", 0)
    ]
    hopeless = Choice("a", "x", np.zeros((3, 3)), np.zeros(3))
    assert weights_of([*_NAMES, "constant"], [*constant, hopeless])[2] == pytest.approx(0.0, abs=1e-6)


def test_what_speaks_against_a_candidate_never_weighs_for_it() -> None:
    assert weights_of(["difference", "noise"], _choices("a", 0))[0] == 0.0


def test_the_ranking_tells_how_it_does_on_articles_that_it_has_not_seen() -> None:
    model = fit_ranking(_NAMES, [*_choices("a", 0), *_choices("b", 1)])
    assert set(model["weights"]) == set(_NAMES)
    for name in ("a", "b"):
        figures = model["fit"]["rating_of_first"][name]
        assert figures["n"] == 60
        assert figures["held_out"] > 0.9
        assert figures["best_candidate"] == 1.0


def test_a_regression_finds_the_log_odds_that_the_observations_were_drawn_with() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(4000, 3))
    right = random.random(4000) < 1 / (1 + np.exp(-(0.5 + 2.0 * values[:, 0] - 1.0 * values[:, 1])))
    fitted = regression(["reader", "absent", "cosine"], values, right, 1e3)
    assert fitted.intercept == pytest.approx(0.5, abs=0.15)
    assert fitted.weights == pytest.approx([2.0, -1.0, 0.0], abs=0.15)
    assert regression(["absent", "reader", "cosine"], values, right, 1e3).weights[:2] == pytest.approx([0.0, 0.0])


def test_the_confidence_refuses_what_is_not_answered_and_little_of_what_is() -> None:
    random = np.random.default_rng(0)
    observations = []
    for number in range(400):
        answered = number % 2 == 0
        signals = replace(_NO_SIGN, support=random.normal(0.6 if answered else -0.6, 0.2), cosine=random.random())
        group = "answerable" if answered else "impossible"
        observations.append(Observation(str(number), "a", str(number // 4), group, 0, signals, float(answered)))
    model = fit_confidence(observations)
    assert model["fit"]["sets"]["a answerable"]["refused"] == pytest.approx(0.09, abs=0.02)
    assert model["fit"]["sets"]["a impossible"]["refused"] > 0.95
    assert model["coefficients"]["support"] > 0
