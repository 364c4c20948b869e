"""Votes are kept durably and become evaluation cases with evidence that stands in the articles."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from evals.cases import load_cases
from rag.errors import LibraryError
from rag.feedback import Feedback, FeedbackStore, Quote, evaluation_cases

BODY = "Ông Trần Quốc Thắng là Bí thư Đảng ủy. Đảng bộ có 251 đảng viên.\nHội nghị họp ngày 29/12/2020."
QUOTE = Quote("tin", 0, 38, BODY[:38])
RIGHT = Feedback(
    id="a1",
    user="",
    vote="right",
    reason="",
    right_answer="",
    question="Ai là Bí thư?",
    history=(),
    answer="Trần Quốc Thắng [1]",
    spans=("Trần Quốc Thắng",),
    abstained=False,
    quotes=(QUOTE,),
    looked_into=("khác", "tin"),
)


def body_of(article: str) -> str | None:
    return BODY if article == "tin" else None


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "made" / "feedback.sqlite3")


def test_votes_outlive_the_program_and_a_second_one_replaces_the_first(store: FeedbackStore, tmp_path: Path) -> None:
    store.keep(RIGHT)
    store.keep(replace(RIGHT, id="a2", vote="wrong", reason="Sai", right_answer="251"))
    store.keep(replace(RIGHT, vote="wrong"))
    again = FeedbackStore(tmp_path / "made" / "feedback.sqlite3")
    assert again.counts() == {"right": 0, "wrong": 2}
    assert sorted(entry.id for entry in again.entries()) == ["a1", "a2"]
    assert next(entry for entry in again.entries() if entry.id == "a1") == replace(RIGHT, vote="wrong")


def test_many_may_vote_at_once(store: FeedbackStore) -> None:
    threads = [threading.Thread(target=store.keep, args=(replace(RIGHT, id=str(number)),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.counts()["right"] == 20


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "feedback.sqlite3"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(LibraryError, match=r"feedback\.sqlite3"):
        FeedbackStore(path).counts()


@pytest.mark.parametrize(
    ("feedback", "answers", "evidence"),
    [
        (RIGHT, ["Trần Quốc Thắng"], QUOTE.text),
        (replace(RIGHT, vote="wrong", right_answer=" 251 đảng viên "), ["251 đảng viên"], "Đảng bộ có 251 đảng viên."),
        (replace(RIGHT, abstained=True, spans=(), quotes=()), [], ""),
    ],
)
def test_a_vote_becomes_a_case_that_the_evaluation_reads(
    feedback: Feedback, answers: list[str], evidence: str, tmp_path: Path
) -> None:
    cases, left = evaluation_cases([feedback], body_of)
    assert left == []
    assert (cases[0]["answers"], cases[0]["evidence"]) == (answers, evidence)
    dataset = tmp_path / "cases.jsonl"
    dataset.write_text("".join(f"{json.dumps(case)}\n" for case in cases), encoding="utf-8")
    (read,) = load_cases(dataset, body_of)
    assert read.answerable == bool(answers)
    assert read.answers == tuple(answers)


@pytest.mark.parametrize(
    "feedback",
    [
        replace(RIGHT, vote="wrong"),
        replace(RIGHT, vote="wrong", right_answer="không có trong bài nào"),
        replace(RIGHT, quotes=(QUOTE._replace(text="bài đã sửa"),)),
    ],
)
def test_a_vote_without_evidence_is_left_out_and_counted(feedback: Feedback) -> None:
    assert evaluation_cases([feedback], body_of) == ([], [feedback])


def test_a_follow_up_keeps_its_conversation() -> None:
    history = ({"role": "user", "content": "Ai?"}, {"role": "assistant", "content": "Ông Thắng."})
    ((case,), _) = evaluation_cases([replace(RIGHT, history=history)], body_of)
    assert (case["style"], case["history"]) == ("followup", list(history))
