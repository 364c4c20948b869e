"""Many questions from a file: models loaded once, one JSON object a line, in order."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from rag.errors import HoidapError, QuestionError


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """One line of a batch file."""

    id: str | int | None
    question: str
    history: tuple[Mapping[str, str], ...]


def read_batch(path: Path) -> list[BatchQuestion]:
    """Read a JSONL file of objects with `id`, `question` and optionally `history`.

    Raises:
        QuestionError: The file is missing, or a line is not such an object.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(
            f"Không đọc được tệp câu hỏi {path} ({error}).", "Hãy kiểm tra đường dẫn; tệp phải là UTF-8."
        ) from error
    return [_question(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _question(path: Path, number: int, line: str) -> BatchQuestion:
    try:
        row = json.loads(line)
        history = tuple(
            {"role": str(turn["role"]), "content": str(turn["content"])} for turn in row.get("history") or ()
        )
        return BatchQuestion(row.get("id"), str(row["question"]), history)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionError(
            f"Dòng {number} của {path} không phải một câu hỏi ({type(error).__name__}: {error}).",
            'Mỗi dòng phải có dạng {"id": "1", "question": "..."}.',
        ) from error


def answer_batch(
    questions: Sequence[BatchQuestion], run: Callable[[BatchQuestion], dict[str, Any]], notes: Console
) -> int:
    """Print the result of each question as one line of JSON. A question that fails gets an `error`, the others go on.

    Returns:
        The exit code: 1 when any question failed, else 0.
    """
    from rag.cli.output import ProgressBar

    failed = 0
    with ProgressBar(notes, "Đang trả lời") as bar:
        for done, question in enumerate(questions):
            bar.update(done, len(questions))
            try:
                result = run(question)
            except QuestionError as error:
                result = _failure(question, error)
                failed += 1
            click.echo(json.dumps(result, ensure_ascii=False))
        bar.update(len(questions), len(questions))
    return 1 if failed else 0


def _failure(question: BatchQuestion, error: HoidapError) -> dict[str, Any]:
    return {"id": question.id, "question": question.question, "error": str(error)}
