"""docs/accuracy.md: the current figures with n, date, command, machine and caveats, written by the tool."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from evals.cases import DatasetError
from evals.comparison import compare
from evals.definitions import BY_NAME, HEADLINES
from evals.figures_page import figure_sets
from evals.runs import Run, published_environment
from evals.words import KIND_NAMES, SHORT_LABELS, STYLE_NAMES, figure_rows, other_figures, percent, signed

FIGURES_FILE = Path(__file__).with_name("figures.json")


def write_accuracy_page(run: Run, unaccented: Run, path: Path) -> None:
    """Write the page.

    Args:
        run: The dev set as it is typed.
        unaccented: The same questions without accents.
        path: Of the page; its folder is made when missing.

    Raises:
        DatasetError: A run is not finished, or the two asked different questions.
    """
    for one in (run, unaccented):
        if not one.complete:
            raise DatasetError(f"Lần đo {one.name} chưa xong.", f"Hãy chạy hết: hoidap eval --resume {one.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(accuracy_page(run, unaccented), encoding="utf-8")


def accuracy_page(run: Run, unaccented: Run) -> str:
    """The page, as Markdown."""
    metrics = run.metrics
    stripped = {change.metric: change for change in compare(run, unaccented).changes}
    environment = Environment(
        loader=PackageLoader("evals"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("accuracy.md").render(
        dataset=run.info["dataset"],
        n=metrics["n"],
        environment=published_environment(run.info),
        rows=figure_rows(metrics),
        lines=other_figures(metrics),
        headlines=[{"name": name, "label": SHORT_LABELS.get(name, name)} for name in HEADLINES],
        groups=[
            {"title": "Loại câu hỏi", "rows": _rows(metrics["by_type"], KIND_NAMES)},
            {"title": "Cách gõ", "rows": _rows(metrics["by_style"], STYLE_NAMES)},
        ],
        unaccented=[
            {
                "label": BY_NAME[name].label,
                "before": percent({"mean": stripped[name].before}),
                "after": percent({"mean": stripped[name].after}),
                "difference": signed(asdict(stripped[name].difference)),
                "n": stripped[name].n,
            }
            for name in HEADLINES
            if name in stripped
        ],
        seed=run.options.seed,
        sets=figure_sets(FIGURES_FILE),
    )


def _rows(groups: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": names.get(name, name),
            "n": group["n"],
            "cells": [percent(group["figures"].get(headline)) for headline in HEADLINES],
        }
        for name, group in groups.items()
    ]
