"""Long benchmarks in steps: each finished step is kept, so that a run that was stopped goes on where it was."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from evals.benchmarks.processes import Figures

_FILE = "steps.json"


class Steps:
    """The steps of one benchmark run, told on stderr as they begin and end.

    Args:
        folder: Where finished steps are kept, beside the data they made.
        console: For progress; None takes stderr.
    """

    def __init__(self, folder: Path, console: Console | None = None) -> None:
        self._file = folder / _FILE
        self._console = console or Console(stderr=True, highlight=False)
        self._told: set[str] = set()
        self._done: dict[str, Any] = {}
        if self._file.exists():
            self._done = json.loads(self._file.read_text(encoding="utf-8"))

    def run(self, name: str, depends: Mapping[str, Any], action: Callable[[], Figures]) -> Figures:
        """Take a step, or what it gave when it was last taken.

        Args:
            name: Unique in the benchmark.
            depends: What the figures depend on, ready for JSON; a step taken under others is taken again.
            action: The step. Gives figures ready for JSON.
        """
        held = self._done.get(name)
        under = json.loads(json.dumps(depends))
        if held is not None and held["depends"] == under:
            if name not in self._told:
                self._console.print(f"[dim]{name}: kept from an earlier run[/]")
                self._told.add(name)
            figures: Figures = held["figures"]
            return figures
        started = time.monotonic()
        self._told.add(name)
        self._console.print(f"{name} …")
        figures = action()
        self._console.print(f"{name}: {time.monotonic() - started:,.1f} s")
        self._done[name] = {"depends": under, "figures": figures}
        temporary = self._file.with_suffix(".new")
        temporary.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(self._done, ensure_ascii=False), encoding="utf-8")
        temporary.replace(self._file)
        return figures
