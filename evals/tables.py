"""What `hoidap eval` prints for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.definitions import HEADLINES, METRICS
from evals.runs import FAILURES_FILE, METRICS_FILE, REPORT_FILE, Run

KIND_NAMES = {
    "who": "ai",
    "when": "khi nào",
    "where": "ở đâu",
    "what": "cái gì",
    "why": "vì sao",
    "role": "chức vụ",
    "how_many": "bao nhiêu",
    "list": "liệt kê",
    "yes_no": "có hay không",
    "compare": "so sánh",
    "unanswerable": "không có trong bài",
}
STYLE_NAMES = {
    "plain": "bình thường",
    "unaccented": "không dấu",
    "abbrev": "viết tắt",
    "colloquial": "khẩu ngữ",
    "followup": "hỏi tiếp",
}


SHORT_LABELS = {
    "right": "đúng",
    "right_answerable": "đúng, có đáp án",
    "refusal_recall": "từ chối phải",
    "citation_precision": "trích đúng",
    "citation_recall": "trích đủ",
}


def percent(figure: Mapping[str, float] | None) -> str:
    """A share as people read it here: `81,3 %`; a dash where there is none."""
    return "–" if figure is None else f"{100 * figure['mean']:.1f} %".replace(".", ",")


def interval(figure: Mapping[str, float]) -> str:
    """The 95 % interval: `76,0–86,1`."""
    return f"{100 * figure['low']:.1f}–{100 * figure['high']:.1f}".replace(".", ",")


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
        console.print(line, markup=False)
    files = ", ".join(file for file in (REPORT_FILE, METRICS_FILE, FAILURES_FILE) if (run.folder / file).exists())
    console.print(f"Kết quả: {run.folder} ({files})", markup=False, soft_wrap=True)


def print_runs(console: Console, runs: Sequence[Run]) -> None:
    """One line a run, oldest first."""
    if not runs:
        console.print("Chưa có lần đo nào. Hãy chạy `hoidap eval`.", markup=False)
        return
    table = Table()
    for column in ("Lần đo", "Ngày", "Bộ câu hỏi", "Số câu", "Đúng"):
        table.add_column(column, justify="right" if column in ("Số câu", "Đúng") else "left")
    for run in runs:
        right = run.metrics["overall"].get("right") if run.outcomes else None
        asked = f"{len(run.outcomes)}/{run.info['dataset']['questions']}"
        date = str(run.info["environment"]["date"])[:16].replace("T", " ")
        table.add_row(escape(run.name), date, escape(run.info["dataset"]["name"]), asked, percent(right))
    console.print(table)


def other_figures(metrics: Mapping[str, Any]) -> list[str]:
    """Abstention and latency, a line each, where they were measured."""
    lines = []
    abstention, latency = metrics["abstention"], metrics["latency"]
    areas = {"auroc_answerable": "có / không có trong bài", "auroc_right": "đúng / sai khi đã trả lời"}
    for name, label in areas.items():
        if name in abstention:
            figure = abstention[name]
            numbers = f"{figure['mean']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})".replace(".", ",")
            lines.append(f"AUROC của độ tin cậy, {label}: {numbers}, n = {figure['n']}")
    if latency:
        p50, p95 = (f"{1000 * latency[name]['mean']:.0f} ms" for name in ("p50_seconds", "p95_seconds"))
        lines.append(f"Thời gian trả lời: p50 {p50}, p95 {p95}, n = {latency['p50_seconds']['n']}")
    return lines


def _overall(metrics: Mapping[str, Any], title: str) -> Table:
    table = Table(title=escape(title), title_justify="left")
    table.add_column("Chỉ số")
    table.add_column("Giá trị", justify="right")
    table.add_column("khoảng 95 %", justify="right")
    table.add_column("n", justify="right")
    for metric in METRICS:
        figure = metrics["overall"].get(metric.name)
        if figure is not None:
            table.add_row(escape(metric.label), percent(figure), interval(figure), str(figure["n"]))
    return table


def _groups(title: str, groups: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    shown = [name for name in HEADLINES if any(name in group["figures"] for group in groups.values())]
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column("n", justify="right")
    for name in shown:
        table.add_column(SHORT_LABELS.get(name, name), justify="right")
    for group, content in groups.items():
        cells = [percent(content["figures"].get(name)) for name in shown]
        table.add_row(escape(names.get(group, group)), str(content["n"]), *cells)
    return table
