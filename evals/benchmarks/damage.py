"""What damage does to a library: each of its files missing, cut in half, with flipped bits and full of zeros.

    python -m evals.benchmarks.damage

For each file and each way a copy of one library is damaged. One process opens it and asks it; another runs
`hoidap doctor --fix` on it and asks again. It holds when no process ends in a traceback or a crash, when nothing wrong
is answered without a word, and when the library is what it was afterwards. A tiny random model makes the vectors; the
library is large enough that Chroma writes them to files of their own.
"""

import contextlib
import io
import multiprocessing
import os
import random
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from evals.benchmarks.many_articles import random_sentences
from evals.benchmarks.tiny_model import make_tiny_model
from evals.environment import command_line, machine, output_console
from evals.progress import tracked
from rag.cli import main as hoidap
from rag.embedding import PassageEmbeddings
from rag.errors import HoidapError
from rag.feedback import FeedbackStore
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

_COMMAND = "evals.benchmarks.damage"
_ARTICLES = 120
_PASSAGE_WORDS = 20
_BYTES_A_FLIP = 2000
_HELD = ("harmless", "made anew", "said, mended", "mended")


@dataclass(frozen=True)
class Trial:
    """One damaged file.

    Attributes:
        file: Its path in the data directory, without the names that Chroma and tantivy make up.
        way: How it was damaged.
        outcome: `harmless`: all was as before at once; `made anew`: a derived file was, at opening; `said, mended`: it
            was said, and doctor mended it; `mended`: it did not show, and doctor mended it. Anything else is a fault.
        seconds: Opening, doctor, opening again.
    """

    file: str
    way: str
    outcome: str
    seconds: float

    @property
    def held(self) -> bool:
        """Whether nothing is to be mended in the program."""
        return self.outcome in _HELD


def _halved(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    chance, flipped = random.Random(len(data)), bytearray(data)  # noqa: S311 - repeatable, not secret
    for _ in range(max(8, len(data) // _BYTES_A_FLIP)):
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _zeroed(data: bytes) -> bytes:
    return bytes(len(data))


WAYS: Mapping[str, Callable[[bytes], bytes] | None] = {
    "missing": None,
    "cut in half": _halved,
    "flipped bits": _flipped,
    "zeros": _zeroed,
}


@click.command()
def main() -> None:
    """Damage each file of a library in four ways and print what came of it."""
    silence_telemetry()
    with tempfile.TemporaryDirectory(prefix="hoidap-damage-") as name:
        trials = list(run_damage(Path(name)))
    table = Table(title=f"{len(trials)} damaged files", title_justify="left")
    for column in ("file", *WAYS):
        table.add_column(column)
    for file in dict.fromkeys(trial.file for trial in trials):
        outcomes = {trial.way: trial.outcome for trial in trials if trial.file == file}
        table.add_row(file, *(outcomes[way] for way in WAYS))
    console, where = output_console(), machine()
    console.print(table)
    bad = [trial for trial in trials if not trial.held]
    slowest = max(trial.seconds for trial in trials)
    console.print(
        f"{len(trials) - len(bad)} of {len(trials)} held; slowest {slowest:.1f} s.\n"
        f"[dim]{where['cpu']}, {where['cores']} cores, load {where['load']} · {time.strftime('%Y-%m-%d')} · "
        f"{command_line()}[/]",
        highlight=False,
    )
    if bad:
        raise SystemExit(1)


def run_damage(folder: Path, only: Sequence[str] = ()) -> Iterator[Trial]:
    """Damage each file of a library in each way.

    Args:
        folder: For everything that is written.
        only: Names of files; none means all.
    """
    model = make_tiny_model(folder / "model")
    whole = folder / "whole"
    _make_library(whole, folder / "articles", model)
    runner = _Runner(model)
    expected = runner.run(_asked, whole)
    files = [file for file in sorted(whole.rglob("*")) if file.is_file() and file.stat().st_size]
    by_kind = {_kind(file.relative_to(whole)): file.relative_to(whole) for file in files}
    wanted = {kind: file for kind, file in by_kind.items() if not only or kind in only}
    for kind, file in tracked(list(wanted.items()), f"{len(wanted)} files"):
        for way, change in WAYS.items():
            data = folder / "data"
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(whole, data)
            if change is None:
                (data / file).unlink()
            else:
                (data / file).write_bytes(change((data / file).read_bytes()))
            started = time.monotonic()
            outcome = _outcome(runner.run(_asked, data), runner.run(_mended, data), runner.run(_asked, data), expected)
            yield Trial(kind, way, outcome, time.monotonic() - started)


def _make_library(data: Path, articles: Path, model: Path) -> None:
    articles.mkdir()
    for number in range(_ARTICLES):
        text = f"Tin số {number}\nGiàn số {number}. {random_sentences(str(number), 14)}"
        (articles / f"{number}.txt").write_text(text, encoding="utf-8")
    settings = _settings(data, model)
    with Library.opened(settings, PassageEmbeddings.from_settings(settings), _COMMAND) as library:
        library.sync([articles])
    FeedbackStore(data / "feedback.sqlite3").counts()


def _kind(file: Path) -> str:
    """The path without names that Chroma and tantivy make up: of each kind of file one is damaged."""
    parts = [part for part in file.parts if part.count("-") < 4 and not part.isdecimal()]  # noqa: PLR2004 - a UUID
    name = f"*{file.suffix}" if len(file.stem) == 32 else file.name  # noqa: PLR2004 - a segment of tantivy
    return "/".join([*parts[:-1], name])


def _settings(data: Path, model: Path) -> Settings:
    return Settings.load(data_dir=data, embedding_model=str(model), passage_words=_PASSAGE_WORDS)


def _outcome(first: tuple[str, Any], fixed: tuple[str, Any], after: tuple[str, Any], expected: tuple[str, Any]) -> str:
    """What to call what came of a damage, from what the three processes said."""
    for kind, said in (first, fixed, after):
        if kind in ("crash", "traceback"):
            return f"{kind.upper()}: {said}"
    if after[0] != "found" or after[1][:-1] != expected[1][:-1]:
        return f"NOT MENDED: {after[1] if after[0] == 'said' else fixed[1]}"
    if first[0] == "said":
        return "said, mended"
    if first[1][:-1] != expected[1][:-1]:
        return "WRONG WITHOUT A WORD"
    if first[1][-1]:
        return "made anew"
    return "harmless" if fixed[1] == 0 else "mended"


class _Runner:
    """Runs functions in processes that start quickly and may crash."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["rag.store.library", "sentence_transformers", __name__])

    def run(self, function: Callable[[Path, Path], tuple[str, Any]], data: Path) -> tuple[str, Any]:
        """What the function said; `crash` with the exit code where it said nothing."""
        here, there = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_told, args=(function, data, self._model, there))
        process.start()
        there.close()
        try:
            said: tuple[str, Any] = here.recv()
        except EOFError:
            said = ("crash", None)
        process.join()
        return said if said[0] != "crash" else ("crash", process.exitcode)


def _told(function: Callable[[Path, Path], tuple[str, Any]], data: Path, model: Path, told: Connection) -> None:
    silence_telemetry()
    try:
        told.send(function(data, model))
    except HoidapError as error:
        told.send(("said", error.message) if error.remedy else ("traceback", f"no remedy for {error.message}"))
    except Exception:  # noqa: BLE001 - a traceback is what is looked for
        told.send(("traceback", traceback.format_exc().splitlines()[-1]))


def _asked(data: Path, model: Path) -> tuple[str, Any]:
    """What the library holds and finds, and whether its index of words was made anew at opening."""
    settings = _settings(data, model)
    embeddings = PassageEmbeddings.from_settings(settings)
    with Library.opened(settings, embeddings, _COMMAND) as library:
        articles = tuple((record.id, library.article(record.id)) for record in library.articles())
        vector = embeddings.embed_query("giàn số 3")
        near = {found: round(cosine, 3) for found, cosine in library.vectors.nearest(vector, 20).items()}
        words = {found: round(score, 3) for found, score in library.lexical.search({"gian_so": 1.0}, 20).items()}
        accents = library.language.accents.restore("gian so 7")
        return "found", (articles, sorted(near.values()), sorted(words.values()), accents, library.mended)


def _mended(data: Path, model: Path) -> tuple[str, Any]:
    """The exit code of doctor when it looks, after which it mends."""
    os.environ.update(HOIDAP_EMBEDDING_MODEL=str(model), HOIDAP_PASSAGE_WORDS=str(_PASSAGE_WORDS))
    codes = []
    for options in ([], ["--fix"]):
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            try:
                hoidap(["doctor", "--json", *options, "--data", str(data)])
            except SystemExit as left:
                codes.append(left.code)
    return "fixed", codes[0]


if __name__ == "__main__":
    main()
