"""Benchmarks at sizes that mean nothing, their steps in this process: what is tested is that they measure and tell."""

import importlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evals.benchmarks import answer_latency, libraries, vector_store
from evals.benchmarks.processes import SPAWNED, Figures


@pytest.fixture
def steps_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps run here, without the seconds of imports that a process of their own takes."""

    def run_step(module: str, task: str, given: Mapping[str, Any], timeout: float) -> Figures:  # noqa: ARG001
        tasks = importlib.import_module(module).TASKS
        measured = tasks[task](json.loads(json.dumps({**given, SPAWNED: time.time()})))
        figures: Figures = json.loads(json.dumps({**measured, "peak_megabytes": 1.0}))
        return figures

    for owner in (answer_latency, libraries, vector_store):
        monkeypatch.setattr(owner, "run_step", run_step)


@pytest.fixture
def with_the_tiny_model(monkeypatch: pytest.MonkeyPatch, tiny_model: Path) -> None:
    """The settings name a model that costs next to nothing."""
    monkeypatch.setenv("HOIDAP_EMBEDDING_MODEL", str(tiny_model))
