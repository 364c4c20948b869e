import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics import METRICS, Estimate, Ranking, estimate, estimates, paired_difference, values_per_question


def _values(ranked: str, relevant: str) -> dict[str, float]:
    """The metrics of one question, whose items are single letters."""
    values = values_per_question([Ranking(tuple(ranked), frozenset(relevant))])
    return {name: float(values[name][0]) for name in METRICS}


def test_right_item_first_scores_one_everywhere() -> None:
    assert _values("abc", "a") == dict.fromkeys(METRICS, 1.0)


def test_right_item_third() -> None:
    expected = {"R@1": 0.0, "R@5": 1.0, "R@10": 1.0, "MRR@10": 1 / 3, "nDCG@10": 1 / math.log2(4)}
    assert _values("abcd", "c") == pytest.approx(expected)


def test_right_item_seventh_is_within_ten_but_not_five() -> None:
    values = _values("abcdefgh", "g")
    assert (values["R@5"], values["R@10"]) == (0.0, 1.0)
    assert values["MRR@10"] == pytest.approx(1 / 7)


def test_right_item_eleventh_counts_nowhere() -> None:
    assert _values("abcdefghijk", "k") == dict.fromkeys(METRICS, 0.0)


def test_ideal_order_holds_relevant_items_that_were_not_found() -> None:
    # Found: one of two relevant, first. Ideal: both. 1 / (1 + 1/log2(3)) = 0.6131...
    assert _values("axy", "ab")["nDCG@10"] == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_two_relevant_items_at_ranks_two_and_three() -> None:
    gain, ideal = 1 / math.log2(3) + 1 / math.log2(4), 1 + 1 / math.log2(3)
    values = _values("xab", "ab")
    assert values["nDCG@10"] == pytest.approx(gain / ideal)
    assert values["MRR@10"] == 0.5


@pytest.mark.parametrize(("ranked", "relevant"), [("", "a"), ("abc", ""), ("", "")])
def test_nothing_found_or_nothing_to_find_scores_zero(ranked: str, relevant: str) -> None:
    assert _values(ranked, relevant) == dict.fromkeys(METRICS, 0.0)


def test_values_keep_the_order_of_the_questions() -> None:
    rankings = [Ranking(("a",), frozenset("a" if number % 3 == 0 else "b")) for number in range(12)]
    assert values_per_question(rankings)["R@1"].tolist() == [1.0, 0.0, 0.0] * 4


def test_item_ranked_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="ranked twice"):
        values_per_question([Ranking(("a", "a"), frozenset("a"))])


@given(st.permutations("abcdefghijklmno"), st.sets(st.sampled_from("abcdefghijklmnopq"), min_size=1))
def test_metrics_are_shares_and_deeper_cutoffs_find_no_less(ranked: list[str], relevant: set[str]) -> None:
    values = _values("".join(ranked), "".join(relevant))
    assert all(0.0 <= value <= 1.0 for value in values.values())
    assert values["R@1"] <= values["R@5"] <= values["R@10"]
    assert values["R@1"] <= values["MRR@10"] <= values["R@10"]


def test_interval_of_equal_values_is_their_value() -> None:
    assert estimate(np.full(5, 0.5)) == Estimate(0.5, 0.5, 0.5)
    assert estimate(np.array([0.25])) == Estimate(0.25, 0.25, 0.25)


def test_interval_agrees_with_the_binomial() -> None:
    values = np.array([1.0] * 80 + [0.0] * 20)  # standard error 0.04, so about 0.8 +- 0.078
    found = estimate(values)
    assert found.mean == 0.8
    assert found.low == pytest.approx(0.72, abs=0.02)
    assert found.high == pytest.approx(0.88, abs=0.02)


def test_interval_depends_on_nothing_but_values_and_seed() -> None:
    values = np.array([0.0, 1.0, 0.5, 1.0, 0.2, 0.3])
    assert estimate(values, seed=3) == estimate(values, seed=3)
    assert estimate(values, seed=3) != estimate(values, seed=4)


def test_no_values_are_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        estimate(np.array([]))


def test_paired_difference_sees_what_separate_intervals_hide() -> None:
    hard = np.array([0.0, 1.0] * 50)  # as hard for both, so each mean is uncertain
    better = np.clip(hard + np.array([1.0] + [0.0] * 9).repeat(10), 0, 1)
    first, second, difference = estimate(better), estimate(hard), paired_difference(better, hard)
    assert first.low < second.high  # the intervals overlap
    assert difference.mean == pytest.approx(0.05)
    assert difference.low > 0


def test_difference_of_a_system_with_itself_is_nothing() -> None:
    values = np.array([0.0, 1.0, 1.0])
    assert paired_difference(values, values) == Estimate(0.0, 0.0, 0.0)


def test_difference_needs_the_same_questions() -> None:
    with pytest.raises(ValueError, match="not the same questions"):
        paired_difference(np.zeros(3), np.zeros(4))


def test_estimates_are_in_the_order_of_the_metrics() -> None:
    values = values_per_question([Ranking(("a", "b"), frozenset("b"))])
    assert tuple(estimates(values)) == METRICS
