"""What benchmarks ask: questions of the dev set."""

import json
import random

from evals.workspace import DEV_SET


def dev_questions(wanted: int, seed: int | None = None) -> list[str]:
    """At most so many distinct questions of the dev set that need no conversation.

    Args:
        wanted: How many.
        seed: Of a repeatable order; None keeps the dataset's.
    """
    lines = DEV_SET.read_text(encoding="utf-8").splitlines()
    distinct = list(dict.fromkeys(one["question"] for one in map(json.loads, lines) if not one.get("history")))
    if seed is not None:
        random.Random(seed).shuffle(distinct)  # noqa: S311 - a repeatable order, not a secret
    return distinct[:wanted]
