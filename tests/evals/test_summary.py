"""The figures of a run, by hand and against scikit-learn."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outcome_factory import made, unanswerable
from sklearn.metrics import precision_score, recall_score, roc_auc_score

from evals.definitions import BY_NAME, METRICS
from evals.outcomes import Outcome
from evals.summary import risk_coverage, summarise, summarise_confidence


def _run() -> list[Outcome]:
    """Four answerable questions: two right, one wrong, one refused; three others: two refused, one answered."""
    return [
        made("a", right=True, confidence=0.9, seconds=0.1, style="abbrev"),
        made("b", right=True, confidence=0.7, seconds=0.2),
        made("c", right=False, confidence=0.8, seconds=0.3),
        made("d", right=False, abstained=True, confidence=0.3, seconds=0.4),
        unanswerable("e", refused=True, confidence=0.1),
        unanswerable("f", refused=True, confidence=0.35),
        unanswerable("g", refused=False, confidence=0.6),
    ]


@pytest.fixture(scope="module")
def metrics() -> dict[str, Any]:
    return summarise(_run())


def test_figures_by_hand(metrics: dict[str, Any]) -> None:
    overall = metrics["overall"]
    means = {name: (figure["mean"], figure["n"]) for name, figure in overall.items()}
    assert means["right"] == (pytest.approx(4 / 7, abs=1e-5), 7)
    assert means["right_answerable"] == (0.5, 4)
    assert means["right_when_answered"] == (0.5, 4)
    assert means["refusal_recall"] == (pytest.approx(2 / 3, abs=1e-5), 3)
    assert means["refusal_precision"] == (pytest.approx(2 / 3, abs=1e-5), 3)
    assert means["refused_wrongly"] == (0.25, 4)
    assert means["citation_precision"] == (pytest.approx(2 / 3, abs=1e-5), 3)
    assert means["em_squad_all"] == (pytest.approx(4 / 7, abs=1e-5), 7)
    assert means["R@1"] == (1.0, 4)


def test_refusal_is_scored_as_scikit_learn_scores_it(metrics: dict[str, Any]) -> None:
    outcomes = _run()
    truth = [not outcome.answerable for outcome in outcomes]
    refused = [bool(outcome.abstained) for outcome in outcomes]
    overall = metrics["overall"]
    assert overall["refusal_precision"]["mean"] == pytest.approx(precision_score(truth, refused), abs=1e-5)
    assert overall["refusal_recall"]["mean"] == pytest.approx(recall_score(truth, refused), abs=1e-5)


def test_area_under_the_curve_is_scikit_learns_and_orders_the_kinds(metrics: dict[str, Any]) -> None:
    outcomes = _run()
    abstention = metrics["abstention"]
    truth = [outcome.answerable for outcome in outcomes]
    wanted = roc_auc_score(truth, [outcome.confidence for outcome in outcomes])
    assert abstention["auroc_answerable"]["mean"] == pytest.approx(wanted, abs=1e-5)
    assert abstention["auroc_answerable"]["n"] == 7
    assert abstention["auroc_answerable"]["low"] <= wanted <= abstention["auroc_answerable"]["high"]
    assert abstention["auroc_right"]["mean"] == pytest.approx(0.75)  # of right .9 .7 and wrong .8 .6: 3 pairs of 4
    assert abstention["refused"] == 3


def test_no_area_where_all_are_of_one_kind() -> None:
    abstention = summarise([made("a", right=True), made("b", right=True)])["abstention"]
    assert "auroc_answerable" not in abstention
    assert "auroc_right" not in abstention


def test_risk_grows_with_coverage_by_hand(metrics: dict[str, Any]) -> None:
    # Most confident first: right, wrong, right, wrong (it should have been refused). Three of seven are refused.
    coverage, risk = zip(*risk_coverage(_run()), strict=True)
    assert coverage == pytest.approx((1 / 7, 2 / 7, 3 / 7, 4 / 7))
    assert risk == pytest.approx((0.0, 1 / 2, 1 / 3, 1 / 2))
    mean = (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4
    assert metrics["abstention"]["aurc"]["mean"] == pytest.approx(mean, abs=1e-5)


def test_equal_confidences_are_answered_together() -> None:
    outcomes = [made("a", right=True), made("b", right=False)]
    assert risk_coverage(outcomes) == [(1.0, 0.5)]


def test_latency_is_numpys_percentiles(metrics: dict[str, Any]) -> None:
    latency = metrics["latency"]
    seconds = [outcome.seconds for outcome in _run()]
    assert latency["p50_seconds"]["mean"] == pytest.approx(np.percentile(seconds, 50))
    assert latency["p95_seconds"]["mean"] == pytest.approx(np.percentile(seconds, 95))
    assert latency["p95_seconds"]["n"] == 7


def test_groups_are_by_type_and_style_and_largest_first(metrics: dict[str, Any]) -> None:
    assert {name: group["n"] for name, group in metrics["by_type"].items()} == {"what": 4, "unanswerable": 3}
    assert list(metrics["by_style"]) == ["plain", "abbrev"]
    assert metrics["by_style"]["abbrev"]["figures"]["right"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 1}


def test_half_right_citations_are_half_precise() -> None:
    quote = {"n": 1, "article": "a", "start": 0, "end": 1, "quote": "G", "right": True, "verbatim": True}
    other = {**quote, "n": 2, "right": False, "verbatim": False}
    outcome = made("a", right=True, citations=[quote, other])
    assert BY_NAME["citation_precision"].value(outcome) == 0.5
    assert BY_NAME["verbatim"].value(outcome) == 0.5
    assert BY_NAME["citation_precision"].value(made("b", right=True, citations=[])) == 0.0


def test_every_metric_says_what_it_means_and_where_it_comes_from() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert all(metric.label and metric.meaning.endswith(".") and metric.source for metric in METRICS)


def test_judges_scores_are_averaged_where_they_judged() -> None:
    outcomes = [
        made("a", right=True, judged={"faithfulness": 1.0}),
        made("b", right=True, judged={"faithfulness": 0.5, "answer_relevance": 0.8}),
        made("c", right=True),
    ]
    judged = summarise(outcomes)["judged"]
    assert (judged["faithfulness"]["mean"], judged["faithfulness"]["n"]) == (0.75, 2)
    assert (judged["answer_relevance"]["mean"], judged["answer_relevance"]["n"]) == (0.8, 1)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.9])), min_size=2, max_size=30))
def test_area_agrees_with_scikit_learn_with_ties_too(questions: list[tuple[bool, float]]) -> None:
    truth, confidences = zip(*questions, strict=True)
    outcomes = [made(str(place), right=hit, confidence=confidence) for place, (hit, confidence) in enumerate(questions)]
    found = summarise_confidence(outcomes)
    if len(set(truth)) == 1:
        assert "auroc_right" not in found
    else:
        assert found["auroc_right"]["mean"] == pytest.approx(roc_auc_score(truth, confidences), abs=1e-5)
