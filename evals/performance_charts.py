"""The plots of docs/performance.md, each an SVG file of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from evals.benchmarks.libraries import OURS, TUTORIAL
from evals.charts import styled, svg

_COLOURS = {OURS: "#2563eb", TUTORIAL: "#dc2626"}
_NAMES = {OURS: "Hỏi Đáp", TUTORIAL: "LangChain tutorial"}
_MORE_COLOURS = ("#2563eb", "#dc2626", "#0f766e", "#a16207", "#7c3aed", "#475569")
_WIDTH, _HEIGHT = 9.6, 3.2  # inches
_WHITE = "white"  # a file of its own may be shown on any ground


def cost_curves(search: Sequence[Mapping[str, Any]]) -> str:
    """Latency, start-up and memory of both sides over the size of the library.

    Args:
        search: `search` of the tutorial benchmark's figures.
    """
    panels = (
        ("p50", "question to top 10, ms (median)"),
        ("start_up_seconds", "process start to first result, s"),
        ("peak_megabytes", "peak memory, MB"),
    )
    sizes = [one["passages"] for one in search]
    with styled():
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        axes = figure.subplots(1, len(panels))
        for panel, (name, label) in zip(axes, panels, strict=True):
            for side, colour in _COLOURS.items():
                values = [one[side][name] for one in search]
                panel.plot(sizes, values, color=colour, marker="o", linewidth=1.6, label=_NAMES[side])
            panel.set_xscale("log")
            panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
            panel.xaxis.set_minor_locator(NullLocator())
            panel.set_xlabel("passages")
            panel.set_title(label, fontsize=10)
        axes[0].set_yscale("log")  # the sides are far apart there
        _logarithmic(axes[0].yaxis)
        for panel in axes[1:]:
            panel.set_ylim(0, 1.1 * panel.get_ylim()[1])
        axes[0].legend(frameon=False, fontsize=9)
        return svg(figure, *axes, background=_WHITE)


def filter_bars(runs: Sequence[Mapping[str, Any]]) -> str:
    """Median milliseconds of a vector query by filter, as shipped and by Chroma's `where` alone.

    Args:
        runs: `runs` of one size of the vector store benchmark's queries.
    """
    with styled():
        figure = Figure(figsize=(_WIDTH, 0.8 + 0.42 * len(runs)), layout="constrained")
        panel = figure.add_subplot()
        for offset, way, colour, label in (
            (-0.19, "where", "#94a3b8", "Chroma's where alone"),
            (0.19, "shipped", "#2563eb", "as shipped"),
        ):
            places = [place + offset for place in range(len(runs))]
            values = [run[way][0] for run in runs][::-1]
            panel.barh(places, values, color=colour, height=0.36, label=label)
        labels = [f"{run['filter']} ({run['passages']:,} passages)" for run in runs][::-1]
        panel.set_yticks(range(len(runs)), labels)
        panel.set_xlabel("milliseconds (median)")
        panel.legend(frameon=False, fontsize=9)
        return svg(figure, panel, background=_WHITE)


def recall_curves(runs: Sequence[Mapping[str, Any]]) -> str:
    """Recall over time for each way to build the graph, a point for each breadth of search.

    Args:
        runs: `runs` of the vector store benchmark's graph.
    """
    with styled():
        figure = Figure(figsize=(_WIDTH * 0.75, _HEIGHT * 1.1), layout="constrained")
        panel = figure.add_subplot()
        for run, colour in zip(runs, _MORE_COLOURS, strict=False):
            times = [one["p50"] for one in run["searches"]]
            recall = [one["recall@10"] for one in run["searches"]]
            label = f"max_neighbors {run['neighbours']}, ef_construction {run['construction']}"
            panel.plot(times, recall, color=colour, marker="o", linewidth=1.4, label=label)
        panel.set_xlabel("milliseconds a query (median); a point for each ef_search")
        panel.set_ylabel("recall@10")
        panel.legend(frameon=False, fontsize=8)
        return svg(figure, panel, background=_WHITE)


def _logarithmic(axis: Axis) -> None:
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_locator(NullLocator())
