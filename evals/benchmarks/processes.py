"""Measuring steps in processes of their own, so that memory, start-up and thread pools are each step's alone.

Imports nothing but the standard library and psutil: a step pays for what it imports itself.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
SPAWNED = "spawned"  # in a step's input: when its process was asked for, in seconds since 1970
_SAMPLED_EVERY = 0.02  # seconds
_SAID_AT_MOST = 2000  # characters of a failed step's stderr

Figures = dict[str, Any]
Step = Callable[[Mapping[str, Any]], Figures]


class StepError(Exception):
    """A measuring step failed or took too long. The message names the step, the limit and what it said."""


def run_step(module: str, task: str, given: Mapping[str, Any], timeout: float) -> Figures:
    """Run one task of a module in a new Python process and return what it measured.

    Args:
        module: Importable from the repository; it hands its tasks to `serve_steps`.
        task: Name of the task.
        given: Its input, ready for JSON; `SPAWNED` is added.
        timeout: Seconds, after which the process is killed.

    Raises:
        StepError: It failed, or took longer.
    """
    with tempfile.TemporaryDirectory(prefix="hoidap-step-") as name:
        out = Path(name) / "out.json"
        command = [sys.executable, "-m", module, task, str(out)]
        spoken = json.dumps({**given, SPAWNED: time.time()})
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                command,
                input=spoken,
                text=True,
                capture_output=True,
                cwd=REPOSITORY,
                env=quiet_environment(),
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise StepError(f"{module} {task} took longer than {timeout:.0f} s; allow more with --minutes.") from error
        if done.returncode != 0 or not out.exists():
            raise StepError(f"{module} {task} ended with {done.returncode}: {done.stderr.strip()[-_SAID_AT_MOST:]}")
        measured: Figures = json.loads(out.read_text(encoding="utf-8"))
        return measured


def serve_steps(tasks: Mapping[str, Step]) -> None:
    """What a module of tasks does when `run_step` runs it: the task's name and the file to write are its arguments."""
    task, out = sys.argv[1:3]
    measured = tasks[task](json.loads(sys.stdin.read()))
    Path(out).write_text(json.dumps({**measured, "peak_megabytes": peak_megabytes()}), encoding="utf-8")


def quiet_environment() -> dict[str, str]:
    """This process's environment, in which no library calls home or shows bars."""
    return {**os.environ, "ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def peak_megabytes(pid: int | None = None) -> float:
    """Highest resident memory so far of a process, in MB; where the system does not keep it, the present one.

    `ru_maxrss` is not used: a child starts with its parent's.

    Args:
        pid: Which process; None means this one.

    Raises:
        psutil.NoSuchProcess: It has ended.
    """
    process = psutil.Process(pid)
    with contextlib.suppress(OSError, StopIteration):  # no such file outside Linux
        lines = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
        return int(kilobytes) * 1024 / 1e6
    return float(process.memory_info().rss) / 1e6


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process now, in MB."""
    return float(psutil.Process(pid).memory_info().rss) / 1e6


@contextlib.contextmanager
def watched_peak(pid: int) -> Iterator[list[float]]:
    """Watch another process's memory in a `with` block; yields a list whose last value is its peak so far, in MB."""
    peaks = [0.0]
    stop = threading.Event()

    def watch() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            while not stop.wait(_SAMPLED_EVERY):
                peaks.append(max(peaks[-1], peak_megabytes(pid)))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        stop.set()
        thread.join()
