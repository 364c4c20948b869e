"""What `kill -9` does to a library: runs killed at random moments, and what is there afterwards.

    python -m evals.benchmarks.faults --kills 100

Each trial starts from a library in one state and runs the product's own index run, upload or rebuild towards another
state, in a process of its own that is killed at a random moment between its start and a little after its usual end.
What damaged files do is measured by `evals.benchmarks.damage`. After a kill, in this process:
the library is opened; every article must be whole, in its old or its new text; everything that the killed process had
been told to be done must be there; and after one more run it must be equal to a library made from nothing:
the same articles, passages, search results and answers. A tiny random model makes the vectors, and articles are
published every few passages, so that the kills fall between as many different steps as can be.
"""

import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from evals.benchmarks.many_articles import random_sentences
from evals.benchmarks.tiny_model import make_tiny_model
from evals.environment import command_line, machine, output_console
from evals.progress import tracked
from evals.workspace import write_articles
from rag.article import Article, make_article
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.store import migrate, sync
from rag.store.library import Library
from rag.web.shelf import Shelf

_COMMAND = "evals.benchmarks.faults"
_PASSAGE_WORDS = 20
_PASSAGES_AT_ONCE = 4
_QUESTIONS = ("Giàn số 3 vận hành năm nào?", "Hội nghị tổng kết sản lượng ở đâu?", "Kỹ sư nào vận hành?", "Nấu phở?")
_UPLOAD = "tai-len-"
_UPLOADS = 10
_LATE = 1.15  # kills fall up to a little behind the usual end

State = dict[str, Article]  # by id


@dataclass(frozen=True)
class Trial:
    """One kill and what came after it.

    Attributes:
        kind: What the killed run was doing.
        moment: Seconds after its start at which it was killed.
        finished: Whether it had finished by then.
        acknowledged: Articles that it had been told to be written.
        lost: Of these, how many were not there as told.
        broken: Articles that were neither the old nor the new text, or missing.
        equal: Whether the library was equal to a fresh one after one more run.
        seconds: Opening and running once more.
    """

    kind: str
    moment: float
    finished: bool
    acknowledged: int
    lost: int
    broken: int
    equal: bool
    seconds: float


@click.command()
@click.option("--kills", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@click.option("--articles", type=click.IntRange(5, 1000), default=40, show_default=True, help="In the library.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the moments.")
def main(*, kills: int, articles: int, seed: int) -> None:
    """Kill runs at random moments and check what is left."""
    silence_telemetry()
    with tempfile.TemporaryDirectory(prefix="hoidap-faults-") as name:
        trials = list(run_trials(Path(name), kills, articles, seed))
    _print(output_console(), trials)
    if any(trial.lost or trial.broken or not trial.equal for trial in trials):
        raise SystemExit(1)


def run_trials(folder: Path, kills: int, articles: int = 40, seed: int = 0) -> Iterator[Trial]:
    """Kill so many runs and look at what is left.

    Args:
        folder: For everything that is written.
        kills: How many.
        articles: In the library.
        seed: Of the moments.
    """
    model = make_tiny_model(folder / "model")
    states = _states(articles)
    kinds = [
        ("adding", "empty", "first"),
        ("changing", "first", "second"),
        ("removing", "first", "third"),
        ("uploading", "first", "uploaded"),
        ("rebuilding", "first", "first"),
    ]
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    runner, fresh = _Runner(model), _fresh(folder, model, states)
    usual = {}
    for kind, before, after in kinds:
        _prepare(folder, model, states[before])
        _write(states[after], folder)
        usual[kind] = runner.run(kind, folder, seconds=None)[0]
    for number in tracked(range(kills), f"{kills} kills"):
        kind, before, after = kinds[number % len(kinds)]
        _prepare(folder, model, states[before])
        _write(states[after], folder)
        moment = chance.uniform(0, usual[kind] * _LATE)
        _, finished, told = runner.run(kind, folder, moment)
        yield _looked_at(folder, model, (states[before], states[after]), fresh[after], kind, moment, finished, told)


def _states(articles: int) -> dict[str, State]:
    """Nothing; a library; the same with every second article changed and some new; every third gone; uploads beside."""
    first = {f"bai/{number:03d}": _article(number, "2020") for number in range(articles)}
    second = {
        found: _article(number, "2021") if number % 2 else article
        for number, (found, article) in enumerate(first.items())
    } | {f"moi/{number:03d}": _article(1000 + number, "2021") for number in range(articles // 4)}
    third = {found: article for number, (found, article) in enumerate(first.items()) if number % 3}
    uploaded = first | {f"{_UPLOAD}{number:03d}": _article(2000 + number, "2022") for number in range(_UPLOADS)}
    return {"empty": {}, "first": first, "second": second, "third": third, "uploaded": uploaded}


def _article(number: int, year: str) -> Article:
    # Random words, so that no two passages are alike: those that score the same have no order to compare.
    sentences = random_sentences(f"{number} {year}", 4 + 4 * (number % 3))
    return make_article(str(number), f"Tin số {number}", f"Giàn số {number} năm {year}. {sentences}")


def _write(state: State, folder: Path) -> None:
    """The files of a state: articles, and those that are to be uploaded."""
    for part, uploads in (("articles", False), ("incoming", True)):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
        chosen = {found: one for found, one in state.items() if found.startswith(_UPLOAD) is uploads}
        write_articles([make_article(found, one.title, one.body) for found, one in chosen.items()], folder / part)


def _settings(data_dir: Path, model: Path) -> Settings:
    return Settings.load(data_dir=data_dir, embedding_model=str(model), passage_words=_PASSAGE_WORDS)


@contextmanager
def _opened(data_dir: Path, model: Path) -> Iterator[Library]:
    settings = _settings(data_dir, model)
    with Library.opened(settings, PassageEmbeddings.from_settings(settings), _COMMAND) as library:
        yield library


def _prepare(folder: Path, model: Path, state: State) -> None:
    """A library in this state, copied from one that was made before."""
    data, kept = folder / "data", folder / "states" / str(len(state)) / "data"
    if not kept.exists():
        _write(state, folder)
        with _opened(kept, model) as library:
            if state:
                library.sync([folder / "articles"])
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(kept, data)


class _Runner:
    """Runs `Library.sync` in processes that start quickly, and kills them."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["rag.store.library", "sentence_transformers", __name__])

    def run(self, kind: str, folder: Path, seconds: float | None) -> tuple[float, bool, dict[str, str]]:
        """Start a run and kill it after so many seconds; None lets it finish.

        Returns:
            How long it took, whether it finished, and version by id of what it was last told to be written.
        """
        here, there = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_killed, args=(kind, folder, self._model, there))
        process.start()
        there.close()
        here.recv()  # it is about to open the library
        started = time.monotonic()
        process.join(seconds)
        if process.exitcode is None and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        took = time.monotonic() - started
        told: dict[str, str] = {}
        finished = False
        while True:
            try:
                said = here.recv()
            except (EOFError, OSError):
                break
            finished = said == "finished"
            told = told if finished else said
        return took, finished, told


def _killed(kind: str, folder: Path, model: Path, told: Connection) -> None:
    """In the process that is killed: work, and tell what is done as the run tells it."""
    silence_telemetry()
    sync._PUBLISHED_AT_ONCE = sync._WRITTEN_AT_ONCE = migrate._AT_ONCE = _PASSAGES_AT_ONCE  # noqa: SLF001 - many steps
    told.send("starting")
    with _opened(folder / "data", model) as library:
        _work(kind, library, folder, lambda: told.send({record.id: record.version for record in library.articles()}))
        told.send("finished")


def _work(kind: str, library: Library, folder: Path, tell: Callable[[], None] = lambda: None) -> None:
    """What a run of this kind does; a second run finishes what the first did not."""

    def progress(done: int, total: int) -> None:  # noqa: ARG001 - the library is asked instead
        tell()

    if kind == "rebuilding":
        library.rebuild(progress, anew=True)
        return
    library.sync([folder / "articles"], progress)
    if kind == "uploading":
        shelf = Shelf(library)
        if shelf.uploads.is_dir():
            library.sync([shelf.uploads], progress)
        there = {record.id for record in library.articles()}
        incoming = [file for file in sorted((folder / "incoming").iterdir()) if file.stem not in there]
        for _ in shelf.add_files(incoming) if incoming else ():
            tell()


@dataclass(frozen=True)
class _Contents:
    """What a library is compared by."""

    articles: tuple[tuple[str, str, Article | None], ...]
    passages: tuple[str, ...]
    answers: tuple[tuple[str, bool, tuple[tuple[str, float], ...]], ...]


def _contents(library: Library) -> _Contents:
    chatbot, answers = Chatbot(library), []
    for question in _QUESTIONS:
        answer = chatbot.ask(question)
        _, hits = chatbot.search(question)
        found = tuple((hit.stored.id, round(hit.score.total, 4)) for hit in hits)
        answers.append((answer.text, answer.abstained, found))
    return _Contents(
        tuple((record.id, record.version, library.article(record.id)) for record in library.articles()),
        tuple(sorted(stored.id for stored in library.vectors.all_passages())),
        tuple(answers),
    )


def _fresh(folder: Path, model: Path, states: dict[str, State]) -> dict[str, _Contents]:
    """The contents of a library made from nothing, for each state."""
    made = {}
    for name, state in states.items():
        if state:
            _write(state, folder)
            with _opened(folder / "fresh" / name, model) as library:
                _work("uploading" if name == "uploaded" else "adding", library, folder)
                made[name] = _contents(library)
    return made


def _looked_at(
    folder: Path,
    model: Path,
    states: tuple[State, State],
    fresh: _Contents,
    kind: str,
    moment: float,
    finished: bool,  # noqa: FBT001
    told: dict[str, str],
) -> Trial:
    started = time.monotonic()
    with _opened(folder / "data", model) as library:
        records = {record.id: record for record in library.articles()}
        lost = sum(1 for found, version in told.items() if _missing(library, found, version, states[1]))
        broken = sum(1 for found in records if not _is_one_of(library.article(found), found, states))
        broken += len((states[0].keys() & states[1].keys()) - records.keys())
        _work(kind, library, folder)
    seconds = time.monotonic() - started
    with _opened(folder / "data", model) as library:
        equal = _contents(library) == fresh
    return Trial(kind, moment, finished, len(told), lost, broken, equal, seconds)


def _missing(library: Library, found: str, version: str, wanted: State) -> bool:
    """Whether what was told to be written is not there any more; it may only have been removed since, if it should."""
    record = library.live.records.get(found)
    if record is None:
        return found in wanted
    return record.version != version and not _is_one_of(library.article(found), found, (wanted,))


def _is_one_of(article: Article | None, found: str, states: Sequence[State]) -> bool:
    texts = [state[found].body for state in states if found in state]
    return article is not None and article.body in texts


def _print(console: Console, trials: Sequence[Trial]) -> None:
    table = Table(title=f"kill -9 at {len(trials)} random moments of a run", title_justify="left")
    for column in ("the run was", "kills", "before its end", "articles told done", "of them lost", "broken articles",
                   "equal to a fresh library", "open and run again, s (median, worst)"):  # fmt: skip
        table.add_column(column, justify="left" if column == "the run was" else "right")
    for kind in [*dict.fromkeys(trial.kind for trial in trials), "all"]:
        some = [trial for trial in trials if kind in ("all", trial.kind)]
        seconds = sorted(trial.seconds for trial in some)
        table.add_row(
            kind,
            str(len(some)),
            str(sum(not trial.finished for trial in some)),
            str(sum(trial.acknowledged for trial in some)),
            str(sum(trial.lost for trial in some)),
            str(sum(trial.broken for trial in some)),
            f"{sum(trial.equal for trial in some)}/{len(some)}",
            f"{seconds[len(seconds) // 2]:.1f}, {seconds[-1]:.1f}",
        )
    console.print(table)
    where = machine()
    console.print(
        f"[dim]Tiny random model; articles published every {_PASSAGES_AT_ONCE} passages. {where['cpu']}, "
        f"{where['cores']} cores, load {where['load']} · {time.strftime('%Y-%m-%d')} · {command_line()}[/]",
        highlight=False,
    )


if __name__ == "__main__":
    main()
