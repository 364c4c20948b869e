"""`hoidap eval` as its user meets it: own articles, own questions, no code."""

import io
import json
from pathlib import Path

import pytest
from cli_support import Run
from support import Write

from evals.runs import QUESTIONS_FILE, REPORT_FILE, RUN_FILE

_ROWS = (
    {
        "id": "1",
        "question": "Giàn BK-24 khánh thành ngày nào?",
        "answers": ["29/12/2025"],
        "article": "gian",
        "evidence": "ngày 29/12/2025",
        "type": "when",
    },
    {
        "id": "2",
        "question": "Giàn BK-24 nặng bao nhiêu tấn?",
        "answers": ["1.200 tấn"],
        "article": "gian",
        "evidence": "giàn nặng 1.200 tấn",
        "type": "how_many",
    },
    {"id": "3", "question": "Cách nấu phở bò ngon nhất?", "answers": [], "article": None, "evidence": ""},
)


@pytest.fixture(autouse=True)
def quick_model(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real model that loads in no time: these tests are about what is measured, not about how good it is."""
    monkeypatch.setenv("HOIDAP_EMBEDDING_MODEL", str(tiny_model))


@pytest.fixture
def data(run: Run, folder: Path, write: Write, tmp_path: Path) -> Path:
    """A library of two articles of one's own."""
    write(folder / "gian.md", "Giàn BK-24 khánh thành ngày 29/12/2025 tại Vũng Tàu. Toàn bộ giàn nặng 1.200 tấn.")
    write(folder / "bong.md", "Đội bóng của công ty thắng giải mùa hè với tỷ số ba một.")
    assert run("index", folder, "--data", tmp_path / "data").code == 0
    return tmp_path / "data"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in _ROWS), encoding="utf-8")
    return path


def test_own_questions_on_own_library_become_a_run_with_figures(run: Run, data: Path, questions: Path) -> None:
    shown = run("eval", questions, "--name", "first", "--data", data)
    assert shown.code == 0
    assert "questions.jsonl: 3 câu hỏi, 2 bài" in shown.output
    assert "Theo loại câu hỏi" in shown.output
    printed = json.loads(run("eval", questions, "--json", "--limit", 2, "--data", data).output)
    assert printed["metrics"]["n"]["questions"] == 2
    listing = run("eval", "--list", "--data", data).output
    assert "first" in listing
    assert "2/2" in listing


def test_the_report_of_a_run_shows_the_question_that_failed_and_what_was_wanted(
    run: Run, data: Path, tmp_path: Path
) -> None:
    # This gold answer stands nowhere in the article: whatever is answered is wrong, and so is a refusal.
    failing = {**_ROWS[1], "answers": ["907 tấn"]}
    path = tmp_path / "failing.jsonl"
    path.write_text(json.dumps(failing, ensure_ascii=False), encoding="utf-8")
    assert run("eval", path, "--name", "failing", "--data", data).code == 0
    page = (data / "evaluations" / "failing" / REPORT_FILE).read_text(encoding="utf-8")
    _, heading, failures = page.partition("Câu sai, tệ nhất trước (1)")
    assert heading
    assert "Giàn BK-24 nặng bao nhiêu tấn?" in failures
    assert "907 tấn" in failures


def test_a_run_that_was_stopped_is_resumed_by_name(run: Run, data: Path, questions: Path) -> None:
    run("eval", questions, "--name", "half", "--data", data)
    folder = data / "evaluations" / "half"
    lines = (folder / QUESTIONS_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / QUESTIONS_FILE).write_text(lines[0], encoding="utf-8")
    info = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    (folder / RUN_FILE).write_text(json.dumps({**info, "status": "running"}), encoding="utf-8")
    resumed = run("eval", "--resume", "half", "--json", "--data", data)
    assert resumed.code == 0
    assert json.loads(resumed.output)["metrics"]["n"]["questions"] == 3
    assert (folder / QUESTIONS_FILE).read_text(encoding="utf-8").startswith(lines[0])


def test_squad_questions_bring_their_own_articles(run: Run, tmp_path: Path) -> None:
    context = "Nhà máy chế biến khí đạt sản lượng hai triệu tấn mỗi năm."
    entry = {"id": "a", "question": "Nhà máy nào đạt hai triệu tấn?", "answers": [{"text": "Nhà máy chế biến khí"}]}
    dataset = {"data": [{"title": "Tin", "paragraphs": [{"context": context, "qas": [entry]}]}]}
    path = tmp_path / "set.json"
    path.write_text(json.dumps(dataset), encoding="utf-8")
    shown = run("eval", path, "--output", tmp_path / "out", "--json", "--data", tmp_path / "none")
    metrics = json.loads(shown.output)["metrics"]
    assert metrics["overall"]["R@1"]["mean"] == 1.0
    assert (tmp_path / "out" / "metrics.json").exists()
    assert not (tmp_path / "none" / "chroma").exists()


def test_two_runs_are_compared_by_name_with_the_questions_that_flipped(run: Run, data: Path, questions: Path) -> None:
    run("eval", questions, "--name", "typed", "--data", data)
    run("eval", questions, "--unaccented", "--name", "stripped", "--data", data)
    shown = run("eval", "--compare", "typed", "stripped", "--data", data)
    assert shown.code == 0
    assert "typed → stripped: 3 câu hỏi chung" in shown.output
    assert "Nay sai, trước đúng" in shown.output
    printed = json.loads(run("eval", "--compare", "typed", "stripped", "--json", "--data", data).output)
    assert printed["questions"] == 3


def test_drafts_are_reviewed_by_a_person_and_then_measured(
    run: Run, folder: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = tmp_path / "drafts.jsonl"
    drafted = run("eval", "--draft", folder, "--output", drafts, "--data", data)
    assert drafted.code == 0
    assert "2 câu hỏi nháp mới từ 2 bài" in drafted.output
    unreviewed = run("eval", drafts, "--data", data)
    assert unreviewed.code == 1
    assert "hoidap eval --review" in unreviewed.errors
    monkeypatch.setattr("sys.stdin", io.StringIO("s\nBK-24 khánh thành hôm nào?\n29/12/2025 | 29-12-2025\nb\n"))
    reviewed = run("eval", "--review", drafts)
    assert "1 câu đã nhận, 1 câu đã bỏ, 0 câu còn nháp" in reviewed.output
    measured = json.loads(run("eval", drafts, "--json", "--articles", folder, "--data", tmp_path / "none").output)
    assert measured["metrics"]["n"]["questions"] == 1
    kept = (Path(measured["folder"]) / QUESTIONS_FILE).read_text(encoding="utf-8")
    assert json.loads(kept)["question"] == "BK-24 khánh thành hôm nào?"
    assert json.loads(kept)["golds"] == ["29/12/2025", "29-12-2025"]


def test_feedback_becomes_questions_and_what_the_articles_no_longer_say_is_left_out(
    run: Run, data: Path, tmp_path: Path
) -> None:
    first, second, third = ({**row, "id": f"feedback-{row['id']}"} for row in _ROWS)
    changed = {**first, "id": "feedback-4", "question": "Giàn nào?", "evidence": "câu này không còn trong bài"}
    again = {**second, "id": "feedback-5", "answers": ["1.200"]}
    exported = tmp_path / "feedback.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in (first, second, third, changed, again)]
    exported.write_text("\n".join([*lines, "không phải JSON"]), encoding="utf-8")
    outcome = run("eval", "--from-feedback", exported, "--json", "--data", data)
    assert outcome.code == 0
    assert "3 góp ý dùng được, 2 góp ý bỏ qua" in outcome.errors
    measured = json.loads(outcome.output)
    assert measured["metrics"]["n"] == {"questions": 3, "answerable": 2, "unanswerable": 1, "errors": 0}
    kept = (Path(measured["folder"]) / QUESTIONS_FILE).read_text(encoding="utf-8")
    assert {json.loads(line)["id"] for line in kept.splitlines()} == {"feedback-1", "feedback-5", "feedback-3"}


def test_reviewing_no_file_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    outcome = run("eval", "--review", tmp_path / "none.jsonl")
    assert outcome.code == 1
    assert "hoidap eval --draft" in outcome.errors


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["/no/such.jsonl"], 1, "Không đọc được bộ câu hỏi /no/such.jsonl"),
        (["--resume", "nothing"], 1, "Không có kết quả đo nào"),
        (["a.jsonl", "b.jsonl", "--name", "x"], 2, "--name và --output chỉ dùng được với một bộ câu hỏi"),
    ],
)
def test_what_is_wrong_is_said(run: Run, data: Path, arguments: list[str], code: int, message: str) -> None:
    outcome = run("eval", *arguments, "--data", data)
    assert outcome.code == code
    assert message in outcome.errors
