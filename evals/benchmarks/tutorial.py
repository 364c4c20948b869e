"""Ours against what a LangChain tutorial builds: indexing, retrieval, latency, memory, start-up, on the same articles.

    python -m evals.benchmarks.tutorial --data /var/tmp/hoidap-tutorial

Each side does each step in a process of its own, so that memory and start-up are its own; the sides take turns. The
tutorial's side is `evals.benchmarks.tutorial_langchain`. Real articles are split and embedded by each side its own way.
The large libraries hold recombined passages with ready vectors, the same on both sides (`evals.benchmarks.recombined`),
so that only the tutorial's store, BM25 and fusion are measured there, not its splitter. With `--data` a run that was
stopped goes on where it was, and the libraries are kept.
"""

import contextlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from evals.benchmarks.libraries import OURS, TUTORIAL, Libraries
from evals.benchmarks.processes import Figures, StepError
from evals.benchmarks.questions import dev_questions
from evals.benchmarks.results import conditions, results_option, write_result
from evals.benchmarks.tutorial_files import ARTICLES_FILE
from evals.cases import load_cases
from evals.environment import output_console
from evals.metrics import METRICS, estimates, paired_difference, values_per_question
from evals.retrieval import ranking_of
from evals.systems import RankedSpan, Span
from evals.workspace import DEV_SET
from rag.errors import HoidapError
from rag.settings import silence_telemetry

SIDES = (OURS, TUTORIAL)
_WARM_UP = ("Hội nghị họp ở đâu?", "Có bao nhiêu người?", "Sự kiện diễn ra khi nào?")  # asked, not timed
_FIRST = "Ai dự hội nghị?"  # the question that ends the start-up
_HITS = 10


@dataclass(frozen=True)
class Options:
    """What is measured.

    Attributes:
        sizes: Passages of the large libraries.
        recombined: Recombined passages that are indexed beside the corpus.
        questions: Timed at each size.
        seconds: That the questions of one side may take at one size; fewer are asked then.
        seed: Of recombination and questions.
        step_seconds: After which a step is given up.
    """

    sizes: tuple[int, ...]
    recombined: int
    questions: int
    seconds: float
    seed: int
    step_seconds: float


class Benchmark:
    """The steps in order, over one folder.

    Args:
        libraries: Where everything is kept.
        options: What is measured.
        program: Digest of what is measured: steps that do not only make data are taken anew for another.
    """

    def __init__(self, libraries: Libraries, options: Options, program: str) -> None:
        self._libraries, self._options = libraries, options
        self._folder, self._steps, self._model = libraries.folder, libraries.steps, libraries.model
        self._measured = {**libraries.depends, "program": program}

    def run(self) -> Figures:
        """All figures, ready for JSON.

        Raises:
            StepError: A step failed or took too long; those before it are kept.
            HoidapError: The questions do not fit the corpus.
        """
        sets = {"corpus": 0} | ({"more": self._options.recombined} if self._options.recombined else {})
        indexing = [self._indexing(name, self._articles(name, count)) for name, count in sets.items()]
        sizes = sorted(set(self._options.sizes))
        return {
            "model": self._libraries.depends["model"],
            "indexing": indexing,
            "retrieval": self._retrieval(),
            "search": [self._search_at(size, self._libraries.passages(sizes[-1])) for size in sizes],
        }

    def _articles(self, name: str, recombined: int) -> Figures:
        folder = self._folder / "articles" / name
        given = {"material": str(self._libraries.material()), "folder": str(folder), "recombined": recombined}
        depends = {**self._libraries.depends, "recombined": recombined}
        return self._libraries.made_anew(f"articles: {name}", depends, OURS, "articles", folder, given)

    def _indexing(self, name: str, articles: Figures) -> Figures:
        figures: Figures = {"articles": articles["articles"], "characters": articles["characters"]}
        for side in SIDES:
            store = self._folder / "indexed" / name / side
            given = {"articles": str(self._folder / "articles" / name), "store": str(store), "model": self._model}
            depends = {**self._measured, "articles": articles["articles"]}
            step = f"index {name}: {side}"
            figures[side] = self._libraries.made_anew(step, depends, side, "index", store, given)
        return figures

    def _retrieval(self) -> Figures:
        """How often each side finds the evidence in the corpus, and how sure that is."""
        with (self._folder / "articles" / "corpus" / ARTICLES_FILE).open(encoding="utf-8") as file:
            bodies = {one["id"]: one["body"] for one in map(json.loads, file)}
        cases = [case for case in load_cases(DEV_SET, bodies.get) if case.single]
        values, times = {}, {}
        for side in SIDES:
            store = self._folder / "indexed" / "corpus" / side
            questions = [case.question for case in cases]
            found = self._asked(side, "dev questions", store, questions, spans=True, seconds=self._options.step_seconds)
            system = _Recorded(side, dict(zip(questions, found["hits"], strict=False)), found["spans"])
            rankings = [ranking_of(system, case, case.question, by_article=False) for case in cases]
            values[side] = values_per_question(rankings)
            times[side] = _summary(found)
        ahead = {metric: paired_difference(values[OURS][metric], values[TUTORIAL][metric]) for metric in METRICS}
        return {
            "questions": len(cases),
            **{side: {name: asdict(one) for name, one in estimates(values[side]).items()} for side in SIDES},
            "ours_ahead": {metric: asdict(one) for metric, one in ahead.items()},
            "times": times,
        }

    def _search_at(self, size: int, source: Path) -> Figures:
        figures: Figures = {"passages": size}
        for side in SIDES:
            store, loaded = self._libraries.library(side, size, source)
            seconds = self._options.seconds
            found = self._asked(
                side,
                f"search {size}",
                store,
                dev_questions(self._options.questions, self._options.seed),
                spans=False,
                seconds=seconds,
            )
            figures[side] = {**_summary(found), "load_seconds": loaded["seconds"]}
        return figures

    def _asked(
        self, side: str, name: str, store: Path, questions: Sequence[str], *, spans: bool, seconds: float
    ) -> Figures:
        given = {
            "store": str(store),
            "model": self._model,
            "first": _FIRST,
            "questions": [*_WARM_UP, *questions],
            "seconds": seconds,
            "hits": _HITS,
            "spans": spans,
        }
        depends = {**self._measured, "questions": len(questions), "seconds": seconds}
        return self._steps.run(f"{name}: {side}", depends, lambda: self._libraries.task(side, "search", given))


@dataclass(frozen=True)
class _Recorded:
    """What a side gave in its own process, as a system that can be scored."""

    name: str
    hits: Mapping[str, Sequence[Sequence[Any]]]
    spans: Sequence[Sequence[Any]]

    def rank(self, question: str, limit: int) -> list[RankedSpan]:
        """The hits of a question that was asked, best first."""
        found = self.hits.get(question, [])[:limit]
        return [RankedSpan(article, start, end, -float(place)) for place, (article, start, end) in enumerate(found)]

    def spans_of(self, article: str) -> Sequence[Span]:
        """The side's own passages of the article."""
        return [Span(*span) for span in self.spans if span[0] == article]


def _summary(found: Figures) -> Figures:
    times = np.array(found["milliseconds"])
    return {
        "n": len(times),
        "p50": float(np.median(times)),
        "p95": float(np.percentile(times, 95)),
        "start_up_seconds": found["start_up"],
        "peak_megabytes": found["peak_megabytes"],
    }


@click.command()
@click.option(
    "--size",
    "sizes",
    type=click.IntRange(min=4),
    multiple=True,
    default=(1_000, 10_000, 100_000),
    show_default=True,
    help="Passages of a large library; may be given more than once.",
)
@click.option(
    "--recombined",
    type=click.IntRange(min=0),
    default=900,
    show_default=True,
    help="Recombined passages that both sides split, embed and index beside the corpus.",
)
@click.option("--questions", type=click.IntRange(min=5), default=100, show_default=True, help="Timed at each size.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=180,
    show_default=True,
    help="That one side's questions may take at one size; fewer are asked then, and n says how many.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of recombination and questions.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=60, show_default=True, help="A step may take.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep libraries and steps here.")
@results_option
def main(
    *,
    sizes: tuple[int, ...],
    recombined: int,
    questions: int,
    seconds: float,
    seed: int,
    minutes: float,
    data: Path | None,
    results: Path,
) -> None:
    """Measure both sides and write the figures."""
    silence_telemetry()
    measured_under = conditions()
    options = Options(sizes, recombined, questions, seconds, seed, 60 * minutes)
    try:
        with contextlib.ExitStack() as stack:
            folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-tutorial-")))
            libraries = Libraries(folder, seed, options.step_seconds)
            figures = Benchmark(libraries, options, measured_under["program"]).run()
    except (HoidapError, StepError) as error:
        raise click.ClickException(str(error)) from error
    file = write_result(results, "tutorial", measured_under, figures)
    console = output_console()
    print_figures(console, figures)
    console.print(f"{file}", markup=False, soft_wrap=True)


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """One table of indexing, one of retrieval, one of search."""
    table = Table(title=f"Indexing, {figures['model']}", title_justify="left")
    for column in ("", "articles", "passages", "seconds", "passages/s", "characters/s", "peak MB"):
        table.add_column(column, justify="left" if not column else "right")
    for run in figures["indexing"]:
        for side in SIDES:
            one = run[side]
            speed = [f"{one['passages'] / one['seconds']:,.1f}", f"{run['characters'] / one['seconds']:,.0f}"]
            counts = [f"{run['articles']:,}", f"{one['passages']:,}", f"{one['seconds']:,.1f}"]
            table.add_row(side, *counts, *speed, f"{one['peak_megabytes']:,.0f}")
    console.print(table)
    retrieval = figures["retrieval"]
    table = Table(title=f"Retrieval, n = {retrieval['questions']}", title_justify="left")
    for column in ("", *METRICS):
        table.add_column(column, justify="left" if not column else "right")
    for side in SIDES:
        table.add_row(side, *(f"{retrieval[side][metric]['mean']:.3f}" for metric in METRICS))
    console.print(table)
    table = Table(title="Question to 10 best passages", title_justify="left")
    for column in ("passages", "", "n", "median ms", "p95 ms", "start to first result, s", "peak MB"):
        table.add_column(column, justify="left" if not column else "right")
    for size in figures["search"]:
        for side in SIDES:
            one = size[side]
            times = [f"{one['p50']:,.1f}", f"{one['p95']:,.1f}", f"{one['start_up_seconds']:,.1f}"]
            table.add_row(f"{size['passages']:,}", side, str(one["n"]), *times, f"{one['peak_megabytes']:,.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
