"""The retrieval figures of one dataset: as a table for people, as JSON for tools."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.metrics import METRICS, Estimate, Values, estimate, estimates, paired_difference

AS_TYPED = "as typed"
STRIPPED = "no accents"
OURS = "ours"

_COMPARED = "R@1"  # the metric on which every system is set against ours


@dataclass(frozen=True)
class SystemResult:
    """What one system scored.

    Attributes:
        name: The system's.
        values: By typing (`AS_TYPED`, `STRIPPED`), by metric, one value a question: shape (questions,).
    """

    name: str
    values: Mapping[str, Mapping[str, Values]]

    def drop(self, metric: str) -> Values | None:
        """What stripping the accents costs, a question at a time; None where that was not asked."""
        if STRIPPED not in self.values:
            return None
        return self.values[AS_TYPED][metric] - self.values[STRIPPED][metric]


@dataclass(frozen=True)
class DatasetResult:
    """What every system scored on one dataset.

    Attributes:
        dataset: The file.
        digest: SHA-256 of it.
        questions: Ids of the questions asked.
        articles: Articles in the library.
        passages: Passages in the library.
        by_article: Whether articles were ranked, not passages.
        seed: Of the draw and of the bootstrap.
        systems: In the order of the table.
    """

    dataset: Path
    digest: str
    questions: tuple[str, ...]
    articles: int
    passages: int
    by_article: bool
    seed: int
    systems: tuple[SystemResult, ...]

    def system(self, name: str) -> SystemResult:
        """The system of this name.

        Raises:
            KeyError: It was not measured.
        """
        return {system.name: system for system in self.systems}[name]

    def behind_ours(self, system: SystemResult, typing: str) -> Estimate | None:
        """How much higher our R@1 is, paired; None for ours itself, or where ours was not measured."""
        ours = next((one for one in self.systems if one.name == OURS), None)
        if ours is None or system.name == OURS:
            return None
        return paired_difference(ours.values[typing][_COMPARED], system.values[typing][_COMPARED], self.seed)


def print_report(console: Console, result: DatasetResult, environment: Mapping[str, Any]) -> None:
    """One table, and under it what it was measured with.

    Args:
        console: Where to.
        result: Of one dataset.
        environment: As `evals.environment.environment` gives it.
    """
    unit = "articles" if result.by_article else "passages"
    title = (
        f"{escape(result.dataset.name)}: n = {len(result.questions)} questions, "
        f"{result.articles} articles, {result.passages} passages, ranked: {unit}"
    )
    table = Table(title=title, title_justify="left")
    table.add_column("system")
    table.add_column("questions")
    for metric in METRICS:
        table.add_column(metric, justify="right")
    table.add_column(f"{OURS} ahead, {_COMPARED}", justify="right")
    for system in result.systems:
        _add_rows(table, result, system)
    console.print(table)
    machine, embedding, versions = environment["machine"], environment["embedding"], environment["versions"]
    console.print(
        f"[dim]Mean with its 95 % bootstrap interval over questions (percentile, seed {result.seed}); "
        f"drops and differences are paired.\n"
        f"{escape(embedding['model'])} ({embedding['revision']}) · dataset sha256 {result.digest[:16]} · "
        f"hoidap {versions['hoidap']}, chromadb {versions['chromadb']}, tantivy {versions['tantivy']} · "
        f"{escape(machine['cpu'])}, {machine['cores']} cores\n"
        f"{environment['date']} · {escape(environment['command'])}[/]",
        highlight=False,
    )


def _add_rows(table: Table, result: DatasetResult, system: SystemResult) -> None:
    """As typed, without accents, and the drop between the two."""
    name = f"[bold]{escape(system.name)}[/]"
    for typing, values in system.values.items():
        cells = [_cell(one) for one in estimates(values, result.seed).values()]
        behind = result.behind_ours(system, typing)
        table.add_row(name, typing, *cells, _cell(behind, signed=True) if behind is not None else "")
        name = ""
    drops = [drop for metric in METRICS if (drop := system.drop(metric)) is not None]
    if drops:
        table.add_row("", "drop", *(_cell(estimate(drop, result.seed), signed=True) for drop in drops), "", style="dim")
    table.add_section()


def _cell(value: Estimate, *, signed: bool = False) -> str:
    form = "+.3f" if signed else ".3f"
    return f"{value.mean:{form}} [dim]{value.low:{form}}…{value.high:{form}}[/]"


def as_json(result: DatasetResult) -> dict[str, Any]:
    """The same figures for tools, with the ids of the questions that each system got wrong at rank 1."""
    return {
        "dataset": str(result.dataset),
        "sha256": result.digest,
        "questions": len(result.questions),
        "articles": result.articles,
        "passages": result.passages,
        "ranked": "articles" if result.by_article else "passages",
        "seed": result.seed,
        "systems": [_system_as_json(result, system) for system in result.systems],
    }


def _system_as_json(result: DatasetResult, system: SystemResult) -> dict[str, Any]:
    typings = {}
    for typing, values in system.values.items():
        behind = result.behind_ours(system, typing)
        wrong = [question for question, right in zip(result.questions, values[_COMPARED], strict=True) if not right]
        typings[typing] = {
            "metrics": {name: _rounded(one) for name, one in estimates(values, result.seed).items()},
            "ours_ahead": {_COMPARED: _rounded(behind)} if behind is not None else None,
            "wrong_at_1": wrong,
        }
    drops = {metric: drop for metric in METRICS if (drop := system.drop(metric)) is not None}
    return {
        "name": system.name,
        "typings": typings,
        "drop": {metric: _rounded(estimate(drop, result.seed)) for metric, drop in drops.items()},
    }


def _rounded(value: Estimate) -> dict[str, float]:
    return {name: round(number, 5) for name, number in asdict(value).items()}
