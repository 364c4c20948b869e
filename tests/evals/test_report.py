"""The report in a real browser: what a person sees, and that nothing is asked of anybody."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from outcome_factory import made, unanswerable
from playwright.sync_api import Browser, Page, sync_playwright

from evals.outcomes import Outcome
from evals.report import report_page
from evals.runs import RunOptions
from evals.summary import summarise

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_NASTY = "<script>document.title='hỏng'</script><img src=https://example.org/x.png>"


def _outcomes() -> list[Outcome]:
    right = [
        made(f"r{number}", right=True, confidence=0.5 + number / 50, kind="who", seconds=0.04 + number / 500)
        for number in range(20)
    ]
    wrong = made(
        "w1",
        right=False,
        confidence=0.97,
        question="Ai là Bí thư Đảng ủy?",
        golds=["Lê Văn Tám"],
        spans=["Nguyễn Văn Ba"],
        kind="who",
        style="unaccented",
        history=[{"role": "user", "content": "Đảng ủy họp khi nào?"}],
    )
    return [
        *right,
        wrong,
        made("w2", right=False, abstained=True, question=_NASTY, kind="when"),
        unanswerable("u1", refused=True),
        unanswerable("u2", refused=False),
    ]


def _info(**options: Any) -> dict[str, Any]:
    return {
        "dataset": {
            "name": "mine.jsonl", "sha256": "a" * 64, "questions": 24, "articles": 3, "passages": 9,
        },
        "options": asdict(RunOptions(**options)),
        "environment": {
            "date": "2026-11-23T09:15:00+00:00", "command": "hoidap eval mine.jsonl",
            "machine": {"cpu": "Test CPU", "cores": 2}, "embedding": {"model": "e5", "revision": "1"},
            "versions": {"hoidap": "0.1.0", "python": "3.11"},
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """This machine's Chromium; without one the tests that look are left out."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    outcomes = _outcomes()
    path.write_text(report_page("first", _info(), summarise(outcomes), outcomes), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shown(browser: Browser, file: Path) -> Iterator[tuple[Page, list[str]]]:
    """The page, and every address it asked for."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    yield page, asked
    page.close()


def test_nothing_is_requested_but_the_file_itself(shown: tuple[Page, list[str]], file: Path) -> None:
    page, asked = shown
    page.wait_for_load_state("networkidle")
    assert asked == [file.as_uri()]
    assert page.evaluate("document.querySelectorAll('script, link, img, iframe').length") == 0


def test_headline_figures_are_on_the_first_screen_with_interval_and_n(shown: tuple[Page, list[str]]) -> None:
    page, _ = shown
    card = page.locator(".card").first
    assert card.locator("b").inner_text() == "87,5 %"
    assert "n = 24" in card.inner_text()
    box = card.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900


def test_plots_are_drawn_inside_their_panels_with_readable_text(shown: tuple[Page, list[str]]) -> None:
    page, _ = shown
    assert page.locator("figure svg").count() == 5
    assert {"ai", "khi nào", "không có trong bài"} <= set(
        page.locator("figure").first.locator("text").all_text_contents()
    )
    outside = page.evaluate(
        """() => [...document.querySelectorAll('figure')].flatMap(figure => {
            const panel = figure.getBoundingClientRect();
            return [...figure.querySelectorAll('svg text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < panel.left || box.right > panel.right || box.height < 7;
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []


def test_the_worst_failure_comes_first_with_gold_against_given(shown: tuple[Page, list[str]]) -> None:
    page, _ = shown
    first = page.locator("article").first.inner_text()
    assert "Ai là Bí thư Đảng ủy?" in first
    assert "Hỏi: Đảng ủy họp khi nào?" in first
    assert "Lê Văn Tám" in first
    assert "Nguyễn Văn Ba" in first
    assert "97 %" in first
    assert "không dấu" in first


def test_questions_are_text_whatever_they_hold(shown: tuple[Page, list[str]]) -> None:
    page, _ = shown
    assert page.title() == "first · Hỏi Đáp"
    assert page.get_by_text(_NASTY).count() == 1


def test_nothing_runs_over_the_edge_of_a_phone(browser: Browser, file: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_a_run_without_failures_or_without_answers_has_a_report_too() -> None:
    fine = [made("a", right=True)]
    assert "Không có câu nào sai." in report_page("fine", _info(), summarise(fine), fine)
    bare: dict[str, Any] = {"verdict": None, "given": None, "spans": None, "abstained": None, "confidence": None}
    found = [made("a", right=True, **bare, seconds=None, citations=None, marked=None, evidence_recall=None)]
    page = report_page("found", _info(retrieval_only=True), summarise(found), found)
    assert "chỉ đo tìm kiếm" in page
    assert "R@1 theo loại câu hỏi" in page
