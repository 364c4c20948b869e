"""The people's sets are read as they lie in the data folder: answers, verdicts, conversations, plausible answers."""

import json
from pathlib import Path

import pytest

from evals.people.sets import answer_span, verdict_of, vicoqa, vimqa, viquad2
from evals.people.texts import Document, Question, question_set

_TEXT = "Ngày 5/3, ông Lê Văn Tám khánh thành nhà máy ở Hòa Lạc. Nhà máy có 300 công nhân."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "people").mkdir()
    return tmp_path


def _write_lines(path: Path, *rows: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_question_without_an_answer_keeps_the_wrong_one_that_looks_right(data: Path) -> None:
    wrong = {"text": "300 công nhân", "answer_start": _TEXT.index("300")}
    misplaced = {"text": "300 công nhân", "answer_start": 3}
    asked = [
        {"id": "1", "question": "Có bao nhiêu kỹ sư?", "answers": [], "plausible_answers": [wrong]},
        {"id": "2", "question": "Có bao nhiêu xe?", "answers": [], "plausible_answers": [misplaced]},
    ]
    content = {"data": [{"title": "Texas", "paragraphs": [{"context": _TEXT, "qas": asked}]}]}
    (data / "people" / "viquad2.dev.json").write_text(json.dumps(content), encoding="utf-8")
    first, second = viquad2(data).questions
    assert not first.answerable
    assert [_TEXT[start:end] for start, end in first.plausible] == ["300 công nhân"]
    assert second.plausible == ()
    assert len(viquad2(data).part(held_back=True).questions) == 2  # by its title
    assert not viquad2(data).part(held_back=False).documents


def test_turns_of_a_conversation_know_what_was_said_before(data: Path) -> None:
    sentence = _TEXT.split(". ", 1)[0]
    turns = [
        {"question": "Ai khánh thành?", "answer": "Ông Tám", "span": sentence},
        {"question": "Có đông không?", "answer": "Có", "span": "Nhà máy có 300 công nhân."},
    ]
    _write_lines(data / "people" / "vicoqa.dev.jsonl", {"id": "7", "story": _TEXT, "turns": turns})
    first, second = vicoqa(data).questions
    assert (first.history, second.history) == ((), (("Ai khánh thành?", "Ông Tám"),))
    assert (first.verdict, second.verdict) == (None, "yes")
    assert all(0 <= start < end <= len(_TEXT) for one in (first, second) for start, end in one.spans)


def test_yes_and_no_are_verdicts_and_other_answers_are_found_in_the_text(data: Path) -> None:
    rows = [
        {"question": "Nhà máy ở Hòa Lạc phải không?", "paragraph": _TEXT, "answer": "đúng"},
        {"question": "Nhà máy ở Huế phải không?", "paragraph": _TEXT, "answer": "không"},
        {"question": "Nhà máy ở đâu?", "paragraph": _TEXT, "answer": "hòa lạc"},
    ]
    _write_lines(data / "people" / "vimqa.dev.jsonl", *rows)
    asked = vimqa(data)
    assert [question.verdict for question in asked.questions] == ["yes", "no", None]
    assert [_TEXT[start:end] for start, end in asked.questions[2].spans] == ["Hòa Lạc"]
    assert len(asked.documents) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [("300 công nhân.", "300 công nhân"), ("Ông Tám khánh thành", "Tám khánh thành"), ("trời mưa to", None)],
)
def test_a_free_answer_is_found_in_the_words_it_is_taken_from(answer: str, said: str | None) -> None:
    found = answer_span(_TEXT, (0, len(_TEXT)), answer)
    assert [_TEXT[start:end] for start, end in found] == ([said] if said else [])


@pytest.mark.parametrize(("answer", "verdict"), [("Có", "yes"), ("Chưa.", "no"), ("Có 3 người", None), ("Ở Huế", None)])
def test_only_an_answer_that_says_nothing_else_is_a_verdict(answer: str, verdict: str | None) -> None:
    assert verdict_of(answer) == verdict


def test_a_set_whose_spans_or_documents_do_not_fit_is_refused() -> None:
    document = Document("a", "", "Ngắn.", "a")
    with pytest.raises(ValueError, match="not in the set"):
        question_set("x", [document], [Question("1", "Ai?", "b", (), ())])
    with pytest.raises(ValueError, match="outside its 5 characters"):
        question_set("x", [document], [Question("1", "Ai?", "a", ("dài",), ((0, 9),))])
