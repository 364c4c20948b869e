"""`hoidap eval` as its user meets it: own articles, own questions, no code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from support import Write

from evals.runs import QUESTIONS_FILE, RUN_FILE
from rag.cli import main


class Outcome(NamedTuple):
    code: int
    output: str
    errors: str


Run = Callable[..., Outcome]

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
        "evidence": "Giàn nặng 1.200 tấn",
        "type": "how_many",
    },
    {"id": "3", "question": "Cách nấu phở bò ngon nhất?", "answers": [], "article": None, "evidence": ""},
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `hoidap` with these arguments in this process."""

    def command(*arguments: object) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Outcome(int(left.value.code or 0), printed.out, " ".join(printed.err.split()))

    return command


@pytest.fixture
def data(run: Run, folder: Path, write: Write, tmp_path: Path) -> Path:
    """A library of two articles of one's own."""
    write(folder / "gian.md", "Giàn BK-24 khánh thành ngày 29/12/2025 tại Vũng Tàu. Giàn nặng 1.200 tấn.")
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
    assert (data / "evaluations" / "first" / QUESTIONS_FILE).exists()
    listing = run("eval", "--list", "--data", data).output
    assert "first" in listing
    assert "2/2" in listing


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
