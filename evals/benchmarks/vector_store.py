"""Chroma at each size: what upserts cost by batch size, filtered and unfiltered queries, and recall by HNSW setting.

    python -m evals.benchmarks.vector_store --data /var/tmp/hoidap-benchmarks

The libraries are recombined ones (`evals.benchmarks.recombined`), the questions those of the dev set. Filters are timed
as the product applies them and, beside that, as Chroma's own `where` alone. Recall is against exact search over the
same vectors. With `--data` a run that was stopped goes on where it was.
"""

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from evals.benchmarks.libraries import OURS, Libraries
from evals.benchmarks.processes import Figures, StepError, run_step
from evals.benchmarks.results import conditions, results_option, write_result
from evals.environment import output_console
from rag.errors import HoidapError
from rag.settings import silence_telemetry

_MODULE = "evals.benchmarks.vector_store_steps"
_BATCHES = (64, 250, 1000, 5000)  # rows; Chroma takes at most 5461
_GRID = (
    (8, 100),
    (16, 100),
    (16, 200),
    (32, 100),
    (32, 200),
)  # max_neighbors, ef_construction; 16 and 100 are Chroma's
_SEARCH = (50, 100, 200, 400)  # ef_search; 100 is Chroma's


@click.command()
@click.option(
    "--size",
    "sizes",
    type=click.IntRange(min=8),
    multiple=True,
    default=(1_000, 10_000, 100_000),
    show_default=True,
    help="Passages of a library whose queries are timed; may be given more than once.",
)
@click.option("--upserts", type=click.IntRange(min=8), default=20_000, show_default=True, help="Rows written by batch.")
@click.option(
    "--graph", type=click.IntRange(min=8), default=100_000, show_default=True, help="Vectors in the HNSW table."
)
@click.option("--questions", type=click.IntRange(1, 240), default=100, show_default=True, help="Of the dev set.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the recombination.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=60, show_default=True, help="A step may take.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep libraries and steps here.")
@results_option
def main(
    *,
    sizes: tuple[int, ...],
    upserts: int,
    graph: int,
    questions: int,
    seed: int,
    minutes: float,
    data: Path | None,
    results: Path,
) -> None:
    """Measure and write the figures."""
    silence_telemetry()
    measured_under = conditions()
    try:
        with contextlib.ExitStack() as stack:
            folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-vectors-")))
            libraries = Libraries(folder, seed, 60 * minutes)
            program = {**libraries.depends, "program": measured_under["program"]}
            benchmark = Benchmark(libraries, questions, 60 * minutes, program)
            figures = {
                "upserts": {"rows": upserts, "runs": [benchmark.upserts(upserts, batch) for batch in _BATCHES]},
                "queries": [benchmark.queries(size) for size in sorted(set(sizes))],
                "graph": {"vectors": graph, "questions": questions, "runs": benchmark.graphs(graph)},
            }
    except (HoidapError, StepError) as error:
        raise click.ClickException(str(error)) from error
    file = write_result(results, "vector_store", measured_under, figures)
    console = output_console()
    print_figures(console, figures)
    console.print(f"{file}", markup=False, soft_wrap=True)


class Benchmark:
    """The steps, each in a process of its own.

    Args:
        libraries: Where everything is kept.
        questions: How many are asked.
        limit: Seconds that a step may take.
        depends: What the figures depend on: other steps than those that only make data are taken anew.
    """

    def __init__(self, libraries: Libraries, questions: int, limit: float, depends: Mapping[str, Any]) -> None:
        self._libraries, self._questions, self._limit, self._depends = libraries, questions, limit, depends

    def upserts(self, rows: int, batch: int) -> Figures:
        """Write so many rows, `batch` at once, into a collection with the product's settings."""
        given = {"material": str(self._libraries.material()), "rows": rows, "batch": batch, "seed": 0}
        return self._step(f"upsert {rows} by {batch}", "upserts", given)

    def queries(self, size: int) -> Figures:
        """Ask a library of this size, with each kind of filter."""
        data, _ = self._libraries.library(OURS, size)
        return self._step(f"queries {size}", "queries", {"data": str(data), "questions": self._questions})

    def graphs(self, vectors: int) -> list[Figures]:
        """Build a graph with each setting of the table, and ask it with each breadth of search."""
        source = self._libraries.passages(vectors)
        runs = []
        for neighbours, construction in _GRID:
            given = {
                "source": str(source),
                "vectors": vectors,
                "neighbours": neighbours,
                "construction": construction,
                "searches": _SEARCH,
                "questions": self._questions,
            }
            runs.append(self._step(f"graph {vectors}: {neighbours}, {construction}", "graph", given))
        return runs

    def _step(self, name: str, task: str, given: Mapping[str, Any]) -> Figures:
        depends = {**self._depends, "questions": self._questions}
        return self._libraries.steps.run(name, depends, lambda: run_step(_MODULE, task, given, self._limit))


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """One table of upserts, one of queries, one of HNSW settings."""
    table = _table(f"{figures['upserts']['rows']:,} rows written", "rows at once", "seconds", "rows/s")
    for run in figures["upserts"]["runs"]:
        table.add_row(f"{run['batch']:,}", f"{run['seconds']:,.1f}", f"{run['rows'] / run['seconds']:,.0f}")
    console.print(table)
    table = _table(
        "Queries, milliseconds: median (p95)",
        "passages",
        "filter",
        "lets through",
        "as shipped",
        "where alone",
        "words",
    )
    for size in figures["queries"]:
        for run in size["runs"]:
            shown = ["{:.1f} ({:.1f})".format(*run[way]) for way in ("shipped", "where", "words")]
            table.add_row(f"{size['passages']:,}", run["filter"], f"{run['passages']:,}", *shown)
    console.print(table)
    graph = figures["graph"]
    table = _table(
        f"HNSW over {graph['vectors']:,} vectors, n = {graph['questions']}",
        *("max_neighbors", "ef_construction", "ef_search", "recall@10", "recall@50", "median ms", "built in, s", "MB"),
    )
    for run in graph["runs"]:
        for search in run["searches"]:
            setting = [str(run["neighbours"]), str(run["construction"]), str(search["ef_search"])]
            recall = [f"{search[name]:.4f}" for name in ("recall@10", "recall@50")]
            rest = [f"{search['p50']:.1f}", f"{run['seconds']:,.0f}", f"{run['disk_megabytes']:,.0f}"]
            table.add_row(*setting, *recall, *rest)
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column == "filter" else "right")
    return table


if __name__ == "__main__":
    main()
