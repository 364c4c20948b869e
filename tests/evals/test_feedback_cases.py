import json
from pathlib import Path

import pytest

from evals.cases import DatasetError, load_cases, write_rows
from evals.feedback import read_feedback, stored_feedback

_BODY = "Giàn BK-24 khánh thành ngày 29/12. Giàn có hai tầng."


def _body_of(article: str) -> str | None:
    return _BODY if article == "gian" else None


def _row(name: str, question: str = "Khi nào?", **changes: object) -> dict[str, object]:
    row = {"id": name, "question": question, "answers": ["29/12"], "article": "gian", "evidence": "ngày 29/12"}
    return row | changes


def _exported(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    return path


def test_a_later_vote_on_the_same_question_counts(tmp_path: Path) -> None:
    found = read_feedback(_exported(tmp_path / "f.jsonl", _row("1"), _row("2", answers=["ngày 29/12"])), _body_of)
    assert [row["id"] for row in found.rows] == ["2"]
    assert found.stale == 0


def test_the_same_words_after_another_conversation_are_another_question(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "Giàn BK-24?"}]
    found = read_feedback(_exported(tmp_path / "f.jsonl", _row("1"), _row("2", history=history)), _body_of)
    assert [row["id"] for row in found.rows] == ["1", "2"]


def test_what_no_article_says_any_more_is_counted_and_left_out(tmp_path: Path) -> None:
    rows = [_row("1"), _row("2", "Ở đâu?", evidence="đã đổi"), _row("3", "Ai?", article="mất"), ["không phải câu hỏi"]]
    found = read_feedback(_exported(tmp_path / "f.jsonl", *rows), _body_of)
    assert [row["id"] for row in found.rows] == ["1"]
    assert found.stale == 3


def test_what_is_kept_is_a_dataset(tmp_path: Path) -> None:
    nothing = _row("2", "Ai?", answers=[], article=None, evidence="")
    found = read_feedback(_exported(tmp_path / "f.jsonl", _row("1"), nothing), _body_of)
    write_rows(tmp_path / "deep" / "set.jsonl", found.rows)
    cases = load_cases(tmp_path / "deep" / "set.jsonl", _body_of)
    assert [(case.id, case.answerable, case.kind) for case in cases] == [
        ("1", True, "what"),
        ("2", False, "unanswerable"),
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.jsonl"):
        read_feedback(tmp_path / "none.jsonl", _body_of)


def test_votes_of_the_page_become_questions(tmp_path: Path) -> None:
    page = pytest.importorskip("rag.feedback", reason="this installation has no page that gathers votes")
    store = page.FeedbackStore(tmp_path / "feedback.sqlite3")
    common = {
        "user": "",
        "reason": "",
        "history": (),
        "answer": "?",
        "spans": (),
        "quotes": (),
        "looked_into": ("gian",),
    }
    votes = [
        {"id": "1", "vote": "wrong", "right_answer": "29/12", "question": "Khi nào?", "abstained": False},
        {"id": "2", "vote": "right", "right_answer": "", "question": "Giá vàng?", "abstained": True},
        {"id": "3", "vote": "wrong", "right_answer": "không có trong bài", "question": "Ai?", "abstained": False},
    ]
    for vote in votes:
        store.keep(page.Feedback(**{**common, **vote}))
    found = stored_feedback(tmp_path, _body_of)
    write_rows(tmp_path / "set.jsonl", found.rows)
    assert [(case.question, case.answerable) for case in load_cases(tmp_path / "set.jsonl", _body_of)] == [
        ("Khi nào?", True),
        ("Giá vàng?", False),
    ]
    assert found.stale == 1
