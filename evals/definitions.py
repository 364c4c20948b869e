"""Every metric of an answer run in one place: what it means, where it comes from, and its value for one question.

The rule for "right" is in `evals.answers`, citations in `evals.citations`, rankings in `evals.metrics`. The command
line, the report, the gate and docs/accuracy.md all read their names and definitions here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from evals.outcomes import Outcome

_SQUAD2 = "SQuAD 2 (Rajpurkar et al. 2018)"
_MLQA = "MLQA (Lewis et al. 2020)"
_ALCE = "như ALCE (Gao et al. 2023), với dẫn chứng vàng"
_TREC = "trec_eval, qua ir_measures"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that is a mean over questions.

    Attributes:
        name: In metrics.json.
        label: As people read it, Vietnamese.
        meaning: What it says and about which questions, Vietnamese.
        source: Who defined it.
        value: Of one question, 0 to 1; None where the question does not count.
    """

    name: str
    label: str
    meaning: str
    source: str
    value: Callable[[Outcome], float | None]


def _verdict(field: str, *, answerable_only: bool) -> Callable[[Outcome], float | None]:
    def value(outcome: Outcome) -> float | None:
        if outcome.verdict is None or (answerable_only and not outcome.answerable):
            return None
        return float(outcome.verdict[field])

    return value


def _refused_rightly(outcome: Outcome) -> float | None:
    return None if outcome.answerable or outcome.abstained is None else float(outcome.abstained)


def _refused_wrongly(outcome: Outcome) -> float | None:
    return float(outcome.abstained) if outcome.answerable and outcome.abstained is not None else None


def _refusal_precision(outcome: Outcome) -> float | None:
    return float(not outcome.answerable) if outcome.abstained else None


def _right_when_answered(outcome: Outcome) -> float | None:
    return float(bool(outcome.right)) if outcome.answered else None


def _citation_precision(outcome: Outcome) -> float | None:
    if not (outcome.answered and outcome.answerable):
        return None
    right = [citation["right"] for citation in outcome.citations or ()]
    return sum(right) / len(right) if right else 0.0


def _citation_recall(outcome: Outcome) -> float | None:
    return outcome.evidence_recall if outcome.answered and outcome.answerable else None


def _verbatim(outcome: Outcome) -> float | None:
    quotes = [citation["verbatim"] for citation in outcome.citations or ()]
    return sum(quotes) / len(quotes) if quotes else None


def _marked(outcome: Outcome) -> float | None:
    return float(bool(outcome.marked)) if outcome.answered else None


def _retrieval(name: str) -> Callable[[Outcome], float | None]:
    return lambda outcome: None if outcome.retrieval is None else outcome.retrieval[name]


METRICS: tuple[Metric, ...] = (
    Metric(
        "right",
        "Đúng",
        "Câu trả lời đúng theo luật ở evals/answers.py; câu không có trong bài thì đúng khi bị từ chối. Mọi câu hỏi.",
        "Hỏi Đáp",
        _verdict("right", answerable_only=False),
    ),
    Metric(
        "right_answerable",
        "Đúng, câu có đáp án",
        "Như trên, chỉ những câu mà bài viết trả lời được; từ chối là sai.",
        "Hỏi Đáp",
        _verdict("right", answerable_only=True),
    ),
    Metric(
        "right_when_answered",
        "Đúng khi đã trả lời",
        "Trong những câu không bị từ chối, bao nhiêu câu đúng.",
        "Hỏi Đáp",
        _right_when_answered,
    ),
    Metric(
        "items_found",
        "Số ý tìm được",
        "Phần số ý vàng có trong câu trả lời (câu hỏi cần đủ mọi ý); câu khác: 1 khi đúng. Câu có đáp án.",
        "Hỏi Đáp",
        _verdict("share", answerable_only=True),
    ),
    Metric(
        "em_mlqa",
        "EM, câu có đáp án (MLQA)",
        "Khớp hoàn toàn với một đáp án sau khi chuẩn hóa kiểu MLQA tiếng Việt. HasAns.",
        _MLQA,
        _verdict("em_mlqa", answerable_only=True),
    ),
    Metric(
        "f1_mlqa",
        "F1, câu có đáp án (MLQA)",
        "F1 theo từ với đáp án gần nhất sau khi chuẩn hóa kiểu MLQA tiếng Việt. HasAns.",
        _MLQA,
        _verdict("f1_mlqa", answerable_only=True),
    ),
    Metric(
        "em_squad",
        "EM, câu có đáp án (SQuAD)",
        "Như trên với bộ chuẩn hóa của SQuAD. HasAns_exact.",
        _SQUAD2,
        _verdict("em_squad", answerable_only=True),
    ),
    Metric(
        "f1_squad",
        "F1, câu có đáp án (SQuAD)",
        "Như trên với bộ chuẩn hóa của SQuAD. HasAns_f1.",
        _SQUAD2,
        _verdict("f1_squad", answerable_only=True),
    ),
    Metric(
        "em_squad_all",
        "EM, mọi câu (SQuAD 2)",
        "Cả những câu không có đáp án: 1 khi từ chối. exact.",
        _SQUAD2,
        _verdict("em_squad", answerable_only=False),
    ),
    Metric(
        "f1_squad_all",
        "F1, mọi câu (SQuAD 2)",
        "Cả những câu không có đáp án: 1 khi từ chối. f1.",
        _SQUAD2,
        _verdict("f1_squad", answerable_only=False),
    ),
    Metric(
        "refusal_recall",
        "Từ chối đúng câu không có đáp án",
        "Trong những câu mà bài viết không trả lời được, bao nhiêu câu bị từ chối. NoAns_exact, độ phủ của từ chối.",
        _SQUAD2,
        _refused_rightly,
    ),
    Metric(
        "refusal_precision",
        "Từ chối là phải",
        "Trong những câu bị từ chối, bao nhiêu câu đúng là không có trong bài. Độ chính xác của từ chối.",
        "độ chính xác",
        _refusal_precision,
    ),
    Metric(
        "refused_wrongly",
        "Từ chối nhầm",
        "Trong những câu có đáp án, bao nhiêu câu bị từ chối. Càng thấp càng tốt.",
        "Hỏi Đáp",
        _refused_wrongly,
    ),
    Metric(
        "citation_precision",
        "Trích dẫn đúng chỗ",
        "Phần trích dẫn trùng với dẫn chứng vàng. Câu có đáp án và đã được trả lời.",
        _ALCE,
        _citation_precision,
    ),
    Metric(
        "citation_recall",
        "Dẫn chứng được trích",
        "Phần dẫn chứng vàng có trích dẫn trùng với nó. Câu có đáp án và đã được trả lời.",
        _ALCE,
        _citation_recall,
    ),
    Metric(
        "verbatim",
        "Trích nguyên văn",
        "Phần trích dẫn giống bài viết từng ký tự ở đúng vị trí. Luôn phải là 100 %.",
        "Hỏi Đáp",
        _verbatim,
    ),
    Metric(
        "marked",
        "Số trích dẫn khớp",
        "Các số [n] trong câu trả lời đúng là số của các trích dẫn.",
        "Hỏi Đáp",
        _marked,
    ),
    Metric(
        "unproven",
        "Câu chưa kiểm chứng",
        "Phần câu do mô hình ngôn ngữ viết mà không được dẫn chứng xác nhận. Càng thấp càng tốt.",
        "Hỏi Đáp",
        lambda outcome: outcome.unproven,
    ),
    Metric("R@1", "R@1", "Đoạn đầu tiên tìm được có dẫn chứng vàng. Câu có đáp án.", _TREC, _retrieval("R@1")),
    Metric("R@5", "R@5", "Một trong 5 đoạn đầu có dẫn chứng vàng. Câu có đáp án.", _TREC, _retrieval("R@5")),
    Metric("R@10", "R@10", "Một trong 10 đoạn đầu có dẫn chứng vàng. Câu có đáp án.", _TREC, _retrieval("R@10")),
    Metric("MRR@10", "MRR@10", "1 / hạng của đoạn đúng đầu tiên, 0 nếu ngoài 10.", _TREC, _retrieval("MRR@10")),
    Metric("nDCG@10", "nDCG@10", "Lợi ích giảm dần theo hạng, so với thứ tự tốt nhất.", _TREC, _retrieval("nDCG@10")),
)

BY_NAME = {metric.name: metric for metric in METRICS}

# What the tables by type and style show, and what the gate holds.
HEADLINES = ("right", "right_answerable", "refusal_recall", "citation_precision", "citation_recall", "R@1", "nDCG@10")
LOWER_IS_BETTER = frozenset({"refused_wrongly", "unproven"})
