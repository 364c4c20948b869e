"""Outcomes made by hand, for tests of what is computed from them."""

from typing import Any

from evals.outcomes import Outcome


def made(name: str, *, right: bool, abstained: bool = False, confidence: float = 0.5, **changes: Any) -> Outcome:
    """One answered, answerable question with one citation; `changes` are fields of the outcome."""
    score = float(right)
    verdict = {
        "right": right, "share": score, "rule": "one",
        "em_squad": score, "f1_squad": score, "em_mlqa": score, "f1_mlqa": score,
    }  # fmt: skip
    quote = {"n": 1, "article": "gian", "start": 0, "end": 4, "quote": "Giàn", "right": right, "verbatim": True}
    fields: dict[str, Any] = {
        "id": name,
        "question": f"Câu hỏi {name}?",
        "kind": "what",
        "style": "plain",
        "golds": ["Giàn"],
        "evidence": [["gian", 0, 4]],
        "given": "Không tìm thấy." if abstained else "Giàn [1]",
        "spans": [] if abstained else ["Giàn"],
        "abstained": abstained,
        "confidence": confidence,
        "seconds": 0.05,
        "citations": [] if abstained else [quote],
        "marked": True,
        "evidence_recall": None if abstained else score,
        "verdict": verdict,
        "retrieval": {"R@1": 1.0, "R@5": 1.0, "R@10": 1.0, "MRR@10": 1.0, "nDCG@10": 1.0},
    }
    return Outcome(**{**fields, **changes})


def unanswerable(name: str, *, refused: bool, confidence: float = 0.2) -> Outcome:
    """A question that the articles do not answer."""
    nothing: dict[str, Any] = {
        "golds": [],
        "evidence": [],
        "kind": "unanswerable",
        "retrieval": None,
        "evidence_recall": None,
    }
    return made(name, right=refused, abstained=refused, confidence=confidence, **nothing)
