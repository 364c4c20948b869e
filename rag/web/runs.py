"""Evaluation runs as `hoidap eval` leaves them in the data directory, read without trusting that they are whole."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

# Metrics read first, in this order; a run need not have them all.
LEADING_METRICS = ("right", "right_answerable", "refusal_recall", "citation_precision", "f1_mlqa", "R@1", "nDCG@10")
_MOST_FAILURES = 200


class Figure(NamedTuple):
    """A mean over `n` questions with its 95 % interval, each 0 to 1."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class FailedQuestion:
    """A question that went wrong."""

    question: str
    kind: str
    wanted: str
    given: str
    why: str


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """One run.

    Attributes:
        name: Of its folder.
        date: When, as the run says it.
        dataset: Name of the questions' file.
        questions: How many were asked.
        complete: Whether all were.
        figures: The leading metrics that the run has, by name.
        by_type: Share of right answers by type of question, the largest group first.
        latency: Median and 95th percentile in seconds; None where it was not measured.
        failures: What went wrong, worst first.
        report: The report to look at, if there is one.
    """

    name: str
    date: str
    dataset: str
    questions: int
    complete: bool
    figures: Mapping[str, Figure] = field(default_factory=dict)
    by_type: Mapping[str, Figure] = field(default_factory=dict)
    latency: tuple[float, float] | None = None
    failures: tuple[FailedQuestion, ...] = ()
    report: Path | None = None


def evaluation_runs(data_dir: Path) -> list[EvaluationRun]:
    """The runs of a data directory, newest first; folders that hold none are passed over."""
    folders = (file.parent for file in (data_dir / "evaluations").glob("*/run.json"))
    runs = [run for run in map(_read, folders) if run is not None]
    return sorted(runs, key=lambda run: (run.date, run.name), reverse=True)


def report_of(data_dir: Path, name: str) -> Path | None:
    """The report of the run of this name; None where there is none, whatever the name tries."""
    return next((run.report for run in evaluation_runs(data_dir) if run.name == name), None)


def _read(folder: Path) -> EvaluationRun | None:
    info, metrics = _json(folder / "run.json"), _json(folder / "metrics.json")
    if not info:
        return None
    dataset, overall = _part(info, "dataset"), _part(metrics, "overall")
    report = folder / "report.html"
    return EvaluationRun(
        name=folder.name,
        date=str(_part(info, "environment").get("date", ""))[:16].replace("T", " "),
        dataset=str(dataset.get("name", "")),
        questions=_count(_part(metrics, "n").get("questions") or dataset.get("questions")),
        complete=info.get("status") == "complete",
        figures={name: figure for name in LEADING_METRICS if (figure := _figure(overall.get(name))) is not None},
        by_type={
            kind: figure
            for kind, group in _part(metrics, "by_type").items()
            if (figure := _figure(_part(_mapping(group), "figures").get("right"))) is not None
        },
        latency=_latency(_part(metrics, "latency")),
        failures=_failures(folder / "failures.csv"),
        report=report if report.is_file() else None,
    )


def _json(path: Path) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):  # a run that was cut off, or is being written
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _mapping(whole.get(name))


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _figure(value: object) -> Figure | None:
    try:
        parts = _mapping(value)
        return Figure(float(parts["mean"]), float(parts["low"]), float(parts["high"]), int(parts["n"]))
    except (KeyError, TypeError, ValueError):
        return None


def _latency(latency: Mapping[str, Any]) -> tuple[float, float] | None:
    median, late = _figure(latency.get("p50_seconds")), _figure(latency.get("p95_seconds"))
    return (median.mean, late.mean) if median is not None and late is not None else None


def _failures(path: Path) -> tuple[FailedQuestion, ...]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for _, row in zip(range(_MOST_FAILURES), csv.DictReader(file), strict=False)]
    except (OSError, ValueError, csv.Error):
        return ()
    return tuple(
        FailedQuestion(*((row.get(column) or "") for column in ("question", "type", "gold", "given", "why")))
        for row in rows
        if row.get("question")
    )
