"""A hundred files that nobody should have to index: each becomes an article or is refused with a remedy, and safely.

    python -m evals.benchmarks.bad_inputs

Each input is indexed by the product's own `Library.sync`, beside one good article, and then the library is asked.
Reported: what came of it, how long indexing took, and the slowest question. It fails when indexing takes more than 20
seconds or a question more than one, when an error comes out, when the good article is not indexed, or when a file
appears outside the data directory. A tiny random model makes the vectors; the reader of answers is the real one.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from evals.benchmarks.bad_files import BadInput, bad_inputs
from evals.benchmarks.tiny_model import make_tiny_model
from evals.environment import command_line, machine, output_console
from evals.progress import tracked
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

_COMMAND = "evals.benchmarks.bad_inputs"
_MOST_SECONDS = 20.0
_MOST_QUESTION_SECONDS = 1.0
_QUESTIONS = ("Giàn BK-24 khánh thành năm nào?", "Ai là bí thư?", "Giàn BK-24 khánh thành ở đâu?")
_GOOD = "Tin tốt\nGiàn BK-24 khánh thành tại Vũng Tàu.\n"


@dataclass(frozen=True)
class Outcome:
    """What came of one input.

    Attributes:
        what: The input.
        result: "article", or why it was refused.
        seconds: Time of the run.
        question_seconds: Time of the slowest question after it.
        safe: Whether the good article was indexed and nothing was written elsewhere.
    """

    what: str
    result: str
    seconds: float
    question_seconds: float
    safe: bool

    @property
    def held(self) -> bool:
        """Whether it did no harm."""
        return self.safe and self.seconds <= _MOST_SECONDS and self.question_seconds <= _MOST_QUESTION_SECONDS


def run_bad_inputs(inputs: list[BadInput], folder: Path) -> Iterator[Outcome]:
    """Index each input beside a good article, into a library of its own.

    Args:
        inputs: What to index.
        folder: For everything that is written.
    """
    model = make_tiny_model(folder / "model")
    settings = Settings.load(embedding_model=str(model))
    embeddings = PassageEmbeddings.from_settings(settings)
    for number, one in enumerate(inputs):
        articles = folder / str(number) / "articles"
        articles.mkdir(parents=True)
        (articles / "tot.txt").write_text(_GOOD, encoding="utf-8")
        (Path(os.fsdecode(os.fsencode(articles) + b"/" + one.name))).write_bytes(one.content())
        data = settings.model_copy(update={"data_dir": folder / str(number) / "data"})
        before = _files(folder)
        started = time.monotonic()
        with Library.opened(data, embeddings, _COMMAND) as library:
            summary = library.sync([articles])
            seconds = time.monotonic() - started
            good = library.article("tot") is not None
            slowest = _slowest_question(library)
        written = {file for file in _files(folder) - before if data.data_dir not in file.parents}
        failed = [f"{failure.message} → {failure.remedy}" for failure in summary.failed]
        yield Outcome(one.what, failed[0] if failed else "article", seconds, slowest, good and not written)


def _slowest_question(library: Library) -> float:
    """Seconds of the slowest of a few questions, with the models loaded."""
    chatbot = Chatbot(library)
    chatbot.warm_up()
    slowest = 0.0
    for question in _QUESTIONS:
        started = time.monotonic()
        chatbot.ask(question)
        slowest = max(slowest, time.monotonic() - started)
    return slowest


@click.command()
def main() -> None:
    """Index a hundred bad inputs and print what came of each."""
    silence_telemetry()
    inputs = bad_inputs()
    with tempfile.TemporaryDirectory(prefix="hoidap-bad-") as name:
        outcomes = [
            outcome
            for one, outcome in zip(
                tracked(inputs, f"{len(inputs)} bad inputs"), run_bad_inputs(inputs, Path(name)), strict=True
            )
            if one
        ]
    table = Table(title=f"{len(outcomes)} bad inputs", title_justify="left")
    for column in ("input", "what came of it", "s", "question, s", "safe"):
        table.add_column(column, justify="right" if column.endswith("s") else "left")
    for outcome in outcomes:
        table.add_row(
            outcome.what,
            escape(outcome.result[:100]),
            f"{outcome.seconds:.1f}",
            f"{outcome.question_seconds:.2f}",
            "yes" if outcome.held else "NO",
        )
    console, where = output_console(), machine()
    console.print(table)
    bad = [outcome for outcome in outcomes if not outcome.held]
    articles = sum(outcome.result == "article" for outcome in outcomes)
    console.print(
        f"{articles} became articles, {len(outcomes) - articles} were refused, {len(bad)} were unsafe or too slow; "
        f"slowest {max(outcome.seconds for outcome in outcomes):.1f} s, slowest question "
        f"{max(outcome.question_seconds for outcome in outcomes):.2f} s.\n"
        f"[dim]{where['cpu']}, {where['cores']} cores, load {where['load']} · {time.strftime('%Y-%m-%d')} · "
        f"{command_line()}[/]",
        highlight=False,
    )
    if bad:
        raise SystemExit(1)


def _files(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if file.is_file()}


if __name__ == "__main__":
    main()
