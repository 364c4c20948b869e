"""How long a search takes, from question to the 10 best passages, at 35 articles and at 100,000 passages.

    python -m evals.benchmarks.search_latency --data /var/tmp/hoidap-100000

The large library is made by recombining the corpus's sentences (see `evals.benchmarks.recombined`); `--data` keeps it,
so that the next run only opens it.
"""

import functools
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import click
import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.benchmarks.processes import peak_megabytes
from evals.benchmarks.recombined import fill, material_of
from evals.benchmarks.results import conditions, conditions_line, results_option, write_result
from evals.benchmarks.stages import TOTAL, stage_times, understanding_times
from evals.cases import load_cases
from evals.environment import output_console
from evals.workspace import CORPUS, DEV_SET, articles_of
from rag.article import Article
from rag.embedding import PassageEmbeddings
from rag.errors import HoidapError, LibraryError
from rag.retrieval.retriever import HybridRetriever
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library
from rag.vietnamese.normalise import fold

_COMMAND = "evals.benchmarks.search_latency"
_WARM_UP = 5  # questions asked before the clock counts
_WITHOUT_ACCENTS = "(understand it without accents)"
_TARGETS = "Targets: median at most 60 ms at 35 articles and at 100,000 passages, on 2 cores."
_CAVEAT = (
    "The large library recombines the corpus's sentences; its vectors are means of sentence vectors plus noise, "
    "not embeddings of the passages. Every question is asked once, after others have warmed the library up."
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Measured:
    """One library's figures.

    Attributes:
        passages: In the library.
        articles: In the library.
        build_seconds: Embedding and writing; None where the library was there already.
        derive_seconds: Lexical index and accent model, made at the first opening; None as above.
        model_seconds: Loading the embedding model.
        open_seconds: Opening a library that is in step.
        first_seconds: The first question, which loads what is read from disk only when needed.
        disk_megabytes: Size of the data directory.
        peak_megabytes: Highest resident memory of this process so far, model and build included.
        times: Milliseconds by stage: median and 95th percentile.
    """

    passages: int
    articles: int
    build_seconds: float | None
    derive_seconds: float | None
    model_seconds: float
    open_seconds: float
    first_seconds: float
    disk_megabytes: float
    peak_megabytes: float
    times: dict[str, tuple[float, float]]


@click.command()
@click.option(
    "--passages", type=click.IntRange(min=1), default=100_000, show_default=True, help="Of the large library."
)
@click.option("--questions", type=click.IntRange(min=1), default=100, show_default=True, help="Of the dev set, timed.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the recombination and of the questions.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the large library here.")
@results_option
def main(*, passages: int, questions: int, seed: int, data: Path | None, results: Path) -> None:
    """Time searches of the corpus and of a library with many passages."""
    silence_telemetry()
    measured_under = conditions()
    try:
        with tempfile.TemporaryDirectory(prefix="hoidap-latency-") as name:
            folder = Path(name)
            articles = _index_corpus(folder / "corpus")
            asked, warm_up = _questions(articles, questions, seed)
            small = _measured(folder / "corpus", _already_there, asked, warm_up)
            large = _measured(data or folder / "large", _recombine(articles, passages, seed), asked, warm_up)
    except HoidapError as error:
        raise click.ClickException(str(error)) from error
    model = PassageEmbeddings.from_settings(Settings.load()).fingerprint.model
    figures = {"model": model, "questions": len(asked), "libraries": [asdict(one) for one in (small, large)]}
    file = write_result(results, "search_latency", measured_under, figures)
    console = output_console()
    _print_times(console, [small, large])
    _print_rest(console, [small, large], len(asked), f"{model} · {conditions_line(measured_under)}")
    console.print(f"{file}", markup=False, soft_wrap=True)


def _index_corpus(data_dir: Path) -> tuple[Article, ...]:
    settings = Settings.load(data_dir=data_dir)
    with Library.opened(settings, PassageEmbeddings.from_settings(settings), _COMMAND) as library:
        library.sync([CORPUS])
        return articles_of(library)


def _questions(articles: Sequence[Article], wanted: int, seed: int) -> tuple[list[str], list[str]]:
    """Questions to time and questions to warm up with, all distinct, drawn from the dev set."""
    bodies = {article.id: article.body for article in articles}
    distinct = list(dict.fromkeys(case.question for case in load_cases(DEV_SET, bodies.get) if not case.history))
    random.Random(seed).shuffle(distinct)  # noqa: S311 - a repeatable order, not a secret
    return distinct[_WARM_UP:][:wanted], distinct[:_WARM_UP]


def _already_there(library: Library) -> bool:
    """Build nothing."""
    library.require_articles()
    return False


def _recombine(articles: Sequence[Article], passages: int, seed: int) -> Callable[[Library], bool]:
    """What fills an empty library with so many passages, and says whether it had to."""

    def build(library: Library) -> bool:
        held = library.vectors.count()
        if held == passages:
            return False
        if held:
            raise LibraryError(
                f"Thư mục {library.settings.data_dir} có {held} đoạn, không phải {passages}.",
                "Hãy chọn thư mục trống, hoặc --passages bằng số đoạn đang có.",
            )
        fill(library, material_of(articles, library.embeddings), passages, seed)
        return True

    return build


def _measured(
    data_dir: Path, build: Callable[[Library], bool], asked: Sequence[str], warm_up: Sequence[str]
) -> Measured:
    """Build a library where that is needed, open it anew, and time the questions."""
    settings = Settings.load(data_dir=data_dir)
    embeddings = PassageEmbeddings.from_settings(settings)
    model_seconds, _ = _timed(lambda: embeddings.fingerprint)
    with Library.opened(settings, embeddings, _COMMAND) as library:
        build_seconds, built = _timed(lambda: build(library))
    derive_seconds = _opening_seconds(settings, embeddings) if built else None
    open_seconds = _opening_seconds(settings, embeddings)
    with Library.opened(settings, embeddings, _COMMAND) as library:
        retriever = HybridRetriever(library=library)
        first, *_ = [_timed(functools.partial(retriever.invoke, question))[0] for question in warm_up]
        times = stage_times(library, asked)
        times[_WITHOUT_ACCENTS] = understanding_times(library, [fold(question) for question in asked])
        return Measured(
            passages=library.vectors.count(),
            articles=len(library.articles()),
            build_seconds=build_seconds if built else None,
            derive_seconds=derive_seconds,
            model_seconds=model_seconds,
            open_seconds=open_seconds,
            first_seconds=first,
            disk_megabytes=sum(file.stat().st_size for file in data_dir.rglob("*") if file.is_file()) / 1e6,
            peak_megabytes=peak_megabytes(),
            times={stage: (float(np.median(ms)), float(np.percentile(ms, 95))) for stage, ms in times.items()},
        )


def _opening_seconds(settings: Settings, embeddings: PassageEmbeddings) -> float:
    started = time.perf_counter()
    with Library.opened(settings, embeddings, _COMMAND):
        return time.perf_counter() - started


def _timed(action: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def _print_times(console: Console, libraries: Sequence[Measured]) -> None:
    table = Table(title="Question to 10 best passages, milliseconds: median (95th percentile)", title_justify="left")
    table.add_column("stage")
    for library in libraries:
        table.add_column(f"{library.articles:,} articles, {library.passages:,} passages", justify="right")
    for stage in libraries[0].times:
        cells = ["{:.1f} ({:.1f})".format(*library.times[stage]) for library in libraries]
        table.add_row(stage, *cells, style="bold" if stage == TOTAL else None)
    console.print(table)


def _print_rest(console: Console, libraries: Sequence[Measured], questions: int, where: str) -> None:
    table = Table(title="Around it", title_justify="left")
    table.add_column("")
    for library in libraries:
        table.add_column(f"{library.passages:,} passages", justify="right")
    labels = {
        "build_seconds": "embed sentences and write, s",
        "derive_seconds": "opening with lexical index and language to make, s",
        "open_seconds": "opening, s",
        "model_seconds": "loading the embedding model, s",
        "first_seconds": "first question, s",
        "disk_megabytes": "on disk, MB",
        "peak_megabytes": "peak memory of this process so far, MB",
    }
    for name, label in labels.items():
        values = [getattr(library, name) for library in libraries]
        table.add_row(label, *("–" if value is None else f"{value:,.1f}" for value in values))
    console.print(table)
    console.print(f"[dim]{questions} questions. {_CAVEAT}\n{_TARGETS}\n{escape(where)}[/]", highlight=False)


if __name__ == "__main__":
    main()
