"""What users said of answers, as questions to measure: exported rows whose evidence still stands in the articles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evals.cases import BodyOf, DatasetError, case_of, row_of

_PAGE_FEEDBACK, _VOTES_FILE = "rag.feedback", "feedback.sqlite3"


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


def stored_feedback(data_dir: Path, body_of: BodyOf) -> FeedbackCases:
    """The votes that the page of this data directory has gathered, those that can become a question.

    Args:
        data_dir: Of the library that the page serves.
        body_of: The body of an article by its id, None where there is no such article.

    Raises:
        DatasetError: This installation has no page that gathers votes.
        LibraryError: The votes cannot be read.
    """
    if find_spec(_PAGE_FEEDBACK) is None:
        raise DatasetError("Bản cài đặt này chưa thu góp ý từ trang web.", "Hãy chỉ ra tệp: --from-feedback TỆP.")
    page = import_module(_PAGE_FEEDBACK)  # by name: measuring does not need the page
    rows, left = page.evaluation_cases(page.FeedbackStore(data_dir / _VOTES_FILE).entries(), body_of)
    return FeedbackCases(tuple(rows), len(left))
