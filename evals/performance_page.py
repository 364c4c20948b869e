"""docs/performance.md and its plots, written from what the benchmarks measured.

    python -m evals.performance_page

Nothing is measured here: the figures are in `evals/benchmarks/results/`, one JSON file a benchmark.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.console import Console

from evals.benchmarks.results import RESULTS, read_result
from evals.performance_sections import SECTIONS
from evals.performance_targets import targets
from evals.workspace import REPOSITORY

PERFORMANCE_PAGE = REPOSITORY / "docs" / "performance.md"
_CHARTS = "performance"  # folder beside the page

Result = Mapping[str, Any]


@click.command()
@click.option(
    "--results",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=RESULTS,
    help="Folder of the figures.",
)
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), default=PERFORMANCE_PAGE, help="To write.")
def main(results: Path, page: Path) -> None:
    """Write the page from the figures of the benchmarks."""
    found = {name: result for name in SECTIONS if (result := read_result(results, name)) is not None}
    if not found:
        raise click.ClickException(
            f"There are no figures in {results}. Run a benchmark first, e.g. python -m evals.benchmarks.startup."
        )
    write_performance_page(found, page)
    Console().print(f"{page}: {len(found)} of {len(SECTIONS)} benchmarks", markup=False, soft_wrap=True)


def write_performance_page(found: Mapping[str, Result], page: Path) -> None:
    """Write the page and its plots, in place of those before.

    Args:
        found: Results by benchmark, as `read_result` gives them.
        page: The page; plots go into the folder `performance` beside it.
    """
    charts = page.parent / _CHARTS
    charts.mkdir(parents=True, exist_ok=True)
    for old in charts.glob("*.svg"):
        old.unlink()
    sections = []
    for name, section_of in SECTIONS.items():
        if name not in found:
            continue
        section, conditions = section_of(found[name]["figures"]), found[name]["conditions"]
        for file, drawn in section.charts.items():
            (charts / file).write_text(drawn, encoding="utf-8")
        sections.append(
            {
                "title": section.title,
                "text": section.text,
                "grids": section.grids,
                "charts": [f"{_CHARTS}/{file}" for file in section.charts],
                "conditions": conditions,
                "where": _where(conditions),
            }
        )
    page.write_text(_rendered(found, sections), encoding="utf-8")


def _rendered(found: Mapping[str, Result], sections: Sequence[Mapping[str, Any]]) -> str:
    environment = Environment(
        loader=PackageLoader("evals"),
        autoescape=False,  # noqa: S701 - Markdown of our own figures, no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template("performance.md").render(
        targets=targets({name: result["figures"] for name, result in found.items()}),
        sections=sections,
        missing=[_command(name) for name in SECTIONS if name not in found],
    )
    lines = [line.rstrip() for line in text.splitlines()]
    # Templates leave empty lines between blocks: one is enough.
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).rstrip() + "\n"


def _where(conditions: Mapping[str, Any]) -> str:
    """Machine and versions in one line."""
    here, versions = conditions["machine"], conditions["versions"]
    threads = f", OMP_NUM_THREADS={here['threads']}" if here["threads"] else ""
    program = f"hoidap {versions['hoidap']} ({conditions['program'][:8]}), chromadb {versions['chromadb']}"
    return f"{here['cpu']}, {here['cores']} cores{threads}, load {here['load']} before · {program}"


def _command(benchmark: str) -> str:
    """The command that measures what is missing."""
    name, _, model = benchmark.partition("many_articles_")
    return f"python -m evals.benchmarks.{name or 'many_articles'}" + (f" --model {model}" if model else "")


if __name__ == "__main__":
    main()
