"""Figures in words that people read: names of types, styles and metrics, percentages as Vietnamese writes them."""

from collections.abc import Mapping
from typing import Any

from evals.definitions import METRICS

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
    "right_answerable": "câu có đáp án",
    "refusal_recall": "từ chối",
    "citation_precision": "trích đúng",
    "citation_recall": "trích đủ",
}


def percent(figure: Mapping[str, float] | None) -> str:
    """A share as people read it here: `81,3 %`; a dash where there is none."""
    return "–" if figure is None else f"{100 * figure['mean']:.1f} %".replace(".", ",")


def interval(figure: Mapping[str, float]) -> str:
    """The 95 % interval: `76,0–86,1`."""
    return f"{100 * figure['low']:.1f}–{100 * figure['high']:.1f}".replace(".", ",")


def signed(figure: Mapping[str, float]) -> str:
    """A difference in points, with its interval: `+3,1 (+0,4…+5,9)`."""
    numbers = [f"{100 * figure[name]:+.1f}".replace("-0.0", "+0.0") for name in ("mean", "low", "high")]
    return "{} ({}…{})".format(*numbers).replace(".", ",")


def area(figure: Mapping[str, float]) -> str:
    """An area under a curve, with its interval: `0,812 (0,75–0,87)`."""
    return f"{figure['mean']:.3f} ({figure['low']:.2f}–{figure['high']:.2f})".replace(".", ",")


def figure_rows(metrics: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every overall figure that was measured: `label`, `value`, `interval`, `n`, `meaning`, `source`."""
    measured = ((metric, metrics["overall"].get(metric.name)) for metric in METRICS)
    return [
        {
            "label": metric.label,
            "value": percent(figure),
            "interval": interval(figure),
            "n": str(figure["n"]),
            "meaning": metric.meaning,
            "source": metric.source,
        }
        for metric, figure in measured
        if figure is not None
    ]


def other_figures(metrics: Mapping[str, Any]) -> list[str]:
    """Abstention and latency, a line each, where they were measured."""
    lines = []
    abstention, latency = metrics["abstention"], metrics["latency"]
    areas = {"auroc_answerable": "có / không có trong bài", "auroc_right": "đúng / sai khi đã trả lời"}
    for name, label in areas.items():
        if name in abstention:
            lines.append(f"AUROC của độ tin cậy, {label}: {area(abstention[name])}, n = {abstention[name]['n']}")
    if "aurc" in abstention:
        lines.append(f"Diện tích dưới đường rủi ro – độ phủ (AURC): {area(abstention['aurc'])}, càng thấp càng tốt")
    for name, figure in metrics["judged"].items():
        label = {"faithfulness": "Bám sát trích dẫn", "answer_relevance": "Đúng ý câu hỏi"}.get(name, name)
        lines.append(f"{label}, do mô hình chấm: {percent(figure)} ({interval(figure)}), n = {figure['n']}")
    if latency:
        p50, p95 = (f"{1000 * latency[name]['mean']:.0f} ms" for name in ("p50_seconds", "p95_seconds"))
        lines.append(f"Thời gian trả lời: p50 {p50}, p95 {p95}, n = {latency['p50_seconds']['n']}")
    return lines
