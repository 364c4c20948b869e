"""The evaluation tab: runs as `hoidap eval` leaves them, feedback, and questions asked again."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from web_support import Visit, ask

from rag.store.library import Library
from rag.web.runs import evaluation_runs, report_of

FIGURE = {"mean": 0.815, "low": 0.7, "high": 0.9, "n": 200}
FAILED = "Ai là Bí thư Đảng ủy BMĐH?"


def _leave_run(folder: Path, date: str) -> None:
    folder.mkdir(parents=True)
    info = {
        "status": "complete",
        "dataset": {"name": "dev.jsonl", "questions": 246},
        "environment": {"date": date},
    }
    group = {"n": 12, "figures": {"right": {**FIGURE, "n": 12}}}
    metrics = {
        "n": {"questions": 246},
        "overall": {"right": FIGURE, "R@1": FIGURE},
        "by_type": {"who": group, "mới": group},
        "latency": {"p50_seconds": {**FIGURE, "mean": 0.03}, "p95_seconds": {**FIGURE, "mean": 0.06}},
    }
    (folder / "run.json").write_text(json.dumps(info), encoding="utf-8")
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    rows = f"id,type,style,question,gold,given,why\r\nd1,who,plain,{FAILED},Ông A <b>,Ông B,trả lời từ chỗ khác\r\n"
    (folder / "failures.csv").write_text(rows, encoding="utf-8-sig")
    (folder / "report.html").write_text("<h1>Báo cáo</h1>", encoding="utf-8")


@pytest.fixture
def runs(web_library: Library) -> Iterator[Path]:
    folder = web_library.settings.data_dir / "evaluations"
    _leave_run(folder / "lần một", "2026-11-22T08:00:00+00:00")
    _leave_run(folder / "lần hai", "2026-11-23T08:00:00+00:00")
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def test_without_a_run_the_page_says_how_to_make_one(visit: Visit) -> None:
    page = visit()
    page.get_by_role("tab", name="Đánh giá").click()
    expect(page.locator("#evaluation")).to_contain_text("hoidap eval")


def test_the_newest_run_is_shown_and_a_failed_question_is_asked_again(visit: Visit, runs: Path) -> None:
    assert runs.exists()
    page = visit()
    page.get_by_role("tab", name="Đánh giá").click()
    expect(page.locator(".runs tbody th")).to_have_text(["lần hai", "lần một"])
    expect(page.locator("#evaluation h2").nth(1)).to_contain_text("lần hai")
    expect(page.locator(".figure-card").first).to_contain_text("81,5 %")
    expect(page.locator(".figure-card").first).to_contain_text("70,0–90,0 · n = 200")
    expect(page.locator(".bars dt")).to_have_text(["ai", "mới"])
    expect(page.locator(".failed tbody td").first).to_have_text("Ông A <b>")
    page.get_by_role("button", name="lần một").click()
    expect(page.locator("#evaluation h2").nth(1)).to_contain_text("lần một")
    page.get_by_role("button", name=FAILED).click()
    expect(page.locator(".turn .asked p")).to_have_text(FAILED)
    expect(page.locator(".turn .answered")).to_contain_text("Trần Quốc Thắng")


def test_the_report_of_a_run_is_served_and_nothing_else(site: str, runs: Path) -> None:
    assert runs.exists()
    assert "Báo cáo" in httpx.get(f"{site}/evaluations/lần hai/report.html").text
    assert httpx.get(f"{site}/evaluations/..%2F..%2Fchroma/report.html").status_code == 404
    assert report_of(runs.parent, "../lần hai") is None


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"overall": {"right": {"mean": "x"}}, "by_type": {"who": 3}}'])
def test_a_damaged_or_unfinished_run_is_shown_as_far_as_it_goes(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "evaluations" / "dở"
    _leave_run(folder, "2026-11-23T08:00:00+00:00")
    (folder / "metrics.json").write_text(damage, encoding="utf-8")
    (folder / "failures.csv").unlink()
    (run,) = evaluation_runs(tmp_path)
    assert (run.name, run.questions, dict(run.figures), dict(run.by_type), run.failures) == ("dở", 246, {}, {}, ())
    (folder / "run.json").write_text(damage, encoding="utf-8")
    assert all(run.questions == 0 for run in evaluation_runs(tmp_path))


def test_a_vote_with_the_right_answer_is_kept_and_exported_as_a_case(visit: Visit, site: str) -> None:
    page = visit()
    turn = ask(page, "Đảng bộ BMĐH có tổng số bao nhiêu đảng viên?")
    turn.locator("[data-action=vote-wrong]").click()
    expect(turn.locator(".thanks")).to_be_visible()
    turn.locator(".feedback select").select_option(label="Thiếu ý")
    turn.locator(".feedback textarea").fill("251 đảng viên")
    turn.get_by_role("button", name="Gửi góp ý").click()
    expect(turn.locator(".feedback")).to_be_hidden()
    expect(turn.locator("[data-action=vote-wrong]")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Đánh giá").click()
    expect(page.locator("#evaluation")).to_contain_text("1 chưa đúng")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải về bộ câu hỏi").click()
    case = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert case["answers"] == ["251 đảng viên"]
    assert "251 đảng viên" in case["evidence"]
    assert case["article"] == "000-seed"
    assert httpx.get(f"{site}/feedback.jsonl").headers["content-disposition"].startswith("attachment")
