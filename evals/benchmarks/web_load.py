"""How the page answers many users at once.

    python -m evals.benchmarks.web_load --users 16 --users 64 --seconds 120

Each user asks one question after the other, without a pause, over HTTP as the page does; one whom the full line refuses
asks again a second later. Without an address a site over the articles in `corpus/` is served from a process of its own
on this machine, with the settings of the environment (`HOIDAP_ANSWERS_AT_ONCE`, `HOIDAP_MAX_WAITING_QUESTIONS`). The
users share the machine with it. Before that, one browser asks ten questions and times them from the click to the
finished answer, where a Chromium is installed.
"""

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from gradio_client import Client
from rich.console import Console
from rich.table import Table

from evals.benchmarks.processes import Figures, StepError, peak_megabytes
from evals.benchmarks.questions import dev_questions
from evals.benchmarks.results import conditions, conditions_line, results_option, write_result
from evals.benchmarks.serving import served
from evals.environment import output_console
from evals.progress import tracked
from evals.workspace import CORPUS
from rag.settings import Settings, silence_telemetry
from rag.web.line import FULL

_REFUSED = FULL.partition("{")[0]  # how the message begins that the full line gives
_PAUSE = 1.0  # seconds before a refused user asks again
_HUNG = 120.0  # seconds after which an answer is given up as an error
_QUESTIONS = 240  # asked in turn
_KINDS_SHOWN = 5
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


def ask_at_once(address: str, questions: Sequence[str], users: int, seconds: float) -> Load:
    """Let `users` ask for `seconds`, each starting with another question.

    Args:
        address: Of the page.
        questions: What is asked.
        users: How many ask at the same time.
        seconds: How long; questions that are under way then are waited for.
    """
    clients = [_client(address) for _ in range(users)]
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


def _client(address: str) -> Client:
    """One user; a busy machine may take longer to connect than httpx waits by itself."""
    return Client(address, verbose=False, httpx_kwargs={"timeout": _HUNG})


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


@click.command()
@click.argument("address", required=False)
@click.option("--users", type=click.IntRange(1, 200), multiple=True, default=(16, 64), show_default=True)
@click.option("--seconds", type=click.FloatRange(1, 3600), default=120.0, show_default=True, help="For each number.")
@click.option("--clicks", type=click.IntRange(0, 100), default=10, show_default=True, help="Questions in a browser.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Serve this library instead of the corpus. It is opened: give a copy.",
)
@results_option
def main(
    address: str | None, *, users: tuple[int, ...], seconds: float, clicks: int, data: Path | None, results: Path
) -> None:
    """Measure the page at ADDRESS, or one that is served here, and write the figures."""
    silence_telemetry()
    measured_under = conditions()
    questions = dev_questions(_QUESTIONS)
    loads = []
    try:
        with contextlib.ExitStack() as stack:
            where, pid = _site(stack, address, data)
            _client(where).predict(questions[0], api_name="/ask")  # the models are warm from here on
            clicked = click_to_answer(where, questions[1 : 1 + clicks]) if clicks else None
            for number in tracked(users, "users"):
                load = ask_at_once(where, questions, number, seconds)
                peak = peak_megabytes(pid) if pid is not None else None
                loads.append({**summary(load), "peak_megabytes": peak})
    except StepError as error:
        raise click.ClickException(str(error)) from error
    settings = Settings.load()
    figures = {
        "seconds": seconds,
        "answers_at_once": settings.answers_at_once,
        "max_waiting_questions": settings.max_waiting_questions,
        "loads": loads,
        "click_to_answer_seconds": clicked,
    }
    console = output_console()
    print_figures(console, figures)
    console.print(f"[dim]{conditions_line(measured_under)}[/]", highlight=False)
    console.print(f"{write_result(results, 'web_load', measured_under, figures)}", markup=False, soft_wrap=True)


def _site(stack: contextlib.ExitStack, address: str | None, data: Path | None) -> tuple[str, int | None]:
    """Address of the page, and its process where it is one of this machine's that was started here."""
    if address is not None:
        return address, None
    if data is not None:
        site = stack.enter_context(served(data.resolve()))
    else:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hoidap-load-"))
        site = stack.enter_context(served(Path(folder), index=CORPUS))
    return site.address, site.pid


def summary(load: Load) -> Figures:
    """Of one load: how many were answered, how fast, and what went wrong, ready for JSON."""
    p50, p95, slowest = np.percentile(load.seconds, [50, 95, 100]).tolist() if load.seconds else (None, None, None)
    return {
        "users": load.users,
        "answers": len(load.seconds),
        "per_second": len(load.seconds) / load.wall,
        "p50": p50,
        "p95": p95,
        "slowest": slowest,
        "errors": len(load.errors),
        "refused": load.refused,
        "kinds_of_errors": sorted(set(load.errors))[:_KINDS_SHOWN],
        "wall": load.wall,
    }


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """A row for each number of users."""
    line = f"{figures['answers_at_once']} answered at once, {figures['max_waiting_questions']} may wait"
    table = Table(title=f"{figures['seconds']:g} s each, {line}", title_justify="left")
    for column in ("users", "answers", "per second", "p50", "p95", "slowest", "errors", "refused", "peak MB"):
        table.add_column(column, justify="right")
    for one in figures["loads"]:
        times = ["–" if one[name] is None else f"{one[name]:.2f} s" for name in ("p50", "p95", "slowest")]
        peak = "–" if one["peak_megabytes"] is None else f"{one['peak_megabytes']:,.0f}"
        counts = [str(one["errors"]), str(one["refused"]), peak]
        table.add_row(str(one["users"]), str(one["answers"]), f"{one['per_second']:.1f}", *times, *counts)
    console.print(table)
    for kind in dict.fromkeys(kind for one in figures["loads"] for kind in one["kinds_of_errors"]):
        console.print(kind, markup=False)
    clicks = figures["click_to_answer_seconds"]
    if clicks:
        console.print(
            f"click to answer in a browser, n = {len(clicks)}: median {np.median(clicks):.2f} s, "
            f"slowest {max(clicks):.2f} s",
            highlight=False,
        )


if __name__ == "__main__":
    main()
