"""Where the time of a search goes: the product's own retriever, with a clock around each part it calls."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.retriever import HybridRetriever
from rag.store.library import Library

TOTAL = "total"
_UNDERSTAND = "understand the question"
_REST = "fuse, read sentences and dates"

Milliseconds = NDArray[np.float64]


def stage_times(library: Library, questions: Sequence[str], limit: int = 10) -> dict[str, Milliseconds]:
    """Ask every question once and time it.

    Args:
        library: Open and warmed up, with questions other than these: the vector of a question asked before is cached.
        questions: Distinct.
        limit: Passages wanted for each.

    Returns:
        Milliseconds by stage, the total last; arrays of shape (questions,).
    """
    retriever = HybridRetriever(library=library)
    times: dict[str, list[float]] = defaultdict(list)
    parts = {
        "embed it": (library.embeddings, "embed_query"),
        "dense search": (library.vectors, "nearest"),
        "lexical search": (library.lexical, "search"),
        "cosines of lexical hits": (library.vectors, "cosines"),
        "fetch passages": (library, "passages"),
    }
    for question in questions:
        started = time.perf_counter()
        query = retriever.understand(question)
        understood = time.perf_counter()
        with ExitStack() as watching:
            spent = {stage: watching.enter_context(watched(*part)) for stage, part in parts.items()}
            asked = time.perf_counter()
            retriever.search(query, limit)
            found = time.perf_counter()
        search = found - asked
        times[_UNDERSTAND].append(understood - started)
        for stage, calls in spent.items():
            times[stage].append(sum(calls))
        times[_REST].append(search - sum(sum(calls) for calls in spent.values()))
        times[TOTAL].append(understood - started + search)
    return {stage: np.array(seconds) * 1000 for stage, seconds in times.items()}


def understanding_times(library: Library, questions: Sequence[str]) -> Milliseconds:
    """Milliseconds that reading each question takes. Shape (questions,)."""
    retriever = HybridRetriever(library=library)
    seconds = []
    for question in questions:
        started = time.perf_counter()
        retriever.understand(question)
        seconds.append(time.perf_counter() - started)
    return np.array(seconds) * 1000


@contextmanager
def watched(owner: object, method: str) -> Iterator[list[float]]:
    """Time every call of a method of one object, in a `with` block; yields the seconds, filled as calls are made."""
    calls: list[float] = []
    original: Callable[..., Any] = getattr(owner, method)

    def timed(*arguments: object, **named: object) -> object:
        started = time.perf_counter()
        try:
            return original(*arguments, **named)
        finally:
            calls.append(time.perf_counter() - started)

    setattr(owner, method, timed)  # on this one object: it hides the method of the class
    try:
        yield calls
    finally:
        delattr(owner, method)
