"""How long a warm answer takes, whole, and the memory of the process: over the corpus and over larger libraries.

    python -m evals.benchmarks.answer_latency --data /var/tmp/hoidap-100000

What `Chatbot.ask` does is timed, for questions of the dev set; each library in a process of its own. Where the time
goes: `python -m evals.benchmarks.answer_stages`.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from evals.benchmarks.processes import StepError, run_step
from evals.benchmarks.questions import dev_questions
from evals.benchmarks.results import conditions, results_option, write_result
from evals.benchmarks.serving import run_hoidap
from evals.environment import output_console
from evals.progress import tracked
from evals.workspace import CORPUS
from rag.settings import silence_telemetry

_MODULE = "evals.benchmarks.answer_latency_steps"
_NOT_COUNTED = 5  # answered before the clock counts


@click.command()
@click.option(
    "--data",
    "libraries",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A library to ask beside the corpus; may be given more than once. It is opened: give a copy.",
)
@click.option("--questions", type=click.IntRange(1, 200), default=100, show_default=True, help="Answered, and timed.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw of the questions.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=30, show_default=True, help="A library may take.")
@results_option
def main(*, libraries: tuple[Path, ...], questions: int, seed: int, minutes: float, results: Path) -> None:
    """Measure and write the figures."""
    silence_telemetry()
    measured_under = conditions()
    asked = dev_questions(questions + _NOT_COUNTED, seed)
    try:
        with tempfile.TemporaryDirectory(prefix="hoidap-answers-") as name:
            corpus = Path(name)
            run_hoidap(["index", str(CORPUS), "--data", name], 60 * minutes)
            figures = {
                "libraries": [
                    run_step(_MODULE, "answers", {"data": str(data.resolve()), "questions": asked}, 60 * minutes)
                    for data in tracked((corpus, *libraries), "answers")
                ]
            }
    except StepError as error:
        raise click.ClickException(str(error)) from error
    file = write_result(results, "answer_latency", measured_under, figures)
    console = output_console()
    print_figures(console, figures)
    console.print(f"{file}", markup=False, soft_wrap=True)


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """A row for each library."""
    table = Table(title="A warm answer, milliseconds", title_justify="left")
    for column in ("articles", "passages", "n", "median", "p95", "first, the models loaded", "peak MB"):
        table.add_column(column, justify="right")
    for one in figures["libraries"]:
        times = [f"{one[name]:,.0f}" for name in ("p50", "p95", "first", "peak_megabytes")]
        table.add_row(f"{one['articles']:,}", f"{one['passages']:,}", str(one["n"]), *times)
    console.print(table)


if __name__ == "__main__":
    main()
