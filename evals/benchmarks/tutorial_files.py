"""What both sides of `evals.benchmarks.tutorial` share: file names, and the clock around their questions.

Imports the standard library only, so that neither side pays for the other's.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

ARTICLES_FILE = "articles.jsonl"  # {"id", "title", "body"}
PASSAGES_FILE = "passages.jsonl"  # {"article", "start", "text"}
VECTORS_FILE = "vectors.npy"  # float32, shape (passages, dimension)

_WARM_UP = 3  # questions asked before the clock counts
_LEAST = 5  # questions timed, whatever they take


def asked(hits: Callable[[str], list[Any]], questions: Sequence[str], seconds: float) -> dict[str, Any]:
    """Ask questions one after the other, and stop when the time is up.

    Args:
        hits: Gives the hits of a question.
        questions: Distinct, as both sides cache a question's vector or may.
        seconds: To spend; a few questions are asked in any case.

    Returns:
        `milliseconds` and `hits`, one of each for the questions after the first few, in order.
    """
    for question in questions[:_WARM_UP]:
        hits(question)
    times: list[float] = []
    found: list[list[Any]] = []
    begun = time.perf_counter()
    for question in questions[_WARM_UP:]:
        if len(times) >= _LEAST and time.perf_counter() - begun > seconds:
            break
        started = time.perf_counter()
        found.append(hits(question))
        times.append((time.perf_counter() - started) * 1000)
    return {"milliseconds": times, "hits": found}
