"""How the page answers many users at once: `python -m evals.benchmarks.web_load [ADDRESS] [--users 16 --users 64]`.

Each user asks one question after the other, without a pause, over HTTP as the page does; one whom the full line refuses
asks again a second later. Without an address a site over the articles in `corpus/` is served from a process of its own
on this machine, with the settings of the environment (`HOIDAP_ANSWERS_AT_ONCE`, `HOIDAP_MAX_WAITING_QUESTIONS`). The
users share the machine with it. Before that, one browser asks ten questions and times them from the click to the
finished answer, where a Chromium is installed.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
from gradio_client import Client
from rich.table import Table

from evals.environment import command_line, machine, output_console, program_digest
from rag.settings import Settings, silence_telemetry
from rag.web.line import FULL

ROOT = Path(__file__).resolve().parents[2]
_REFUSED = FULL.partition("{")[0]  # how the message begins that the full line gives
_PAUSE = 1.0  # seconds before a refused user asks again
_HUNG = 120.0  # seconds after which an answer is given up as an error
BROWSER_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@dataclass(frozen=True, slots=True)
class Load:
    """What many users saw.

    Attributes:
        users: How many asked.
        seconds: From question to answer, one for each answer.
        refused: How often the line was full.
        errors: What went wrong beside that.
        wall: Seconds that the whole took.
    """

    users: int
    seconds: tuple[float, ...]
    refused: int
    errors: tuple[str, ...]
    wall: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Seconds are from question to answer.

    Attributes:
        users: How many asked at the same time.
        answers: How many answers they got.
        per_second: The same, a second.
        p50: Median of the seconds.
        p95: 95th percentile of the seconds.
        slowest: The most.
        errors: How many questions failed.
        refused: How many questions the full line refused.
        peak_megabytes: Highest resident memory of the server's process so far; None where it cannot be known.
    """

    users: int
    answers: int
    per_second: float
    p50: float
    p95: float
    slowest: float
    errors: int
    refused: int
    peak_megabytes: float | None


def ask_at_once(address: str, questions: Sequence[str], users: int, seconds: float) -> Load:
    """Let `users` ask for `seconds`, each starting with another question.

    Args:
        address: Of the page.
        questions: What is asked.
        users: How many ask at the same time.
        seconds: How long; questions that are under way then are waited for.
    """
    clients = [Client(address, verbose=False) for _ in range(users)]
    taken: list[float] = []
    errors: list[str] = []
    refused: list[int] = []
    started = time.monotonic()

    def use(number: int) -> None:
        asked = number * 7
        while time.monotonic() - started < seconds:
            before = time.monotonic()
            try:
                clients[number].submit(questions[asked % len(questions)], api_name="/ask").result(_HUNG)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what the benchmark counts
                if _REFUSED in str(error):
                    refused.append(number)
                    time.sleep(_PAUSE)
                else:
                    errors.append(f"{type(error).__name__}: {error}")
            else:
                taken.append(time.monotonic() - before)
            asked += 1

    threads = [threading.Thread(target=use, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(users, tuple(taken), len(refused), tuple(errors), time.monotonic() - started)


def browser_path() -> str | None:
    """This machine's Chromium, if it has one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def click_to_answer(address: str, questions: Sequence[str]) -> list[float] | None:
    """Seconds from Enter to the finished answer in a browser, one a question; None without a browser."""
    found = browser_path()
    if found is None:
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    taken = []
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=found, args=list(BROWSER_FLAGS)).new_page()
        page.goto(address)
        for number, question in enumerate(questions):
            page.locator("#question textarea").fill(question)
            before = time.monotonic()
            page.keyboard.press("Enter")
            page.locator(f".turn[data-state=answered] >> nth={number}").wait_for()
            taken.append(time.monotonic() - before)
    return taken


@contextlib.contextmanager
def served_corpus(data: Path) -> Iterator[tuple[str, int]]:
    """A site over the corpus in a process of its own; its address, and the process's number.

    Args:
        data: Data directory of the site.
    """
    serve = [sys.executable, "-c", "from rag.cli import main; main()", "serve", "--port", "0"]
    command = [*serve, "--index", str(ROOT / "corpus"), "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603 - our own
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        lines = iter(process.stdout.readline, "")
        where = next(line.split("Trang hỏi đáp: ")[1].split()[0] for line in lines if "Trang hỏi đáp: " in line)
        yield where, process.pid
    finally:
        process.terminate()
        process.wait()


def _questions(dataset: Path) -> list[str]:
    return [json.loads(line)["question"] for line in dataset.read_text(encoding="utf-8").splitlines()]


def peak_megabytes(process: int | None) -> float | None:
    """Highest resident memory of a process so far, as Linux counts it; None elsewhere or without a process."""
    status = Path(f"/proc/{process}/status")
    if process is None or not status.exists():
        return None
    kilobytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1e3


def row_of(load: Load, peak: float | None) -> Row:
    """The figures of a load.

    Args:
        load: What the users saw.
        peak: Peak memory of the server, MB.
    """
    p50, p95, slowest = np.percentile(load.seconds, [50, 95, 100]) if load.seconds else (0.0, 0.0, 0.0)
    answers = len(load.seconds)
    return Row(
        users=load.users,
        answers=answers,
        per_second=round(answers / load.wall, 2),
        p50=round(float(p50), 3),
        p95=round(float(p95), 3),
        slowest=round(float(slowest), 3),
        errors=len(load.errors),
        refused=load.refused,
        peak_megabytes=peak,
    )


def _table(rows: Sequence[Row], seconds: float, settings: Settings) -> Table:
    line = f"{settings.answers_at_once} answered at once, {settings.max_waiting_questions} may wait"
    here = machine()
    table = Table(title=f"{seconds:g} s each, {line}; {here['cpu']}, {here['cores']} cores")
    for column in ("users", "answers", "per second", "p50", "p95", "slowest", "errors", "refused", "server's peak, MB"):
        table.add_column(column, justify="right")
    for row in rows:
        times = (f"{taken:.2f} s" for taken in (row.p50, row.p95, row.slowest))
        peak = f"{row.peak_megabytes:,.0f}" if row.peak_megabytes is not None else "unknown"
        counts = (str(row.errors), str(row.refused), peak)
        table.add_row(str(row.users), str(row.answers), f"{row.per_second:.1f}", *times, *counts)
    return table


@click.command()
@click.argument("address", required=False)
@click.option("--users", type=click.IntRange(1, 200), multiple=True, default=(16, 64), show_default=True)
@click.option("--seconds", type=click.FloatRange(1, 3600), default=120.0, show_default=True, help="For each of them.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Writes the figures as JSON too.")
def main(address: str | None, users: tuple[int, ...], seconds: float, output: Path | None) -> None:
    """Measure and print."""
    silence_telemetry()
    settings = Settings.load()
    questions = _questions(ROOT / "evals" / "datasets" / "dev.jsonl")
    errors: set[str] = set()
    rows = []
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-load-")))
        where, process = (address, None) if address else stack.enter_context(served_corpus(data))
        Client(where, verbose=False).predict(questions[0], api_name="/ask")  # the models are warm from here on
        clicks = click_to_answer(where, questions[1:11])
        for number in users:
            load = ask_at_once(where, questions, number, seconds)
            errors.update(load.errors)
            rows.append(row_of(load, peak_megabytes(process)))
    console = output_console()
    console.print(_table(rows, seconds, settings))
    for error in sorted(errors)[:5]:
        console.print(error, markup=False)
    if clicks:
        console.print(
            f"click to answer in a browser, n = {len(clicks)}: median {np.median(clicks):.2f} s, "
            f"slowest {max(clicks):.2f} s"
        )
    if output is not None:
        figures = {
            "command": command_line(),
            "machine": machine(),
            "program": program_digest(),
            "seconds": seconds,
            "answers_at_once": settings.answers_at_once,
            "max_waiting_questions": settings.max_waiting_questions,
            "rows": [asdict(row) for row in rows],
            "clicks": clicks or [],
        }
        output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
