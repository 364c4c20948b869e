"""What users said of answers, as questions to measure: exported rows whose evidence still stands in the articles."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import BodyOf, DatasetError, case_of, row_of


@dataclass(frozen=True, slots=True)
class FeedbackCases:
    """What became of the feedback.

    Attributes:
        rows: Questions that can be measured, in the fields of a dataset's line.
        stale: How many cannot, because the articles have changed since or the row is not a question.
    """

    rows: tuple[Mapping[str, Any], ...]
    stale: int


def read_feedback(path: Path, body_of: BodyOf) -> FeedbackCases:
    """Read feedback as it was exported from the page: JSONL, each line as in a dataset.

    Feedback is never thrown out as a whole because one article has changed: rows whose evidence stands nowhere any more
    are counted and left out. Of two rows with the same question and history, the later one counts.

    Args:
        path: The exported file.
        body_of: The body of an article by its id, None where there is no such article.

    Raises:
        DatasetError: The file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"Không đọc được tệp góp ý {path} ({error}).", "Hãy xuất lại từ trang web.") from error
    latest: dict[str, Mapping[str, Any]] = {}
    stale = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = row_of(line, path, number)
            case = case_of(row, body_of, path, number)
        except DatasetError:
            stale += 1
        else:
            latest[json.dumps([case.question, [dict(turn) for turn in case.history]])] = row
    return FeedbackCases(tuple(latest.values()), stale)


def write_dataset(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write rows as a dataset that `hoidap eval` reads.

    Raises:
        DatasetError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise DatasetError(f"Không ghi được {path} ({error}).", "Hãy kiểm tra quyền ghi.") from error
