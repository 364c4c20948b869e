"""The page from made-up results: what it says is met, not met and not measured, and how it says it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from evals.benchmarks.results import read_result, write_result
from evals.metrics import METRICS
from evals.performance_page import main
from evals.performance_sections import SECTIONS
from evals.performance_targets import Target, targets

_CONDITIONS = {
    "date": "2026-11-23T10:00:00+07:00",
    "machine": {"cpu": "AMD EPYC", "cores": 2, "load": 0.1, "system": "Linux", "threads": "1"},
    "program": "0123456789abcdef",
    "versions": {"hoidap": "0.1.0", "chromadb": "1.5.9"},
}


def _estimate(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.1, "high": mean + 0.1}


def _search(passages: int, ours: float, theirs: float) -> dict[str, Any]:
    side = {"n": 100, "p95": 9.0, "start_up_seconds": 5.0, "peak_megabytes": 900.0, "load_seconds": 1.0}
    return {"passages": passages, "ours": {**side, "p50": ours}, "tutorial": {**side, "p50": theirs, "n": 12}}


def _indexed(passages: int, seconds: float) -> dict[str, float]:
    return {"passages": passages, "seconds": seconds, "peak_megabytes": 1000.0}


def _figures() -> dict[str, dict[str, Any]]:
    """Figures of every benchmark; every target is met."""
    embedded = {"passages_seconds": 10.0, "question_p50": 13.0, "question_p95": 15.0, "first_vector_seconds": 1.0}
    recall = {metric: _estimate(0.9) for metric in METRICS}
    answers = {"n": 100, "abstained": 3, "first": 900.0, "p95": 500.0, "peak_megabytes": 1900.0}
    page = {"up_seconds": 3.0, "first_answer_seconds": 6.0, "up_megabytes": 300.0, "peak_megabytes": 2100.0}
    ask = {"seconds": [5.0, 6.0, 9.0], "peak_megabytes": 1500.0, "stages": {"import": 1.0, "rest": 4.0}}
    timed = {"total": [25.0, 30.0], "embed it": [13.0, 14.0]}
    run = {"resumed": False, "loaded_megabytes": 500.0, "peak_megabytes": 800.0}
    filters = {"filter": "1 article", "passages": 4, "where": [70.0, 75.0], "shipped": [2.0, 3.0], "words": [1.0, 1.5]}
    graph = {"ef_search": 100, "recall@10": 0.98, "recall@50": 0.97, "p50": 3.0, "p95": 4.0}
    library = {"open_seconds": 0.5, "model_seconds": 1.0, "disk_megabytes": 600.0, "times": timed}
    load = {"answers": 900, "per_second": 7.5, "p50": 2.0, "p95": 3.5, "slowest": 5.0, "errors": 0, "refused": 2}
    return {
        "tutorial": {
            "model": "e5",
            "indexing": [
                {"articles": 35, "characters": 50_000, "ours": _indexed(119, 5.0), "tutorial": _indexed(85, 10.0)},
                {"articles": 260, "characters": 500_000, "ours": _indexed(1000, 40.0), "tutorial": _indexed(600, 60.0)},
            ],
            "retrieval": {"questions": 196, "ours": recall, "tutorial": recall, "ours_ahead": recall},
            "search": [_search(1_000, 20.0, 45.0), _search(100_000, 50.0, 900.0)],
        },
        "search_latency": {
            "questions": 100,
            "libraries": [{"passages": 119, **library}, {"passages": 100_000, **library}],
        },
        "answer_latency": {
            "libraries": [
                {"articles": 35, "passages": 119, "p50": 240.0, **answers},
                {"articles": 25_000, "passages": 100_000, "p50": 340.0, **answers},
            ]
        },
        "startup": {
            "libraries": [
                {"passages": passages, "articles": 35, "ask": ask, "page": [page, page]} for passages in (119, 100_000)
            ]
        },
        "web_load": {
            "seconds": 120.0,
            "answers_at_once": 2,
            "max_waiting_questions": 32,
            "loads": [{"users": users, **load, "peak_megabytes": 2000.0} for users in (16, 64)],
            "click_to_answer_seconds": [0.4, 0.6],
        },
        "embedding_speed": {
            "passages": 500,
            "words": 104.0,
            "questions": 100,
            "lowest_cosine_passages": 0.99999,
            "lowest_cosine_questions": 0.9999,
            "shipped": {**embedded, "peak_megabytes": 700.0},
            "torch": {**embedded, "peak_megabytes": 1100.0},
        },
        "vector_store": {
            "upserts": {"rows": 20_000, "runs": [{"rows": 20_000, "batch": 64, "seconds": 20.0}]},
            "queries": [{"passages": 100_000, "runs": [filters]}],
            "graph": {
                "vectors": 100_000,
                "questions": 100,
                "runs": [
                    {"neighbours": 16, "construction": 100, "seconds": 60, "disk_megabytes": 200, "searches": [graph]}
                ],
            },
        },
        **{
            f"many_articles_{model}": {
                "articles": 10_000,
                "model": model,
                "disk_megabytes": 200.0,
                "runs": {
                    "everything new": {**run, "seconds": 100.0, "passages_embedded": 30_000},
                    "nothing changed": {**run, "seconds": 1.0, "passages_embedded": 0},
                    "1 % changed": {**run, "seconds": 1.5, "passages_embedded": 300},
                },
            }
            for model in ("tiny", "shipped")
        },
    }


def _write(folder: Path, figures: Mapping[str, Mapping[str, Any]]) -> None:
    for name, content in figures.items():
        command = f"python -m evals.benchmarks.{name} --data hoidap-benchmarks"
        write_result(folder, name, {**_CONDITIONS, "command": command}, content)


def _page(folder: Path) -> str:
    page = folder / "docs" / "performance.md"
    outcome = CliRunner().invoke(main, ["--results", str(folder), "--page", str(page)])
    assert outcome.exit_code == 0, outcome.output
    return page.read_text(encoding="utf-8")


def _target(figures: Mapping[str, Mapping[str, Any]], start: str) -> Target:
    return next(target for target in targets(figures) if target.name.startswith(start))


def test_page_has_every_section_with_date_machine_and_command(tmp_path: Path) -> None:
    _write(tmp_path, _figures())
    page = _page(tmp_path)
    assert page.count("\n## ") == 1 + len(SECTIONS)
    for name in SECTIONS:
        assert f"`python -m evals.benchmarks.{name} --data hoidap-benchmarks` · 2026-11-23 · AMD EPYC, 2 cores" in page
    assert "| 100,000 | LangChain tutorial | 900.0 |" in page
    assert "not met" not in page
    assert "not measured" not in page.lower()
    assert str(tmp_path) not in page


def test_tables_are_whole_and_plots_are_there(tmp_path: Path) -> None:
    _write(tmp_path, _figures())
    page = _page(tmp_path)
    tables = re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE)
    assert len(tables) >= 12
    for table in tables:
        rows = table.strip().splitlines()
        assert len(rows) > 2
        assert len({row.count("|") for row in rows}) == 1, table
    plots = re.findall(r"!\[.*\]\((performance/.*\.svg)\)", page)
    assert sorted(plots) == ["performance/filters.svg", "performance/recall.svg", "performance/tutorial.svg"]
    for plot in plots:
        drawn = (tmp_path / "docs" / plot).read_text(encoding="utf-8")
        assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - drawn here
        assert len(drawn) < 60_000
    curves = (tmp_path / "docs" / "performance" / "tutorial.svg").read_text(encoding="utf-8")
    for text in ("LangChain tutorial", "100,000", ">20<", ">500<"):  # sizes, and milliseconds from 20 to 900
        assert text in curves


def test_same_results_give_the_same_page_and_plots_of_before_are_gone(tmp_path: Path) -> None:
    _write(tmp_path, _figures())
    first = _page(tmp_path)
    charts = tmp_path / "docs" / "performance"
    drawn = {file.name: file.read_bytes() for file in charts.iterdir()}
    (charts / "old.svg").write_text("<svg/>", encoding="utf-8")
    assert _page(tmp_path) == first
    assert {file.name: file.read_bytes() for file in charts.iterdir()} == drawn


def test_what_was_not_measured_is_said_with_its_command(tmp_path: Path) -> None:
    figures = _figures()
    _write(tmp_path, {"startup": figures["startup"]})
    page = _page(tmp_path)
    assert "python -m evals.benchmarks.tutorial`" in page
    assert "python -m evals.benchmarks.many_articles --model shipped`" in page
    assert page.count("| not measured |") == 8
    assert page.count("| met |") == 3


def test_without_any_figures_nothing_is_written(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["--results", str(tmp_path), "--page", str(tmp_path / "page.md")])
    assert outcome.exit_code == 1
    assert "evals.benchmarks.startup" in outcome.output
    assert not (tmp_path / "page.md").exists()


def test_every_target_is_met_by_figures_that_meet_it() -> None:
    assert all(target.met for target in targets(_figures()))


def _worse(figures: dict[str, dict[str, Any]], where: tuple[Any, ...], value: object) -> dict[str, dict[str, Any]]:
    changed: dict[str, dict[str, Any]] = json.loads(json.dumps(figures))  # no two places share what they hold
    place: Any = changed
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("name", "where", "value"),
    [
        ("indexing", ("tutorial", "indexing", -1, "ours", "seconds"), 70.0),
        ("indexing", ("tutorial", "retrieval", "ours", "R@1", "mean"), 0.89),
        ("question → top 10 at 100,000 passages, at most 1/5", ("tutorial", "search", 1, "tutorial", "p50"), 240.0),
        ("question → top 10 at 100,000 passages, median", ("tutorial", "search", 1, "ours", "p50"), 61.0),
        (
            "question → top 10 at 100,000 passages, median",
            ("search_latency", "libraries", 1, "times", "total", 0),
            61.0,
        ),
        ("warm answer at the corpus's", ("answer_latency", "libraries", 0, "p50"), 301.0),
        ("warm answer at 100,000", ("answer_latency", "libraries", 1, "p50"), 351.0),
        ("peak memory", ("startup", "libraries", 1, "page", 0, "peak_megabytes"), 2501.0),
        ("1 % changed", ("many_articles_shipped", "runs", "1 % changed", "seconds"), 2.1),
        ("cold `hoidap ask` at most 8 s, 100,000", ("startup", "libraries", 1, "ask", "seconds"), [8.1, 8.2, 1.0]),
        ("16 users", ("web_load", "loads", 0, "p95"), 4.1),
        ("16 users", ("web_load", "loads", 0, "errors"), 1),
        ("embedding", ("embedding_speed", "lowest_cosine_questions"), 0.9989),
    ],
)
def test_a_target_that_is_missed_is_said_to_be(name: str, where: tuple[Any, ...], value: object) -> None:
    changed = _worse(_figures(), where, value)
    missed = [target for target in targets(changed) if not target.met]
    assert missed == [_target(changed, name)]
    assert missed[0].verdict == "**not met**"


def test_a_smaller_library_proves_nothing_about_the_large_one() -> None:
    changed = _worse(_figures(), ("tutorial", "search", 1, "passages"), 10_000)
    assert _target(changed, "question → top 10 at 100,000 passages, at most 1/5").verdict == "not measured"


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert read_result(tmp_path, "startup") is None
    file = write_result(tmp_path / "new", "startup", _CONDITIONS, {"a": [1, "hỏi"]})
    assert read_result(file.parent, "startup") == {
        "benchmark": "startup",
        "conditions": _CONDITIONS,
        "figures": {"a": [1, "hỏi"]},
    }
