"""Fit the ranking of candidates and the confidence of answers, and write them as the data files that ship.

    python -m evals.fit --data ../shared/data

The ranking is a conditional logit: of a question's candidates the right ones should take the probability, the more the
more right they are. The confidence is a logistic regression over the signals of the candidates that are judged. Both
are measured on folds that share no article with what they were fitted on; the strength of regularisation is chosen
inside each fold. All questions of all sets teach them: where a document answers (rated by F1 or by our judge), where it
does not, and where the answering article is hidden.
"""

import datetime
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold

from evals.fitting import libraries
from evals.observing import Asker, Choice, Observation
from evals.people.inquiries import AskedLibrary, Shelves
from evals.workspace import REPOSITORY
from rag.answering.confidence import Signals
from rag.answering.polarity import Polarity, polarity_model
from rag.answering.ranking import ranking_model
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry

_DATA_FILES = REPOSITORY / "rag" / "answering" / "data"
# What may only speak against an answer, and what may do either; everything else may only speak for it.
_AGAINST = frozenset(
    {
        "absent",
        "silent",
        "missing_number",
        "missing_name",
        "miscount",
        "excess",
        "difference",
        "planned",
        *(f"other_{what}" for what in ("code", "measure", "unit", "kind", "charge", "end", "years", "rank", "ordinal")),
    }
)
_EITHER = frozenset({"yes_no", "chosen"})
_PENALTY = 1.0  # on the square of a weight, the features scaled to a variance of one
_FOLDS = 10
_INNER_FOLDS = 4
_STRENGTHS = (0.003, 0.03, 0.3, 3.0)  # inverse penalty
_RIGHT = 0.5  # rating from which a candidate counts as right
_REFUSED_AT_MOST = 0.10  # of the answerable questions of all sets, held out

_CHOICES_FILE = "choices.json"
_OBSERVATIONS_FILE = "observations.json"

log = logging.getLogger("fit")


@click.command()
@click.option("--data", type=Path, required=True, help="Folder with people/ and real/.")
@click.option("--limit", default=200, show_default=True, help="Questions of each set and kind.")
@click.option("--keep", "kept", type=Path, help="Folder that keeps libraries and observations for later runs.")
@click.option("--only", type=click.Choice(["ranking", "polarity", "confidence"]), help="Fit one of them alone.")
def main(data: Path, limit: int, kept: Path | None, only: str | None) -> None:
    """Fit what chooses an answer, what tells yes from no, and what says how sure the answer is, in this order."""
    silence_telemetry()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    asker, shelves = Asker(embeddings), Shelves(embeddings, kept)
    if only in (None, "ranking"):
        names, choices = _choices(asker, libraries(data, shelves, limit))
        _keep(kept, _CHOICES_FILE, {"names": names, "choices": [one.as_row() for one in choices]})
        _write("ranking.json", fit_ranking(names, choices), asker)
        ranking_model.cache_clear()
    if only in (None, "polarity"):
        polar = [row for one in libraries(data, shelves, limit, polar_only=True) for row in asker.polarities(one)]
        _write("polarity.json", fit_polarity(polar), asker)
        polarity_model.cache_clear()
    if only in (None, "confidence"):
        observations = _observations(asker, libraries(data, shelves, limit))
        _keep(kept, _OBSERVATIONS_FILE, [asdict(one) for one in observations])
        _write("confidence.json", fit_confidence(observations), asker)


def _choices(asker: Asker, asked: Iterable[AskedLibrary]) -> tuple[list[str], list[Choice]]:
    names: list[str] = []
    choices: list[Choice] = []
    for one in asked:
        for names, choice in asker.choices(one):  # noqa: B007 - the same names every time
            choices.append(choice)
        log.info("%s: %d questions so far", one.name, len(choices))
    return names, choices


def _observations(asker: Asker, asked: Iterable[AskedLibrary]) -> list[Observation]:
    observations: list[Observation] = []
    for one in asked:
        observations.extend(asker.observations(one))
        log.info("%s: %d candidates so far", one.name, len(observations))
    return observations


def _keep(folder: Path | None, name: str, content: object) -> None:
    if folder is not None:
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def kept_choices(folder: Path) -> tuple[list[str], list[Choice]]:
    """Names of the features, and the questions of the last fit of the ranking with `--keep`.

    Raises:
        OSError: There was none.
    """
    content = json.loads((folder / _CHOICES_FILE).read_text(encoding="utf-8"))
    return content["names"], [
        Choice(row["dataset"], row["article"], np.array(row["features"]), np.array(row["ratings"]))
        for row in content["choices"]
    ]


def kept_observations(folder: Path) -> list[Observation]:
    """What the last fit of the confidence with `--keep` has observed.

    Raises:
        OSError: There was none.
    """
    rows = json.loads((folder / _OBSERVATIONS_FILE).read_text(encoding="utf-8"))
    return [Observation(**{**row, "signals": Signals(**row["signals"])}) for row in rows]


def _write(name: str, model: dict[str, Any], asker: Asker) -> None:
    model["fit"] = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), **model["fit"]}
    model["fingerprint"] = asker.fingerprint
    text = json.dumps(model, ensure_ascii=False, indent=1)
    (_DATA_FILES / name).write_text(text + "\n", encoding="utf-8")
    click.echo(text)


def fit_ranking(names: Sequence[str], choices: Sequence[Choice]) -> dict[str, Any]:
    """The weights and the figures of the fit, as the data file holds them.

    Args:
        names: What the columns of the features are called.
        choices: Questions of at least `_FOLDS` articles.
    """
    chosen = held_out_choices(names, choices)
    weights = weights_of(names, choices)
    sets = np.array([choice.dataset for choice in choices])
    best = np.array([choice.ratings.max() for choice in choices])
    reader = np.array([choice.ratings[np.argmax(choice.features[:, names.index("reader")])] for choice in choices])
    return {
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True) if weight},
        "fit": {
            "n": len(choices),
            "held_out": f"{_FOLDS} folds by article",
            "rating_of_first": {
                name: {
                    "n": int(np.sum(sets == name)),
                    "held_out": round(float(chosen[sets == name].mean()), 3),
                    "reader_alone": round(float(reader[sets == name].mean()), 3),
                    "best_candidate": round(float(best[sets == name].mean()), 3),
                }
                for name in dict.fromkeys(sets.tolist())
            },
        },
    }


def held_out_choices(names: Sequence[str], choices: Sequence[Choice]) -> NDArray[np.float64]:
    """How right the first candidate of each question is, by weights that have not seen its article (questions,)."""
    chosen = np.zeros(len(choices))
    for training, testing in GroupKFold(_FOLDS).split(choices, groups=[choice.article for choice in choices]):
        weights = weights_of(names, [choices[index] for index in training])
        chosen[testing] = [choices[index].ratings[np.argmax(choices[index].features @ weights)] for index in testing]
    return chosen


def weights_of(names: Sequence[str], choices: Sequence[Choice]) -> NDArray[np.float64]:
    """The weights (features,) under which the right candidates are likeliest; questions without one teach nothing."""
    bounds = [(None, 0.0) if name in _AGAINST else (0.0, None) for name in names]
    usable = [choice for choice in choices if choice.ratings.max() > 0]
    scale = np.concatenate([choice.features - choice.features.mean(axis=0) for choice in usable]).std(axis=0)
    scale[scale == 0] = 1.0
    scaled = np.concatenate([choice.features / scale for choice in usable])
    ratings = np.concatenate([choice.ratings for choice in usable])
    starts = np.cumsum([0, *(len(choice.ratings) for choice in usable[:-1])])
    question = np.repeat(np.arange(len(usable)), [len(choice.ratings) for choice in usable])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = scaled @ weights
        likely = np.exp(scores - np.maximum.reduceat(scores, starts)[question])
        likely /= np.add.reduceat(likely, starts)[question]
        of_right = likely * ratings
        totals = np.add.reduceat(of_right, starts) + 1e-12
        slope = (of_right / totals[question] - likely) @ scaled
        return _PENALTY * float(weights @ weights) - float(np.log(totals).sum()), 2 * _PENALTY * weights - slope

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x / scale, np.float64)


def fit_polarity(rows: Sequence[tuple[str, Polarity, bool]]) -> dict[str, Any]:
    """The logistic regression of yes against no, and its figures, as the data file holds them.

    Args:
        rows: Article, signs and whether yes is right, of each question.
    """
    names = list(rows[0][1].as_dict())
    values = np.array([list(signs.as_dict().values()) for _, signs, _ in rows])
    yes = np.array([right for *_, right in rows])
    articles = np.array([article for article, *_ in rows])
    said = _held_out(names, values, yes, articles) > _RIGHT
    fitted = _regression(names, values, yes, articles)
    return {
        "intercept": round(fitted.intercept, 4),
        "coefficients": {
            name: round(float(weight), 4) for name, weight in zip(names, fitted.weights, strict=True) if weight
        },
        "fit": {
            "n": len(rows),
            "held_out": f"{_FOLDS} folds by article",
            "right": round(float(np.mean(said == yes)), 3),
            "yes_to_false": round(float(np.mean(said[~yes])), 3),
            "network_alone": round(float(np.mean((values[:, names.index("network")] > 0) == yes)), 3),
        },
    }


def fit_confidence(observations: Sequence[Observation]) -> dict[str, Any]:
    """The logistic regression, its threshold and the figures of the fit, as the data file holds them."""
    names = list(observations[0].signals.as_dict())
    values, right, articles = _matrices(observations, names)
    held_out = _held_out(names, values, right, articles)
    figures, threshold = _figures(observations, held_out)
    fitted = _regression(names, values, right, articles)
    return {
        "intercept": round(fitted.intercept, 4),
        "coefficients": {
            name: round(float(weight), 4) for name, weight in zip(names, fitted.weights, strict=True) if weight
        },
        "threshold": round(threshold, 4),
        "fit": {
            "n": len({one.inquiry for one in observations}),
            "held_out": f"{_FOLDS} folds by article, strength of regularisation chosen in {_INNER_FOLDS} folds of each",
            "auroc_right": round(float(roc_auc_score(right, held_out)), 3),
            "sets": figures,
        },
    }


def held_out_confidence(
    observations: Sequence[Observation], names: Sequence[str]
) -> tuple[dict[str, dict[str, float]], float]:
    """What a confidence of these signals does on each set and kind, held out by article, and its threshold."""
    return _figures(observations, _held_out(names, *_matrices(observations, names)))


def _matrices(
    observations: Sequence[Observation], names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.str_]]:
    signals = [one.signals.as_dict() for one in observations]
    values = np.array([[one[name] for name in names] for one in signals])
    right = np.array([one.rating >= _RIGHT for one in observations])
    return values, right, np.array([one.article for one in observations])


def _held_out(
    names: Sequence[str], values: NDArray[np.float64], right: NDArray[np.bool_], articles: NDArray[np.str_]
) -> NDArray[np.float64]:
    held_out = np.zeros(len(values))
    for training, testing in GroupKFold(_FOLDS).split(values, right, articles):
        fitted = _regression(names, values[training], right[training], articles[training])
        held_out[testing] = fitted.probabilities(values[testing])
    return held_out


@dataclass(frozen=True)
class Regression:
    """A logistic regression: log odds where every value is 0, and for each unit of a value (values,)."""

    intercept: float
    weights: NDArray[np.float64]

    def probabilities(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of being right, for each row of values."""
        probabilities: NDArray[np.float64] = expit(values @ self.weights + self.intercept)
        return probabilities


def _regression(
    names: Sequence[str], values: NDArray[np.float64], right: NDArray[np.bool_], articles: NDArray[np.str_]
) -> Regression:
    """The regression whose strength of regularisation does best on folds that share no article."""
    losses = []
    for strength in _STRENGTHS:
        loss = 0.0
        for training, testing in GroupKFold(_INNER_FOLDS).split(values, right, articles):
            fitted = regression(names, values[training], right[training], strength)
            loss += log_loss(right[testing], fitted.probabilities(values[testing]), labels=[False, True])
        losses.append(loss)
    return regression(names, values, right, _STRENGTHS[int(np.argmin(losses))])


def regression(
    names: Sequence[str], values: NDArray[np.float64], right: NDArray[np.bool_], strength: float
) -> Regression:
    """A logistic regression whose weights have the sign that their names ask for.

    Args:
        names: What the columns of the values are called.
        values: One row for each observation (observations, values).
        right: Which of them are right (observations,).
        strength: Inverse of the penalty on the square of a weight, the values scaled to a variance of one.
    """
    scale = values.std(axis=0)
    scale[scale == 0] = 1.0
    centre = values.mean(axis=0)
    scaled = np.column_stack([(values - centre) / scale, np.ones(len(values))])
    signs = np.where(right, 1.0, -1.0)
    bounds = [(None, None) if name in _EITHER else (None, 0.0) if name in _AGAINST else (0.0, None) for name in names]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (scaled @ weights)
        penalised = np.append(weights[:-1], 0.0)
        slope = -(signs * expit(-margins)) @ scaled + penalised / strength
        return float(np.logaddexp(0.0, -margins).sum() + penalised @ penalised / (2 * strength)), slope

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    weights = found.x[:-1] / scale
    return Regression(float(found.x[-1] - weights @ centre), np.asarray(weights, np.float64))


def _figures(
    observations: Sequence[Observation], held_out: NDArray[np.float64]
) -> tuple[dict[str, dict[str, float]], float]:
    """What the held-out confidence does on each set and kind, and the threshold."""
    best: dict[str, tuple[float, Observation]] = {}
    for one, probability in zip(observations, held_out, strict=True):
        if one.inquiry not in best or probability > best[one.inquiry][0]:
            best[one.inquiry] = probability, one
    answerable = [probability for probability, one in best.values() if one.group == "answerable"]
    threshold = float(np.quantile(answerable, _REFUSED_AT_MOST))
    figures: dict[str, dict[str, float]] = {}
    for key in dict.fromkeys((one.dataset, one.group) for _, one in best.values()):
        rows = [(probability, one) for probability, one in best.values() if (one.dataset, one.group) == key]
        figures[" ".join(key)] = {
            "n": len(rows),
            "refused": round(float(np.mean([probability < threshold for probability, _ in rows])), 3),
            "rating": round(
                float(np.mean([one.rating if probability >= threshold else 0.0 for probability, one in rows])), 3
            ),
        }
    return figures, threshold


if __name__ == "__main__":
    main()
