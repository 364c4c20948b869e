"""What went wrong in a run: which questions, in which order to look at them, and why as far as it can be told."""

import csv
from collections.abc import Iterable
from pathlib import Path

from evals.outcomes import Outcome

_FAILURE_COLUMNS = (
    "id", "type", "style", "question", "gold", "given", "why", "confidence", "gold_articles", "cited_articles",
    "evidence_recall", "found_at_1",
)  # fmt: skip


def failures(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The questions that went wrong, worst first: confident wrong answers, then the others by confidence.

    In a run of retrieval only, those whose evidence was not found first.
    """
    wrong = [one for one in outcomes if one.right is False or (one.right is None and not _found_first(one))]
    return sorted(wrong, key=lambda one: (bool(one.abstained), -(one.confidence or 0.0)))


def _found_first(outcome: Outcome) -> bool:
    return outcome.retrieval is not None and outcome.retrieval["R@1"] == 1.0


def write_failures(path: Path, outcomes: Iterable[Outcome]) -> None:
    """A table of what went wrong that a spreadsheet opens with its accents (UTF-8 with a byte order mark)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_FAILURE_COLUMNS)
        for one in failures(outcomes):
            cited = dict.fromkeys(citation["article"] for citation in one.citations or ())
            writer.writerow(
                [
                    one.id,
                    one.kind,
                    one.style,
                    one.question,
                    " | ".join(one.golds),
                    " | ".join(one.spans or ()) or one.given,
                    why(one),
                    one.confidence,
                    " ".join(dict.fromkeys(str(article) for article, _, _ in one.evidence)),
                    " ".join(cited),
                    one.evidence_recall,
                    None if one.retrieval is None else one.retrieval["R@1"],
                ]
            )


def why(outcome: Outcome) -> str:
    """What went wrong, in a few Vietnamese words, as far as it can be told."""
    found = outcome.retrieval is not None and outcome.retrieval["R@10"] == 1.0
    if outcome.error is not None:
        reason = f"không hỏi được: {outcome.error}"
    elif not outcome.answerable:
        reason = "trả lời câu không có trong bài"
    elif not found:
        reason = "không tìm thấy đoạn có đáp án"
    elif outcome.right is None:
        reason = "đoạn có đáp án không đứng đầu"
    elif outcome.abstained:
        reason = "từ chối dù đã tìm thấy đoạn có đáp án"
    elif not outcome.evidence_recall:
        reason = "trả lời từ chỗ khác"
    elif outcome.verdict is not None and 0 < outcome.verdict["share"] < 1:
        reason = "thiếu ý"
    else:
        reason = "đúng chỗ nhưng câu trả lời không khớp"
    return reason
