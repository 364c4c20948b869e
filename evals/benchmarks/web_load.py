"""How the page answers many users at once: `python -m evals.benchmarks.web_load [ADDRESS] [--users 16] [--seconds 60]`.

Each user asks one question after the other, without a pause, over HTTP as the page does. Without an address a site
over the articles in `corpus/` is served from a process of its own on this machine. Before that, one browser asks one
question and times it from the click to the finished answer, where a Chromium is installed.
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
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from gradio_client import Client
from rich.table import Table

from evals.environment import machine, output_console
from rag.settings import silence_telemetry

ROOT = Path(__file__).resolve().parents[2]
BROWSER_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@dataclass(frozen=True, slots=True)
class Load:
    """What many users saw.

    Attributes:
        seconds: From question to answer, one for each answer.
        errors: What went wrong.
        wall: Seconds that the whole took.
    """

    seconds: tuple[float, ...]
    errors: tuple[str, ...]
    wall: float


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
    started = time.monotonic()

    def use(number: int) -> None:
        asked = number * 7
        while time.monotonic() - started < seconds:
            before = time.monotonic()
            try:
                clients[number].predict(questions[asked % len(questions)], api_name="/ask")
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what the benchmark counts
                errors.append(f"{type(error).__name__}: {error}")
            else:
                taken.append(time.monotonic() - before)
            asked += 1

    threads = [threading.Thread(target=use, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(tuple(taken), tuple(errors), time.monotonic() - started)


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
def served_corpus(data: Path) -> Iterator[str]:
    """A site over the corpus in a process of its own; its address.

    Args:
        data: Data directory of the site.
    """
    serve = [sys.executable, "-c", "from rag.cli import main; main()", "serve", "--port", "0"]
    command = [*serve, "--index", str(ROOT / "corpus"), "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603 - our own
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        lines = iter(process.stdout.readline, "")
        yield next(line.split("Trang hỏi đáp: ")[1].split()[0] for line in lines if "Trang hỏi đáp: " in line)
    finally:
        process.terminate()
        process.wait()


def _questions(dataset: Path) -> list[str]:
    return [json.loads(line)["question"] for line in dataset.read_text(encoding="utf-8").splitlines()]


@click.command()
@click.argument("address", required=False)
@click.option("--users", type=click.IntRange(1, 200), default=16, show_default=True)
@click.option("--seconds", type=click.FloatRange(1, 3600), default=60.0, show_default=True)
def main(address: str | None, users: int, seconds: float) -> None:
    """Measure and print."""
    silence_telemetry()
    questions = _questions(ROOT / "evals" / "datasets" / "dev.jsonl")
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-load-")))
        where = address or stack.enter_context(served_corpus(data))
        Client(where, verbose=False).predict(questions[0], api_name="/ask")  # the models are warm from here on
        clicks = click_to_answer(where, questions[1:11])
        load = ask_at_once(where, questions, users, seconds)
    console = output_console()
    table = Table(title=f"{users} users, {load.wall:.0f} s, {machine()}")
    for column in ("answers", "per second", "p50", "p95", "slowest", "errors"):
        table.add_column(column, justify="right")
    p50, p95, slowest = np.percentile(load.seconds, [50, 95, 100]) if load.seconds else (0.0, 0.0, 0.0)
    rate = len(load.seconds) / load.wall
    figures = [f"{rate:.1f}", f"{p50:.2f} s", f"{p95:.2f} s", f"{slowest:.2f} s", str(len(load.errors))]
    table.add_row(str(len(load.seconds)), *figures)
    console.print(table)
    for error in sorted(set(load.errors))[:5]:
        console.print(error, markup=False)
    if clicks:
        console.print(
            f"click to answer in a browser, n = {len(clicks)}: median {np.median(clicks):.2f} s, "
            f"slowest {max(clicks):.2f} s"
        )


if __name__ == "__main__":
    main()
