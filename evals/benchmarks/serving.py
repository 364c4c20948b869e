"""The product's own commands in processes of their own: `hoidap ask`, `hoidap index`, and a page to load."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.processes import REPOSITORY, StepError, quiet_environment, watched_peak

_HOIDAP = (sys.executable, "-c", "from rag.cli import main; main()")
_ADDRESS = "Trang hỏi đáp: "
_SAID_AT_MOST = 2000  # characters of what a failed command said


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a command.

    Attributes:
        seconds: From the start of the process to its end.
        peak_megabytes: Highest resident memory, as sampled until the end.
        output: What it printed.
    """

    seconds: float
    peak_megabytes: float
    output: str


@dataclass(frozen=True, slots=True)
class Site:
    """A page that is up.

    Attributes:
        address: Of the page.
        pid: Of the process that serves it.
        spawned: When that process was started, as `time.monotonic` tells it.
    """

    address: str
    pid: int
    spawned: float


def run_hoidap(arguments: Sequence[str], timeout: float, program: Sequence[str] = _HOIDAP) -> Ran:
    """Run `hoidap` with these arguments in a new process, to its end.

    Args:
        arguments: Of the command line.
        timeout: Seconds, after which the process is killed.
        program: What takes them in its place.

    Raises:
        StepError: It ended with another code than 0, or took longer.
    """
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own
        [*program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=quiet_environment(),
    )
    with watched_peak(process.pid) as peaks:
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise StepError(f"hoidap {arguments[0]} took longer than {timeout:.0f} s.") from error
        seconds = time.perf_counter() - started
    if process.returncode != 0:
        said = (errors or output).strip()[-_SAID_AT_MOST:]
        raise StepError(f"hoidap {arguments[0]} ended with {process.returncode}: {said}")
    return Ran(seconds, peaks[-1], output)


@contextlib.contextmanager
def served(data: Path, index: Path | None = None, **settings: str) -> Iterator[Site]:
    """A page over a library, in a process of its own, for the length of a `with` block.

    Args:
        data: Data directory of the site.
        index: Articles to bring the library in step with first.
        settings: Further variables of the environment.

    Raises:
        StepError: The page did not come up; what the process said is on stderr.
    """
    command = [*_HOIDAP, "serve", "--port", "0", "--data", str(data)]
    command += ["--index", str(index)] if index is not None else []
    spawned = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own
        command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env={**quiet_environment(), **settings}
    )
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        lines = iter(process.stdout.readline, "")
        address = next((line.split(_ADDRESS)[1].split()[0] for line in lines if _ADDRESS in line), None)
        if address is None:
            raise StepError(f"hoidap serve ended with {process.wait()} before its page was up.")
        yield Site(address, process.pid, spawned)
    finally:
        process.terminate()
        process.wait()
