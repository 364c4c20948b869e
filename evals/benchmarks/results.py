"""Where benchmarks leave their figures: one JSON file each, which `python -m evals.performance_page` reads.

The files are committed: they are small, and whoever reads `docs/performance.md` can look up the figures behind it, or
write the page anew without hours of measuring.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from evals.environment import command_line, date_and_time, machine, program_digest, versions

RESULTS = Path(__file__).parent / "results"
_THREADS = "OMP_NUM_THREADS"

Command = Callable[..., Any]


def results_option(command: Command) -> Command:
    """`--results DIR`, given to the command as `results`."""
    return click.option(
        "--results",
        type=click.Path(file_okay=False, path_type=Path),
        default=RESULTS,
        help="Folder of the JSON file with the figures, which the performance page is written from.",
    )(command)


def conditions() -> dict[str, Any]:
    """What is measured, where, when and how. Called before the measuring, so that `load` is the others' work.

    Paths of this machine are nobody's business: of each only the last name is kept.
    """
    command = " ".join(Path(word).name if "/" in word else word for word in command_line().split())
    return {
        "date": date_and_time(),
        "command": command,
        "machine": {**machine(), "threads": os.environ.get(_THREADS)},
        "program": program_digest(),
        "versions": dict(versions()),
    }


def conditions_line(measured_under: Mapping[str, Any]) -> str:
    """The same in one line, for under a table."""
    here = measured_under["machine"]
    parts = [f"{here['cpu']}, {here['cores']} cores, load {here['load']}"]
    parts += [f"{_THREADS}={here['threads']}"] if here["threads"] is not None else []
    return " · ".join([*parts, measured_under["date"], measured_under["command"]])


def write_result(folder: Path, benchmark: str, measured_under: Mapping[str, Any], figures: Mapping[str, Any]) -> Path:
    """Write the figures of one benchmark, in place of those before them.

    Args:
        folder: Made when missing.
        benchmark: Names the file.
        measured_under: From `conditions`.
        figures: Ready for JSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{benchmark}.json"
    result = {"benchmark": benchmark, "conditions": measured_under, "figures": figures}
    file.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


def read_result(folder: Path, benchmark: str) -> dict[str, Any] | None:
    """What `write_result` wrote; None where that benchmark has not been run."""
    file = folder / f"{benchmark}.json"
    if not file.exists():
        return None
    result: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return result
