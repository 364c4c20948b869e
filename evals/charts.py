"""The plots of a report, each a piece of SVG that stands in a page without any other file."""

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

_BLUE, _GREY, _RED = "#2563eb", "#94a3b8", "#dc2626"
_WIDTH = 6.4  # inches, of which the page shows 72 points each
_BAR_HEIGHT = 0.36
_MOST_BINS = 30


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Plain axes, and text that stays text: it can be searched and copied, and takes the page's font."""
    with mpl.rc_context():
        mpl.rc("svg", fonttype="none", hashsalt="hoidap")  # the same figure is the same text, each time
        mpl.rc("font", family="sans-serif", size=10)
        mpl.rc("axes.spines", top=False, right=False)
        yield


def accuracy_bars(groups: Mapping[str, Any], names: Mapping[str, str], metric: str = "right") -> str:
    """One bar a group with its 95 % interval and n, the largest group on top.

    Args:
        groups: `by_type` or `by_style` of metrics.json.
        names: What people call the groups.
        metric: Which figure.
    """
    shown = [(names.get(name, name), group["figures"][metric]) for name, group in groups.items()][::-1]
    with styled():
        figure = Figure(figsize=(_WIDTH, 0.7 + _BAR_HEIGHT * len(shown)), layout="constrained")
        axes = figure.add_subplot()
        for place, (_, one) in enumerate(shown):
            axes.barh(place, one["mean"], color=_BLUE, height=0.62)
            axes.plot([one["low"], one["high"]], [place, place], color="#0f172a", linewidth=1.4)
            label = f"{100 * one['mean']:.0f} %  (n = {one['n']})"
            axes.annotate(label, (1.03, place), va="center", annotation_clip=False, fontsize=9)
        axes.set_yticks(range(len(shown)), [label for label, _ in shown])
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(FuncFormatter(_as_percent))
        return svg(figure, axes)


def risk_coverage_curve(points: Sequence[Sequence[float]], answered: float) -> str:
    """Share of wrong answers among those given, the more questions are answered, most confident first.

    Args:
        points: `(coverage, risk)`, from 0 to 1.
        answered: Share of the questions that the system chose to answer.
    """
    with styled():
        figure = Figure(figsize=(_WIDTH, 3.2), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([point[0] for point in points], [point[1] for point in points], color=_BLUE, linewidth=1.8)
        axes.axvline(answered, color=_GREY, linestyle="--", linewidth=1)
        label = f"trả lời {100 * answered:.0f} % "
        axes.annotate(
            label, (answered, 0.99), xycoords=("data", "axes fraction"), ha="right", va="top", color="#475569"
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, max(0.05, *(point[1] for point in points)) * 1.1)
        axes.set_xlabel("phần câu hỏi được trả lời, từ chắc chắn nhất")
        axes.set_ylabel("phần trả lời sai")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(_as_percent))
        return svg(figure, axes)


def latency_histogram(seconds: Sequence[float], p50: float, p95: float) -> str:
    """How long answers took, with the median and the 95th percentile.

    Args:
        seconds: One for each question.
        p50: Median.
        p95: 95th percentile.
    """
    with styled():
        figure = Figure(figsize=(_WIDTH, 2.8), layout="constrained")
        axes = figure.add_subplot()
        axes.hist([1000 * one for one in seconds], bins=min(_MOST_BINS, max(5, len(seconds) // 4)), color=_BLUE)
        top = axes.get_ylim()[1]
        for value, label, colour in ((p50, "p50", "#0f172a"), (p95, "p95", _RED)):
            axes.axvline(1000 * value, color=colour, linestyle="--", linewidth=1.2)
            text = f"{label} {1000 * value:.0f} ms"
            place = (1000 * value, top)
            axes.annotate(text, place, xytext=(4, 0), textcoords="offset points", va="top", color=colour)
        axes.set_xlabel("mili giây từ câu hỏi đến câu trả lời")
        axes.set_ylabel("số câu hỏi")
        return svg(figure, axes)


def calibration_curve(confidences: Sequence[float], right: Sequence[bool], bins: int = 8) -> str:
    """Share of right answers by confidence, in groups of equal size: on the diagonal, the confidence can be trusted.

    Args:
        confidences: Of the answers given.
        right: Whether each was right.
        bins: Groups.
    """
    pairs = sorted(zip(confidences, right, strict=True))
    size = max(1, len(pairs) // bins)
    groups = [pairs[start : start + size] for start in range(0, len(pairs), size)]
    with styled():
        figure = Figure(figsize=(_WIDTH, 3.2), layout="constrained")
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1)
        said = [sum(confidence for confidence, _ in group) / len(group) for group in groups]
        true = [sum(hit for _, hit in group) / len(group) for group in groups]
        axes.plot(said, true, color=_BLUE, marker="o", linewidth=1.6)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel("độ tin cậy được báo")
        axes.set_ylabel("phần trả lời đúng")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(_as_percent))
        return svg(figure, axes)


def _as_percent(value: float, _place: int) -> str:
    return f"{100 * value:.0f} %"


def svg(figure: Figure, *axes: Axes, background: str | None = None) -> str:
    """The figure as an `<svg>` element, without declaration, document type and metadata.

    Args:
        figure: Drawn.
        axes: All of its axes.
        background: A colour; None leaves the page's.
    """
    for one in axes:
        one.tick_params(length=3)
    buffer = io.StringIO()
    look: dict[str, Any] = {"transparent": True} if background is None else {"facecolor": background}
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, **look)
    text = buffer.getvalue()
    start, end = text.find("<metadata>"), text.find("</metadata>")
    if start >= 0:
        text = text[:start] + text[end + len("</metadata>") :]
    return text[text.index("<svg") :]
