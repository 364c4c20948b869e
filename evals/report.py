"""A run as one page for a browser: no other file, no script, no request to anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from evals.charts import accuracy_bars, calibration_curve, latency_histogram, risk_coverage_curve
from evals.definitions import BY_NAME
from evals.failures import failures, why
from evals.outcomes import Outcome
from evals.words import KIND_NAMES, STYLE_NAMES, area, figure_rows, interval, other_figures, percent

_SHOWN = 15  # failures that need no click
_CARDS = ("right", "right_answerable", "refusal_recall", "citation_precision", "f1_mlqa", "R@1", "nDCG@10")
_LEAST_FOR_CURVES = 5  # answers


def report_page(name: str, info: Mapping[str, Any], metrics: Mapping[str, Any], outcomes: Sequence[Outcome]) -> str:
    """The page, as HTML.

    Args:
        name: Of the run.
        info: What run.json holds.
        metrics: What metrics.json holds.
        outcomes: The questions.
    """
    environment = Environment(
        loader=PackageLoader("evals"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html").render(
        name=name,
        dataset=info["dataset"],
        options=info["options"],
        environment=info["environment"],
        date=str(info["environment"]["date"])[:16].replace("T", " "),
        metrics=metrics,
        cards=_cards(metrics),
        plots=_plots(metrics, outcomes),
        failures=[{**asdict(one), "why": why(one)} for one in failures(outcomes)],
        shown=_SHOWN,
        kinds=KIND_NAMES,
        styles=STYLE_NAMES,
        rows=figure_rows(metrics),
        lines=other_figures(metrics),
    )


def _cards(metrics: Mapping[str, Any]) -> list[dict[str, str]]:
    """The figures that are read first, each with its interval and n."""
    figures = ((name, metrics["overall"].get(name)) for name in _CARDS)
    cards = [
        {
            "label": BY_NAME[name].label,
            "value": percent(figure),
            "note": f"khoảng 95 %: {interval(figure)} · n = {figure['n']}",
        }
        for name, figure in figures
        if figure is not None
    ]
    latency = metrics["latency"]
    if latency:
        p50, p95 = (f"{1000 * latency[name]['mean']:.0f} ms" for name in ("p50_seconds", "p95_seconds"))
        cards.append({"label": "Thời gian trả lời", "value": p50, "note": f"trung vị; p95 {p95}"})
    return cards


def _plots(metrics: Mapping[str, Any], outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    judged = "right" in metrics["overall"]
    metric = "right" if judged else "R@1"
    plots = [
        {"title": title, "svg": accuracy_bars(groups, names, metric), "note": "Vạch đen: khoảng 95 %."}
        for title, groups, names in (
            (f"{BY_NAME[metric].label} theo loại câu hỏi", metrics["by_type"], KIND_NAMES),
            (f"{BY_NAME[metric].label} theo cách gõ", metrics["by_style"], STYLE_NAMES),
        )
    ]
    answered = [one for one in outcomes if one.answered]
    if len(answered) < _LEAST_FOR_CURVES:
        return plots
    abstention, latency = metrics["abstention"], metrics["latency"]
    share = len(answered) / len(outcomes)
    confidences, right = [one.confidence or 0.0 for one in answered], [bool(one.right) for one in answered]
    seconds = [one.seconds for one in outcomes if one.seconds is not None]
    return [
        *plots,
        {
            "title": "Rủi ro theo độ phủ",
            "svg": risk_coverage_curve(abstention["risk_coverage"], share),
            "note": f"Càng thấp càng tốt. Diện tích (AURC): {area(abstention['aurc'])}.",
        },
        {
            "title": "Độ tin cậy có đáng tin không",
            "svg": calibration_curve(confidences, right),
            "note": "Mỗi điểm là một nhóm câu trả lời; nằm trên đường chéo là báo đúng.",
        },
        {
            "title": "Thời gian trả lời",
            "svg": latency_histogram(seconds, latency["p50_seconds"]["mean"], latency["p95_seconds"]["mean"]),
            "note": f"n = {len(seconds)} câu hỏi.",
        },
    ]
