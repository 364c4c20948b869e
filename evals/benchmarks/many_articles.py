"""Indexing many articles: passages a second, peak memory, and what a second run costs when 1 % changed.

    python -m evals.benchmarks.many_articles --articles 10000

The articles recombine words into sentences. A tiny random model makes the vectors, as the real one would need hours
and is not what is measured: this is the cost of everything around the embedding.
"""

import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click
from rich.table import Table

from evals.benchmarks.tiny_model import make_tiny_model
from evals.environment import command_line, machine, output_console
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

_COMMAND = "evals.benchmarks.many_articles"
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
def main(*, articles: int) -> None:
    """Index many articles, change one in a hundred, and index again."""
    silence_telemetry()
    table = Table(title=f"{articles:,} articles", title_justify="left")
    for column in ("run", "seconds", "passages embedded", "passages a second", "peak memory so far, MB"):
        table.add_column(column, justify="left" if column == "run" else "right")
    with tempfile.TemporaryDirectory(prefix="hoidap-many-") as name:
        folder = Path(name)
        settings = Settings.load(data_dir=folder / "data", embedding_model=str(make_tiny_model(folder / "model")))
        embeddings = PassageEmbeddings.from_settings(settings)
        embeddings.embed_query("a")
        table.add_row("before (model loaded)", "", "", "", f"{_peak_megabytes():,.0f}")
        for number in range(articles):
            _write(folder / "articles", number, 0)
        for label, changed in (("everything new", 0), ("nothing changed", 0), ("1 % changed", articles // 100)):
            for number in range(changed):
                _write(folder / "articles", number * 100, 1)
            started = time.monotonic()
            with Library.opened(settings, embeddings, _COMMAND) as library:
                summary = library.sync([folder / "articles"])
            seconds = time.monotonic() - started
            embedded = summary.passages_embedded
            table.add_row(
                label, f"{seconds:,.1f}", f"{embedded:,}", f"{embedded / seconds:,.0f}", f"{_peak_megabytes():,.0f}"
            )
        disk = sum(file.stat().st_size for file in (folder / "data").rglob("*") if file.is_file())
        shutil.rmtree(folder / "articles")
    console, where = output_console(), machine()
    console.print(table)
    console.print(
        f"Library on disk: {disk / 1e6:,.0f} MB. Opening and closing are counted.\n[dim]Tiny random model · "
        f"{where['cpu']}, {where['cores']} cores, load {where['load']} · {time.strftime('%Y-%m-%d')} · "
        f"{command_line()}[/]",
        highlight=False,
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


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3  # bytes there, kilobytes elsewhere


if __name__ == "__main__":
    main()
