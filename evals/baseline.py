"""The figures that a change must not make worse: kept in evals/baseline.json, question by question.

A headline figure fails the gate when its drop is more than chance, in either of two ways:

- its mean is below the lower end of the baseline's 95 % interval; or
- paired with the baseline question by question, the 95 % interval of the drop lies wholly below 0. That sees drops
  that the first is too coarse for, as what makes a question hard counts on both sides.

Quotes that are not verbatim fail it always. Latency is no part of it: it depends on the machine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.cases import DatasetError
from evals.definitions import BY_NAME, HEADLINES
from evals.metrics import Estimate, paired_difference
from evals.outcomes import Outcome
from evals.runs import Run, published_environment
from evals.summary import figures

BASELINE_FILE = Path(__file__).parent / "baseline.json"

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Check:
    """One headline figure against its baseline.

    Attributes:
        metric: Its name.
        before: The baseline's mean.
        low: Lower end of the baseline's interval.
        after: The mean now.
        difference: `after - before`, paired; None where no question counts in both.
        passed: Whether it did not drop.
    """

    metric: str
    before: float
    low: float
    after: float
    difference: Estimate | None
    passed: bool


def write_baseline(run: Run, path: Path = BASELINE_FILE) -> None:
    """Make the figures of a run the baseline.

    Raises:
        DatasetError: The run is not finished, or quotes words that no article holds.
    """
    if not run.complete:
        raise DatasetError(f"Lần đo {run.name} chưa xong.", f"Hãy chạy hết: hoidap eval --resume {run.name}")
    if not _all_verbatim(run.outcomes):
        raise DatasetError("Có trích dẫn không nguyên văn.", "Hãy sửa lỗi đó trước khi đặt mốc so sánh.")
    measured = figures(run.outcomes, run.options.seed)
    head = {
        "dataset": {name: run.info["dataset"][name] for name in ("name", "sha256", "questions", "articles")},
        "environment": published_environment(run.info),
        "figures": {name: measured[name] for name in HEADLINES if name in measured},
        "columns": list(HEADLINES),
    }
    lines = [f"  {json.dumps(one.id)}: {json.dumps(_row(one))}" for one in run.outcomes]
    text = json.dumps(head, ensure_ascii=False, indent=1)
    path.write_text(text[:-2] + ',\n "questions": {\n' + ",\n".join(lines) + "\n }\n}\n", encoding="utf-8")


def read_baseline(path: Path = BASELINE_FILE) -> dict[str, Any]:
    """What `write_baseline` wrote.

    Raises:
        DatasetError: There is none, or it is damaged.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"Không đọc được mốc so sánh {path} ({error}).", "Hãy tạo bằng: make eval-baseline"
        ) from error
    return found


def checks(run: Run, baseline: Mapping[str, Any]) -> list[Check]:
    """Every headline figure of a run against the baseline.

    Raises:
        DatasetError: The run is not finished, or the baseline is of other questions.
    """
    if not run.complete:
        raise DatasetError(f"Lần đo {run.name} chưa xong.", f"Hãy chạy hết: hoidap eval --resume {run.name}")
    asked, known = {one.id for one in run.outcomes}, set(baseline["questions"])
    if run.info["dataset"]["sha256"] != baseline["dataset"]["sha256"] or asked != known:
        raise DatasetError(
            f"Mốc so sánh được đo trên bộ câu hỏi khác ({len(known)} câu, nay {len(asked)} câu).",
            "Nếu bộ câu hỏi thay đổi có chủ ý, hãy đặt lại mốc: make eval-baseline",
        )
    found = [_check(name, figure, run, baseline) for name, figure in baseline["figures"].items()]
    verbatim = float(_all_verbatim(run.outcomes))
    return [*found, Check("verbatim", 1.0, 1.0, verbatim, None, passed=verbatim == 1.0)]


def _check(name: str, figure: Mapping[str, float], run: Run, baseline: Mapping[str, Any]) -> Check:
    column = baseline["columns"].index(name)
    pairs = [(baseline["questions"][one.id][column], BY_NAME[name].value(one)) for one in run.outcomes]
    now = [after for _, after in pairs if after is not None]
    after = float(np.mean(now)) if now else 0.0
    both = np.array([pair for pair in pairs if None not in pair], dtype=np.float64)
    difference = paired_difference(both[:, 1], both[:, 0], run.options.seed) if both.size else None
    dropped = after < figure["low"] - 10**-_DIGITS or (difference is not None and difference.high < 0)
    return Check(name, figure["mean"], figure["low"], after, difference, passed=not dropped)


def _row(outcome: Outcome) -> list[float | None]:
    values = (BY_NAME[name].value(outcome) for name in HEADLINES)
    return [None if value is None else round(value, _DIGITS) for value in values]


def _all_verbatim(outcomes: Sequence[Outcome]) -> bool:
    return all(citation["verbatim"] for outcome in outcomes for citation in outcome.citations or ())


def as_json(found: Sequence[Check]) -> list[dict[str, Any]]:
    """The checks for tools."""
    return [asdict(check) for check in found]
