"""Fit the confidence model and its threshold on questions of our own, and write them as the data file that ships.

    python -m evals.fit_confidence --off-topic ../shared/data/squad/xquad.vi.dev.json

Four kinds of questions teach it: those that the articles answer; those of the same sets that they do not (near misses);
the first kind once more with the answering articles hidden, so that only the nearest wrong passages are left; and
questions about something else, taken from another collection.
"""

import datetime
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evals.cases import Case, load_squad
from evals.fitting import FITTING_SETS, AskedSet, is_right, opened_sets
from evals.workspace import REPOSITORY
from rag.answering.confidence import CONTRADICTED, Signals
from rag.settings import silence_telemetry

_OUTPUT = REPOSITORY / "rag" / "answering" / "data" / "confidence.json"
_REFUSED_AT_MOST = 0.05  # of the answerable questions held out
_OFF_TOPIC = 100
_FOLDS = 10
_REGULARISATION = 1.0  # inverse strength


@dataclass(frozen=True)
class Observation:
    """One question and what came of it.

    Attributes:
        signals: What the model sees.
        right: Whether the short answer is right.
        group: answerable, near_miss, hidden or off_topic.
    """

    signals: Signals
    right: bool
    group: str


@click.command()
@click.option("--dataset", "datasets", type=Path, multiple=True, default=FITTING_SETS, show_default=True)
@click.option("--off-topic", type=Path, required=True, help="SQuAD-format questions about something else.")
def main(datasets: tuple[Path, ...], off_topic: Path) -> None:
    """Fit the confidence model on question sets of our own, and on off-topic questions."""
    silence_telemetry()
    model = fit(observe(datasets, off_topic))
    _OUTPUT.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(model, ensure_ascii=False, indent=1))


def observe(datasets: Sequence[Path], off_topic: Path) -> list[Observation]:
    """Ask every question that the model learns from."""
    foreign = [Case(case.id, case.question, (), ()) for case in load_squad(off_topic)[1]]
    foreign = random.Random(0).sample(foreign, _OFF_TOPIC)  # noqa: S311 - a fixed sample, not a secret
    found = []
    for number, asked in enumerate(opened_sets(datasets)):
        answerable = [case for case in asked.cases if case.answerable]
        found += [
            *(_observation(asked, case, "answerable") for case in answerable),
            *(_observation(asked, case, "near_miss") for case in asked.cases if not case.answerable),
            *(_observation(asked, case, "hidden") for case in answerable),
            *(_observation(asked, case, "off_topic") for case in foreign[number :: len(datasets)]),
        ]
    return [one for one in found if one is not None]


def _observation(asked: AskedSet, case: Case, group: str) -> Observation | None:
    """What comes of one question; None where nothing at all is found."""
    finding = asked.find(case, hidden=group == "hidden")
    if finding is None or finding.signals is None:
        return None
    return Observation(finding.signals, group == "answerable" and is_right(case, finding), group)


def fit(observations: Sequence[Observation]) -> dict[str, object]:
    """The logistic regression, its threshold and the figures of the fit, as the data file holds them."""
    values = np.array([list(one.signals.as_dict().values()) for one in observations])
    right = np.array([one.right for one in observations])
    groups = np.array([one.group for one in observations])
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=_REGULARISATION))
    # What an article rules out need not be weighed: the model is fitted on the others.
    contradicted = np.array([one.signals.contradicted for one in observations])
    weighted = {f"{pipeline.steps[-1][0]}__sample_weight": np.where(contradicted, 0.0, 1.0)}

    def capped(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(contradicted, np.minimum(probabilities, CONTRADICTED), probabilities)

    predicted = cross_val_predict(pipeline, values, right, cv=_FOLDS, method="predict_proba", params=weighted)
    held_out = capped(predicted[:, 1])
    threshold = float(np.quantile(held_out[groups == "answerable"], _REFUSED_AT_MOST))
    scaler, regression = pipeline.fit(values, right, **weighted)
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - coefficients @ scaler.mean_)
    names = list(observations[0].signals.as_dict())
    kinds = ("answerable", "near_miss", "hidden", "off_topic")
    return {
        "intercept": round(intercept, 4),
        "coefficients": {name: round(float(weight), 4) for name, weight in zip(names, coefficients, strict=True)},
        "threshold": round(threshold, 4),
        "fit": {
            "command": "python -m evals.fit_confidence --off-topic xquad.vi.dev.json",
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "n": {kind: int(np.sum(groups == kind)) for kind in kinds},
            "held_out": f"{_FOLDS}-fold cross-validation",
            "auroc_right": round(float(roc_auc_score(right, held_out)), 3),
            "refused": {kind: round(float(np.mean(held_out[groups == kind] < threshold)), 3) for kind in kinds},
        },
    }


if __name__ == "__main__":
    main()
