"""The step of `evals.benchmarks.answer_latency`, in a process of its own."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from evals.benchmarks.processes import Figures, serve_steps
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

_WARM_UP = 5  # questions answered before the clock counts


def answers(given: Mapping[str, Any]) -> Figures:
    """Answer each of `questions` once from the library at `data`, and time it."""
    settings = Settings.load(data_dir=Path(given["data"]))
    with Library.opened(
        settings, PassageEmbeddings.from_settings(settings), "evals.benchmarks.answer_latency"
    ) as library:
        library.require_articles()
        library.require_same_model()
        chatbot = Chatbot(library)
        times, abstained = [], 0
        for question in given["questions"]:
            started = time.perf_counter()
            answer = chatbot.ask(question)
            times.append((time.perf_counter() - started) * 1000)
            abstained += answer.abstained
        counted = times[_WARM_UP:]
        return {
            "articles": len(library.articles()),
            "passages": library.vectors.count(),
            "n": len(counted),
            "abstained": abstained,
            "first": times[0],
            "p50": float(np.median(counted)),
            "p95": float(np.percentile(counted, 95)),
        }


TASKS = {"answers": answers}

if __name__ == "__main__":
    silence_telemetry()
    serve_steps(TASKS)
