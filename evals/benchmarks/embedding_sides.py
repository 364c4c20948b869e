"""The two sides of `evals.benchmarks.embedding_speed`, each in a process of its own."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.benchmarks.processes import SPAWNED, Figures, serve_steps
from rag.settings import Settings, silence_telemetry
from rag.vietnamese.normalise import settle_tone_marks

_WARM_UP = ("Hội nghị họp ở đâu?", "Có bao nhiêu người?", "Sự kiện diễn ra khi nào?")  # asked, not timed

Vectors = Sequence[Sequence[float]]


def shipped(given: Mapping[str, Any]) -> Figures:
    """The product's embeddings as its settings make them."""
    from rag.embedding import PassageEmbeddings  # noqa: PLC0415 - each side imports its own

    embeddings = PassageEmbeddings.from_settings(Settings.load())
    return _measured(given, embeddings.embed_documents, embeddings.embed_query)


def torch(given: Mapping[str, Any]) -> Figures:
    """The same model through sentence-transformers and torch, with its prompts, at its own batch size."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    model = SentenceTransformer(given["model"])

    def documents(texts: list[str]) -> Vectors:
        settled = [settle_tone_marks(text) for text in texts]
        vectors = model.encode_document(settled, show_progress_bar=False, normalize_embeddings=True)
        return [vector.tolist() for vector in vectors]

    def query(text: str) -> Sequence[float]:
        vector = model.encode_query(settle_tone_marks(text), show_progress_bar=False, normalize_embeddings=True)
        numbers: list[float] = vector.tolist()
        return numbers

    return _measured(given, documents, query)


def _measured(
    given: Mapping[str, Any], documents: Callable[[list[str]], Vectors], query: Callable[[str], Sequence[float]]
) -> Figures:
    """Time passages and questions and keep their vectors in `out`."""
    held = json.loads(Path(given["texts"]).read_text(encoding="utf-8"))
    for text in _WARM_UP:
        query(text)
    ready = time.time() - given[SPAWNED]
    times, questions = [], []
    for text in held["questions"]:
        started = time.perf_counter()
        questions.append(query(text))
        times.append((time.perf_counter() - started) * 1000)
    started = time.perf_counter()
    passages = documents(held["passages"])
    seconds = time.perf_counter() - started
    np.savez(given["out"], passages=np.asarray(passages), questions=np.asarray(questions))
    return {
        "first_vector_seconds": ready,
        "passages_seconds": seconds,
        "question_p50": float(np.median(times)),
        "question_p95": float(np.percentile(times, 95)),
    }


TASKS = {"shipped": shipped, "torch": torch}

if __name__ == "__main__":
    silence_telemetry()
    serve_steps(TASKS)
