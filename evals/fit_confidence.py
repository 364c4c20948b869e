"""Fit the confidence model and its threshold on the dev set, and write them as the data file that ships.

    python -m evals.fit_confidence --off-topic ../shared/data/squad/xquad.vi.dev.json

The questions of the dev set that the articles do not answer are near misses; the off-topic questions, taken from
another collection, teach the model what a question about something else looks like.
"""

import datetime
import json
import random
import tempfile
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

from evals.cases import Case, load_cases, load_squad
from rag.answering.confidence import Signals
from rag.answering.reader import Candidate, read
from rag.embedding import PassageEmbeddings
from rag.retrieval.retriever import HybridRetriever
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

_REPOSITORY = Path(__file__).parents[1]
_OUTPUT = _REPOSITORY / "rag" / "answering" / "data" / "confidence.json"
_REFUSED_AT_MOST = 0.05  # of the answerable questions
_OFF_TOPIC = 100
_FOLDS = 10


@dataclass(frozen=True)
class _Observation:
    signals: Signals
    right: bool
    answerable: bool
    near_miss: bool


@click.command()
@click.option("--dataset", type=Path, default=_REPOSITORY / "evals" / "datasets" / "dev.jsonl")
@click.option("--off-topic", type=Path, required=True, help="SQuAD-format questions about something else.")
def main(dataset: Path, off_topic: Path) -> None:
    """Fit the confidence model on DATASET and on off-topic questions."""
    silence_telemetry()
    observations = _observe(dataset, off_topic)
    model = _fit(observations)
    _OUTPUT.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(model, ensure_ascii=False, indent=1))


def _observe(dataset: Path, off_topic: Path) -> list[_Observation]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(data_dir=folder)
        with Library.opened(settings, PassageEmbeddings.from_settings(settings), "fit_confidence") as library:
            library.sync([_REPOSITORY / "corpus"])
            bodies = {
                record.id: article.body for record in library.articles() if (article := library.article(record.id))
            }
            cases = [case for case in load_cases(dataset, bodies.get) if case.single or not case.answerable]
            foreign = [Case(case.id, case.question, (), ()) for case in load_squad(off_topic)[1]]
            foreign = random.Random(0).sample(foreign, _OFF_TOPIC)  # noqa: S311 - a fixed sample, not a secret
            near = [_observation(library, case, near_miss=not case.answerable) for case in cases]
            return near + [_observation(library, case, near_miss=False) for case in foreign]


def _observation(library: Library, case: Case, *, near_miss: bool) -> _Observation:
    retriever = HybridRetriever(library=library)
    query = retriever.understand(case.question)
    hits = retriever.search(query, 10)
    best = read(query, hits, retriever.rarity)[0]
    return _Observation(Signals.of(query, hits, best), _right(case, best), case.answerable, near_miss)


def _right(case: Case, best: Candidate) -> bool:
    return any(one.overlaps(best.stored.passage.article_id, best.start, best.end) for one in case.evidence)


def _fit(observations: Sequence[_Observation]) -> dict[str, object]:
    values = np.array([list(one.signals.as_dict().values()) for one in observations])
    right = np.array([one.right for one in observations])
    answerable = np.array([one.answerable for one in observations])
    near_miss = np.array([one.near_miss for one in observations])
    off_topic = ~answerable & ~near_miss
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    held_out: NDArray[np.float64] = cross_val_predict(pipeline, values, right, cv=_FOLDS, method="predict_proba")[:, 1]
    threshold = float(np.quantile(held_out[answerable], _REFUSED_AT_MOST))
    scaler, regression = pipeline.fit(values, right)
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - coefficients @ scaler.mean_)
    names = list(observations[0].signals.as_dict())
    return {
        "intercept": round(intercept, 4),
        "coefficients": {name: round(float(weight), 4) for name, weight in zip(names, coefficients, strict=True)},
        "threshold": round(threshold, 4),
        "fit": {
            "command": "python -m evals.fit_confidence --off-topic xquad.vi.dev.json",
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "n": {
                "answerable": int(answerable.sum()),
                "near_miss": int(near_miss.sum()),
                "off_topic": int(off_topic.sum()),
            },
            "held_out": f"{_FOLDS}-fold cross-validation",
            "auroc_right": round(float(roc_auc_score(right, held_out)), 3),
            "refused_answerable": round(float(np.mean(held_out[answerable] < threshold)), 3),
            "refused_near_miss": round(float(np.mean(held_out[near_miss] < threshold)), 3),
            "refused_off_topic": round(float(np.mean(held_out[off_topic] < threshold)), 3),
        },
    }


if __name__ == "__main__":
    main()
