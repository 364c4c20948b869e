"""Fit what tells talk, and questions about the library itself, from questions to the articles.

    python -m evals.fit_acts --data ../shared/data

Learns from `evals/datasets/acts.jsonl` (turns of our own) and from questions: of our fitting sets, on real passages and
by people, without the held-back parts. Writes rag/conversation/data/acts.npz, and prints how it does on turns left out
(five folds), and how many of the questions that it has not learned from it would not take for one.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import click
import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from evals.environment import output_console
from evals.fitting import FITTING_SETS
from evals.people.sets import PEOPLE_SETS
from evals.reader_training.real_questions import real_question_texts
from evals.workspace import DEV_SET, REPOSITORY
from rag.conversation.acts import Act, ActModel, features
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables

TURNS = DEV_SET.with_name("acts.jsonl")
_MODEL = REPOSITORY / "rag" / "conversation" / "data" / "acts.npz"
_MEASURED = ("test", "elsewhere", "unseen", "unseen_b", "followups", "followups_new")
_OF_EACH = 2000  # questions of each source, drawn with a fixed seed
_FOLDS = 5
_LONGEST_SUBJECT = 4  # syllables
_STRENGTH = 10.0  # inverse penalty; chosen on the folds among 1, 10 and 100

log = logging.getLogger("fit_acts")


@click.command()
@click.option("--data", type=Path, help="Folder with people/; left out, people's questions are not learned from.")
def main(data: Path | None) -> None:
    """Fit, measure and write the model."""
    silence_telemetry()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    rows = [json.loads(line) for line in TURNS.read_text(encoding="utf-8").splitlines()]
    learned = {
        "our fitting sets": _cases(FITTING_SETS),
        "words and names typed alone": _subjects(FITTING_SETS),
        "on real passages": real_question_texts(held_back=False),
    }
    measured = {
        "our other sets": _cases(DEV_SET.with_name(f"{name}.jsonl") for name in _MEASURED),
        "on real passages, held back": real_question_texts(held_back=True),
    }
    if data is not None:
        sets = [read(data) for read in PEOPLE_SETS.values()]
        learned["by people"] = [one.text for part in sets for one in part.part(held_back=False).questions]
        measured["by people, held back"] = [one.text for part in sets for one in part.part(held_back=True).questions]
    questions = [text for texts in learned.values() for text in _drawn(texts)]
    texts = [*(row["text"] for row in rows), *questions]
    acts = np.array([*(row["act"] for row in rows), *([Act.QUESTION.value] * len(questions))])
    values = _matrix(texts, embeddings)
    log.info("%d turns and %d questions", len(rows), len(questions))

    said = np.empty(len(rows), dtype=acts.dtype)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(values[: len(rows)], acts[: len(rows)])
    for training, testing in folds:
        kept = [*training, *range(len(rows), len(texts))]
        said[testing] = _said(_fitted(values[kept], acts[kept]), [texts[one] for one in testing], embeddings)
    model = _fitted(values, acts)
    _report(acts[: len(rows)], said, {name: _said(model, _drawn(one), embeddings) for name, one in measured.items()})
    _MODEL.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        _MODEL,
        acts=np.array([act.value for act in model.acts]),
        weights=model.weights.astype(np.float16),
        intercepts=model.intercepts.astype(np.float16),
    )


def _cases(paths: Iterable[Path]) -> list[str]:
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["question"] for line in lines]


def _subjects(paths: Iterable[Path]) -> list[str]:
    """Short answers of our sets, with and without accents: people type such words and names alone, too."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    answers = [answer for line in lines for answer in json.loads(line).get("answers", ())]
    short = [answer for answer in answers if len(folded_syllables(answer)) <= _LONGEST_SUBJECT]
    return [one for answer in short for one in (answer, fold(answer))]


def _drawn(texts: Sequence[str]) -> list[str]:
    unique = list(dict.fromkeys(texts))
    return unique if len(unique) <= _OF_EACH else Random(0).sample(unique, _OF_EACH)  # noqa: S311 - a fixed draw


def _matrix(texts: Sequence[str], embeddings: PassageEmbeddings) -> NDArray[np.float32]:
    return np.array([features(text, embeddings.embed_query(text)) for text in texts])


def _fitted(values: NDArray[np.float32], acts: NDArray[np.str_]) -> ActModel:
    regression = LogisticRegression(C=_STRENGTH, max_iter=400).fit(values, acts)
    names = tuple(Act(name) for name in regression.classes_.tolist())
    return ActModel(names, regression.coef_.astype(np.float32), regression.intercept_.astype(np.float32))


def _said(model: ActModel, texts: Sequence[str], embeddings: PassageEmbeddings) -> list[str]:
    return [model.act(text, embeddings.embed_query).value for text in texts]


def _report(acts: NDArray[np.str_], said: NDArray[np.str_], questions: dict[str, list[str]]) -> None:
    console = output_console()
    table = Table(title=f"Turns of our own, left out ({_FOLDS} folds)")
    for column in ("act", "n", "told as this", "taken for a question"):
        table.add_column(column, justify="left" if column == "act" else "right")
    for act in sorted(set(acts.tolist())):
        of_act = said[acts == act]
        taken = np.mean(of_act == Act.QUESTION.value)
        table.add_row(act, str(len(of_act)), f"{np.mean(of_act == act):.3f}", f"{taken:.3f}")
    console.print(table)
    for name, told in questions.items():
        wrong = [one for one in told if one != Act.QUESTION.value]
        console.print(f"{name}: {len(wrong)} of {len(told)} questions taken for something else")


if __name__ == "__main__":
    main()
