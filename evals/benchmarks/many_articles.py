"""Indexing many articles: passages a second, peak memory, and what a second run costs when 1 % changed.

    python -m evals.benchmarks.many_articles --articles 10000
    python -m evals.benchmarks.many_articles --articles 1000 --model shipped

The articles recombine words into sentences. By default a tiny random model makes the vectors, as the real one would
need hours and is not what is measured: this is the cost of everything around the embedding. With `--data` a run that
was stopped goes on where it was, and the seconds before count too.
"""

import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from evals.benchmarks.processes import Figures, peak_megabytes
from evals.benchmarks.results import conditions, conditions_line, results_option, write_result
from evals.benchmarks.steps import Steps
from evals.benchmarks.tiny_model import make_tiny_model
from evals.environment import output_console
from rag.cli.output import ProgressBar
from rag.embedding import PassageEmbeddings
from rag.errors import HoidapError
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

_COMMAND = "evals.benchmarks.many_articles"
_TINY, _SHIPPED = "tiny", "shipped"
EVERYTHING, NOTHING, ONE_PERCENT = "everything new", "nothing changed", "1 % changed"
_PARTIAL_FILE = "partial.json"
_WORDS = [
    "giàn",
    "khoan",
    "mỏ",
    "dầu",
    "khí",
    "sản",
    "lượng",
    "hội",
    "nghị",
    "đại",
    "biểu",
    "bí",
    "thư",
    "đảng",
    "ủy",
    "kế",
    "hoạch",
    "tổng",
    "kết",
    "năm",
    "quý",
    "tháng",
    "triển",
    "khai",
    "nhiệm",
    "vụ",
    "công",
    "tác",
    "an",
    "toàn",
    "thiết",
    "bị",
    "kỹ",
    "sư",
    "công",
    "nhân",
    "viên",
    "vận",
    "hành",
    "khánh",
    "thành",
    "Vũng",
    "Tàu",
    "Việt",
    "Nam",
    "hợp",
    "tác",
    "phát",
    "triển",
]
_SENTENCES = 18  # about three passages
_WORDS_A_SENTENCE = 14


@click.command()
@click.option("--articles", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True, help="How many.")
@click.option(
    "--model",
    type=click.Choice([_TINY, _SHIPPED]),
    default=_TINY,
    show_default=True,
    help="What makes the vectors: next to nothing, or the model that the settings ask for.",
)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep articles and library here.")
@results_option
def main(*, articles: int, model: str, data: Path | None, results: Path) -> None:
    """Index many articles, change one in a hundred, and index again."""
    silence_telemetry()
    measured_under = conditions()
    try:
        with ExitStack() as stack:
            folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-many-")))
            figures = Benchmark(folder.resolve(), articles, model, measured_under["program"]).run()
    except HoidapError as error:
        raise click.ClickException(str(error)) from error
    # A file for each model: with one the library is measured, with the other what a user waits for.
    file = write_result(results, f"many_articles_{model}", measured_under, figures)
    console = output_console()
    print_figures(console, figures)
    console.print(f"[dim]{conditions_line(measured_under)}[/]", highlight=False)
    console.print(f"{file}", markup=False, soft_wrap=True)


class Benchmark:
    """The index runs in order, over one folder.

    Args:
        folder: Of articles, library and finished steps.
        articles: How many.
        model: `tiny` or `shipped`.
        program: Digest of what is measured; for another everything is made anew.
    """

    def __init__(self, folder: Path, articles: int, model: str, program: str) -> None:
        self._folder, self._articles, self._model = folder, articles, model
        self._depends = {"articles": articles, "model": model, "program": program}
        self._steps = Steps(folder)
        self._partial = folder / _PARTIAL_FILE

    def run(self) -> Figures:
        """All figures, ready for JSON.

        Raises:
            HoidapError: The library or the model cannot be used.
        """
        runs = {
            name: self._steps.run(name, self._depends, action)
            for name, action in (
                (EVERYTHING, self._everything),
                (NOTHING, lambda: self._indexed(NOTHING, 0.0)),
                (ONE_PERCENT, self._one_percent),
            )
        }
        disk = sum(file.stat().st_size for file in (self._folder / "data").rglob("*") if file.is_file())
        return {"articles": self._articles, "model": self._model, "disk_megabytes": disk / 1e6, "runs": runs}

    def _everything(self) -> Figures:
        """The first run. Where it was stopped before, it goes on, and the seconds until then count."""
        before = 0.0
        if self._partial.exists():
            held = json.loads(self._partial.read_text(encoding="utf-8"))
            before = float(held["seconds"]) if held["depends"] == self._depends else 0.0
        if not before:
            for name in ("data", "articles"):
                shutil.rmtree(self._folder / name, ignore_errors=True)
            for number in range(self._articles):
                _write(self._folder / "articles", number, 0)
        figures = self._indexed(EVERYTHING, before, self._note)
        self._partial.unlink(missing_ok=True)
        return figures

    def _note(self, seconds: float) -> None:
        """Keep what has been spent so far."""
        text = json.dumps({"depends": self._depends, "seconds": seconds})
        self._partial.with_suffix(".new").write_text(text, encoding="utf-8")
        self._partial.with_suffix(".new").replace(self._partial)

    def _one_percent(self) -> Figures:
        version = int(time.time())  # another text at each try: one that was stopped may have indexed some
        for number in range(self._articles // 100):
            _write(self._folder / "articles", number * 100, version)
        return self._indexed(ONE_PERCENT, 0.0)

    def _indexed(self, name: str, before: float, note: Callable[[float], None] = lambda _: None) -> Figures:
        """One index run, opening and closing included."""
        settings = self._settings()
        embeddings = PassageEmbeddings.from_settings(settings)
        embeddings.embed_query("a")
        loaded = peak_megabytes()
        started = time.monotonic()
        with Library.opened(settings, embeddings, _COMMAND) as library, ProgressBar(Console(stderr=True), name) as bar:

            def progress(done: int, total: int) -> None:
                bar.update(done, total)
                note(before + time.monotonic() - started)

            summary = library.sync(
                [self._folder / "articles"], progress, on_checked=bar.checked, on_derive=bar.describe
            )
            passages = library.vectors.count()
        return {
            "seconds": before + time.monotonic() - started,
            "passages_embedded": passages if name == EVERYTHING else summary.passages_embedded,
            "resumed": before > 0,
            "loaded_megabytes": loaded,
            "peak_megabytes": peak_megabytes(),
        }

    def _settings(self) -> Settings:
        if self._model == _SHIPPED:
            return Settings.load(data_dir=self._folder / "data")
        folder = self._folder / "model"
        model = folder / "model" if (folder / "model").is_dir() else make_tiny_model(folder)
        return Settings.load(data_dir=self._folder / "data", embedding_model=str(model))


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """A row for each run."""
    table = Table(title=f"{figures['articles']:,} articles, {figures['model']} model", title_justify="left")
    columns = (
        "run",
        "seconds",
        "share of the first",
        "passages embedded",
        "passages a second",
        "peak memory so far, MB",
    )
    for column in columns:
        table.add_column(column, justify="left" if column == "run" else "right")
    first = figures["runs"][EVERYTHING]["seconds"]
    for name, run in figures["runs"].items():
        embedded, seconds = run["passages_embedded"], run["seconds"]
        row = [f"{seconds:,.1f}", f"{100 * seconds / first:.1f} %", f"{embedded:,}", f"{embedded / seconds:,.0f}"]
        table.add_row(name, *row, f"{run['peak_megabytes']:,.0f}")
    console.print(table)
    console.print(
        f"Library on disk: {figures['disk_megabytes']:,.0f} MB. Opening and closing are counted.", highlight=False
    )


def random_sentences(seed: str, count: int) -> str:
    """So many sentences of random words, always the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    return " ".join(f"{' '.join(chance.choices(_WORDS, k=_WORDS_A_SENTENCE)).capitalize()}." for _ in range(count))


def _write(folder: Path, number: int, version: int) -> None:
    """One article, always the same for the same number and version."""
    file = folder / f"{number // 1000:03d}" / f"{number:07d}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"Tin số {number}\n{random_sentences(f'{number} {version}', _SENTENCES)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
