"""The fit of the ranking finds what tells right candidates from wrong ones, and measures on sets it did not see."""

import numpy as np
import pytest

from evals.fit_ranking import Choice, fit, weights_of


def _choices(dataset: str, seed: int) -> list[Choice]:
    """Questions whose right candidate has the largest first feature; the second one says nothing."""
    random = np.random.default_rng(seed)
    drawn = [random.normal(size=(8, 2)) * [1.0, 10.0] for _ in range(60)]
    return [Choice(dataset, features, features[:, 0] == features[:, 0].max()) for features in drawn]


def test_the_feature_that_tells_weighs_and_the_one_that_does_not_hardly_does() -> None:
    weights = weights_of(["tells", "noise"], _choices("a", 0))
    assert weights[0] > 1.0
    assert abs(weights[1]) * 10 < weights[0] / 5


def test_a_feature_that_never_varies_and_questions_without_a_right_candidate_do_no_harm() -> None:
    constant = [
        Choice("a", np.column_stack([one.features, np.ones(len(one.features))]), one.right) for one in _choices("a", 0)
    ]
    hopeless = Choice("a", np.zeros((3, 3)), np.zeros(3, dtype=bool))
    assert weights_of(["tells", "noise", "constant"], [*constant, hopeless])[2] == pytest.approx(0.0, abs=1e-6)


def test_what_speaks_against_a_candidate_never_weighs_for_it() -> None:
    assert weights_of(["difference", "noise"], _choices("a", 0))[0] == 0.0


def test_a_fit_tells_how_it_does_on_each_set_without_having_seen_it() -> None:
    model = fit(["tells", "noise"], [*_choices("a", 0), *_choices("b", 1)])
    assert set(model["weights"]) == {"tells", "noise"}
    assert model["fit"]["n"] == {"a": 60, "b": 60}
    assert min(model["fit"]["right_first_held_out"].values()) > 0.9
    assert model["fit"]["right_among_candidates"] == 1.0
