"""What `hoidap eval` prints for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.runs import FAILURES_FILE, METRICS_FILE, REPORT_FILE, Run
from evals.words import KIND_NAMES, SHORT_LABELS, STYLE_NAMES, figure_rows, other_figures, percent

# Of the headlines, those that fit a terminal.
_COLUMNS = ("right", "right_answerable", "refusal_recall", "citation_precision", "citation_recall", "R@1")


def print_run(console: Console, run: Run) -> None:
    """The figures of a run: overall, by type and by style, and where the folder is."""
    metrics, dataset = run.metrics, run.info["dataset"]
    console.print(
        _overall(metrics, f"{dataset['name']}: {metrics['n']['questions']} câu hỏi, {dataset['articles']} bài")
    )
    for title, group, names in (
        ("Theo loại câu hỏi", metrics["by_type"], KIND_NAMES),
        ("Theo cách gõ", metrics["by_style"], STYLE_NAMES),
    ):
        console.print(_groups(title, group, names))
    for line in other_figures(metrics):
        console.print(line, markup=False, soft_wrap=True)
    files = ", ".join(file for file in (REPORT_FILE, METRICS_FILE, FAILURES_FILE) if (run.folder / file).exists())
    console.print(f"Kết quả: {run.folder} ({files})", markup=False, soft_wrap=True)


def print_runs(console: Console, runs: Sequence[Run]) -> None:
    """One line a run, oldest first."""
    if not runs:
        console.print("Chưa có lần đo nào. Hãy chạy `hoidap eval`.", markup=False)
        return
    table = Table()
    for column in ("Lần đo", "Ngày", "Bộ câu hỏi", "Số câu", "Đúng"):
        table.add_column(column, justify="right" if column in ("Số câu", "Đúng") else "left", overflow="fold")
    for run in runs:
        asked = f"{len(run.outcomes)}/{run.info['dataset']['questions']}"
        date = str(run.info["environment"]["date"])[:16].replace("T", " ")
        table.add_row(escape(run.name), date, escape(run.info["dataset"]["name"]), asked, percent(run.share_right))
    console.print(table)


def _overall(metrics: Mapping[str, Any], title: str) -> Table:
    table = Table(title=escape(title), title_justify="left")
    table.add_column("Chỉ số")
    table.add_column("Giá trị", justify="right")
    table.add_column("khoảng 95 %", justify="right")
    table.add_column("n", justify="right")
    for row in figure_rows(metrics):
        table.add_row(escape(row["label"]), row["value"], row["interval"], row["n"])
    return table


def _groups(title: str, groups: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    shown = [name for name in _COLUMNS if any(name in group["figures"] for group in groups.values())]
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("n", justify="right")
    for name in shown:
        table.add_column(SHORT_LABELS.get(name, name), justify="right")
    for group, content in groups.items():
        cells = [percent(content["figures"].get(name)) for name in shown]
        table.add_row(escape(names.get(group, group)), str(content["n"]), *cells)
    return table
