"""Two runs of the same questions: what changed, how sure that is, and which questions flipped each way."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.cases import DatasetError
from evals.definitions import BY_NAME, LOWER_IS_BETTER, METRICS
from evals.metrics import Estimate, paired_difference
from evals.outcomes import Outcome
from evals.runs import Run
from evals.words import percent, signed

BETTER, WORSE, UNSURE, SAME = "tốt hơn", "kém hơn", "chưa rõ", "như nhau"


@dataclass(frozen=True, slots=True)
class Change:
    """One metric in both runs, over the questions that count in both.

    Attributes:
        metric: Name of the metric.
        before: Its mean in the first run.
        after: Its mean in the second run.
        difference: `after - before` with its 95 % interval, by paired bootstrap.
        n: Questions that count in both.
        verdict: `BETTER` or `WORSE` where the interval holds no 0, `SAME` where nothing changed, else `UNSURE`.
    """

    metric: str
    before: float
    after: float
    difference: Estimate
    n: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        first: Name of the first run.
        second: Name of the second run.
        questions: Asked in both.
        changes: By metric, in the order of `METRICS`.
        gained: Questions that only the second run got right, as both answered them.
        lost: Questions that only the first run got right.
    """

    first: str
    second: str
    questions: int
    changes: tuple[Change, ...]
    gained: tuple[tuple[Outcome, Outcome], ...]
    lost: tuple[tuple[Outcome, Outcome], ...]

    def as_json(self) -> dict[str, Any]:
        """The same for tools, with the ids of the questions that flipped."""
        return {
            "first": self.first,
            "second": self.second,
            "questions": self.questions,
            "changes": [asdict(change) for change in self.changes],
            "gained": [after.id for _, after in self.gained],
            "lost": [after.id for _, after in self.lost],
        }


def compare(first: Run, second: Run) -> Comparison:
    """Set two runs side by side on the questions that both asked.

    Questions are the same when id and gold answers are; how they were typed may differ (`--unaccented`).

    Raises:
        DatasetError: They have no question in common.
    """
    before = {(one.id, *one.golds): one for one in first.outcomes}
    pairs = [(before[key], one) for one in second.outcomes if (key := (one.id, *one.golds)) in before]
    if not pairs:
        raise DatasetError(
            f"{first.name} và {second.name} không có câu hỏi nào chung.", "Hãy so hai lần đo trên cùng bộ câu hỏi."
        )
    found = (_change(name, pairs, second.options.seed) for name in BY_NAME)
    return Comparison(
        first.name,
        second.name,
        len(pairs),
        tuple(change for change in found if change is not None),
        gained=tuple((old, new) for old, new in pairs if _solved(new) and not _solved(old)),
        lost=tuple((old, new) for old, new in pairs if _solved(old) and not _solved(new)),
    )


def _change(name: str, pairs: list[tuple[Outcome, Outcome]], seed: int) -> Change | None:
    value = BY_NAME[name].value
    both = [(value(old), value(new)) for old, new in pairs]
    known = np.array([pair for pair in both if None not in pair], dtype=np.float64)
    if not known.size:
        return None
    difference = paired_difference(known[:, 1], known[:, 0], seed)
    return Change(
        name, float(known[:, 0].mean()), float(known[:, 1].mean()), difference, len(known), _verdict(name, difference)
    )


def _verdict(name: str, difference: Estimate) -> str:
    if difference.low == difference.high == 0:
        return SAME
    if difference.low <= 0 <= difference.high:
        return UNSURE
    return BETTER if (difference.mean > 0) != (name in LOWER_IS_BETTER) else WORSE


def _solved(outcome: Outcome) -> bool:
    """Right, or in a run of retrieval only, found first."""
    if outcome.right is not None:
        return outcome.right
    return outcome.retrieval is not None and outcome.retrieval["R@1"] == 1.0


def print_comparison(console: Console, comparison: Comparison) -> None:
    """A table of what changed, and the questions that flipped."""
    title = f"{comparison.first} → {comparison.second}: {comparison.questions} câu hỏi chung"
    table = Table(title=escape(title), title_justify="left")
    table.add_column("Chỉ số")
    for column in ("trước", "sau", "khác (khoảng 95 %)", "n"):
        table.add_column(column, justify="right")
    table.add_column("")
    labels = {metric.name: metric.label for metric in METRICS}
    colours = {BETTER: "green", WORSE: "red", UNSURE: "yellow", SAME: "dim"}
    for change in comparison.changes:
        table.add_row(
            escape(labels[change.metric]),
            percent({"mean": change.before}),
            percent({"mean": change.after}),
            signed(asdict(change.difference)),
            str(change.n),
            f"[{colours[change.verdict]}]{change.verdict}[/]",
        )
    console.print(table)
    for heading, flipped in (("Nay đúng, trước sai", comparison.gained), ("Nay sai, trước đúng", comparison.lost)):
        console.print(f"[bold]{heading}: {len(flipped)} câu[/]")
        for old, new in flipped:
            console.print(f"  {new.id}: {new.question}", markup=False, soft_wrap=True)
            console.print(f"    trước: {_said(old)} · sau: {_said(new)}", markup=False, style="dim", soft_wrap=True)


def _said(outcome: Outcome) -> str:
    if outcome.abstained:
        return "(từ chối)"
    return " | ".join(outcome.spans or ()) or outcome.given or "–"
