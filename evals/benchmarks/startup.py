"""Cold starts: `hoidap ask` from process start to exit, and the page from process start to its first answer.

    python -m evals.benchmarks.startup --data /var/tmp/hoidap-100000

Over the corpus, and over each library named with `--data` (a copy: it is opened, and its indexes are brought in step).
Each run is a new process; the files are in the system's cache, from runs that time the stages.
"""

import json
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from gradio_client import Client
from rich.console import Console
from rich.table import Table

from evals.benchmarks.processes import Figures, StepError, peak_megabytes, resident_megabytes
from evals.benchmarks.questions import dev_questions
from evals.benchmarks.results import conditions, results_option, write_result
from evals.benchmarks.serving import run_hoidap, served
from evals.environment import output_console
from evals.progress import tracked
from evals.workspace import CORPUS
from rag.settings import silence_telemetry

_STAGED = (sys.executable, "-m", "evals.benchmarks.cold_ask")
_WARM_UP = 3  # answers before the clock counts
_QUESTIONS = 200  # asked in turn


@click.command()
@click.option(
    "--data",
    "libraries",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A library to start over, beside the corpus; may be given more than once.",
)
@click.option("--runs", type=click.IntRange(1, 50), default=5, show_default=True, help="Of `hoidap ask`.")
@click.option("--pages", type=click.IntRange(0, 20), default=3, show_default=True, help="Starts of the page.")
@click.option("--answers", type=click.IntRange(1, 240), default=60, show_default=True, help="Warm ones, of each page.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=15, show_default=True, help="A command may take.")
@results_option
def main(*, libraries: tuple[Path, ...], runs: int, pages: int, answers: int, minutes: float, results: Path) -> None:
    """Measure and write the figures."""
    silence_telemetry()
    measured_under = conditions()
    try:
        with tempfile.TemporaryDirectory(prefix="hoidap-startup-") as name:
            corpus = Path(name) / "corpus"
            run_hoidap(["index", str(CORPUS), "--data", str(corpus)], 60 * minutes)
            figures = {
                "libraries": [
                    measured(data.resolve(), Path(name), runs=runs, pages=pages, answers=answers, limit=60 * minutes)
                    for data in (corpus, *libraries)
                ]
            }
    except StepError as error:
        raise click.ClickException(str(error)) from error
    file = write_result(results, "startup", measured_under, figures)
    console = output_console()
    print_figures(console, figures)
    console.print(f"{file}", markup=False, soft_wrap=True)


def measured(data: Path, scratch: Path, *, runs: int, pages: int, answers: int, limit: float) -> Figures:
    """Start over one library, again and again.

    Args:
        data: Data directory.
        scratch: For files of a moment.
        runs: Of `hoidap ask`, and as many with a clock around its stages.
        pages: Starts of the page.
        answers: Asked of each page.
        limit: Seconds that one command may take.

    Raises:
        StepError: A command failed or took longer.
    """
    status = json.loads(run_hoidap(["status", "--json", "--data", str(data)], limit).output)
    questions = dev_questions(_QUESTIONS)
    asking = ["--json", "--data", str(data)]
    label = f"{status['passages']:,} passages"
    stages = []
    for number in tracked(range(runs), f"{label}: stages"):
        out = scratch / "stages.json"
        run_hoidap([str(out), questions[number % len(questions)], *asking], limit, _STAGED)
        stages.append(json.loads(out.read_text(encoding="utf-8")))
    asked = [  # by now the system has the files in its cache
        run_hoidap(["ask", questions[number % len(questions)], *asking], limit)
        for number in tracked(range(runs), f"{label}: hoidap ask")
    ]
    return {
        "articles": status["articles"],
        "passages": status["passages"],
        "model": status["embedding_model"],
        "ask": {
            "seconds": [one.seconds for one in asked],
            "peak_megabytes": max(one.peak_megabytes for one in asked),
            "stages": {name: statistics.median(one[name] for one in stages) for name in stages[0]},
        },
        "page": [_page(data, questions, answers) for _ in tracked(range(pages), f"{label}: page")],
    }


def _page(data: Path, questions: Sequence[str], answers: int) -> Figures:
    """One start of the page: seconds from its process's start, memory at each point, and warm answers."""
    with served(data) as site:
        with urllib.request.urlopen(site.address, timeout=60) as page:  # noqa: S310 - our own page
            page.read()
        up = time.monotonic() - site.spawned
        at_up = resident_megabytes(site.pid)
        client = Client(site.address, verbose=False)
        client.predict(questions[0], api_name="/ask")
        first = time.monotonic() - site.spawned
        at_first = resident_megabytes(site.pid)
        times = []
        for number in range(1, _WARM_UP + answers + 1):
            started = time.perf_counter()
            client.predict(questions[number % len(questions)], api_name="/ask")
            times.append((time.perf_counter() - started) * 1000)
        return {
            "up_seconds": up,
            "first_answer_seconds": first,
            "up_megabytes": at_up,
            "first_answer_megabytes": at_first,
            "peak_megabytes": peak_megabytes(site.pid),
            "answers": answers,
            "answer_milliseconds": statistics.median(times[_WARM_UP:]),
        }


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """A row for each library, and where the time of `hoidap ask` goes."""
    table = Table(title="Cold starts, seconds (medians) and MB", title_justify="left")
    columns = ("passages", "hoidap ask", "slowest", "n", "peak MB", "page up", "its first answer", "n", "peak MB")
    for column in (*columns, "warm answer over HTTP, ms"):
        table.add_column(column, justify="right")
    for one in figures["libraries"]:
        ask, pages = one["ask"], one["page"]
        row = [f"{one['passages']:,}", f"{statistics.median(ask['seconds']):.1f}", f"{max(ask['seconds']):.1f}"]
        row += [str(len(ask["seconds"])), f"{ask['peak_megabytes']:,.0f}"]
        if pages:
            row += [
                f"{statistics.median(page[name] for page in pages):.1f}"
                for name in ("up_seconds", "first_answer_seconds")
            ]
            row += [str(len(pages)), f"{max(page['peak_megabytes'] for page in pages):,.0f}"]
            row += [f"{statistics.median(page['answer_milliseconds'] for page in pages):,.0f}"]
        table.add_row(*row)
    console.print(table)
    table = Table(title="Inside hoidap ask, seconds (medians)", title_justify="left")
    table.add_column("passages", justify="right")
    for stage in figures["libraries"][0]["ask"]["stages"]:
        table.add_column(stage, justify="right")
    for one in figures["libraries"]:
        table.add_row(f"{one['passages']:,}", *(f"{seconds:.2f}" for seconds in one["ask"]["stages"].values()))
    console.print(table)


if __name__ == "__main__":
    main()
