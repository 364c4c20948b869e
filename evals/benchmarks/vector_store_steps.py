"""The steps of `evals.benchmarks.vector_store`, each in a process of its own."""

import datetime
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from chromadb import PersistentClient
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from numpy.typing import NDArray

from evals.benchmarks.processes import Figures, serve_steps
from evals.benchmarks.questions import dev_questions
from evals.benchmarks.recombined import load_material, recombined
from evals.benchmarks.tutorial_files import VECTORS_FILE
from rag.embedding import PassageEmbeddings
from rag.retrieval.retriever import HybridRetriever
from rag.settings import Settings, silence_telemetry
from rag.store.chroma import ChromaStore
from rag.store.library import Library
from rag.store.records import ArticleRecord, SearchFilter, to_metadata
from rag.store.rows import where_of

_CANDIDATES = 50  # as the retriever asks for
_TOP = 10
_NAME = "vectors"
_WRITTEN_AT_ONCE = 5000
_WARM_UP = 3

Vectors = NDArray[np.float32]


def upserts(given: Mapping[str, Any]) -> Figures:
    """Write `rows` rows, `batch` at once, as the product stores them."""
    material, batch = load_material(Path(given["material"])), given["batch"]
    words = Settings.load().passage_words
    rows, vectors = [], []
    for some, their in recombined(material, given["rows"], words, given["seed"]):
        rows += some
        vectors += their
    embeddings = np.asarray(vectors, dtype=np.float32)
    with tempfile.TemporaryDirectory(prefix="hoidap-upserts-") as name:
        store = ChromaStore(Settings.load(data_dir=Path(name)))
        collection = store.current()
        started = time.perf_counter()
        for start in range(0, len(rows), batch):
            part = rows[start : start + batch]
            collection.upsert(
                ids=[stored.id for stored, _ in part],
                documents=[stored.passage.text for stored, _ in part],
                embeddings=embeddings[start : start + batch],
                metadatas=[dict(to_metadata(stored, record)) for stored, record in part],
            )
        seconds = time.perf_counter() - started
        store.close()
    return {"rows": len(rows), "batch": batch, "seconds": seconds}


def queries(given: Mapping[str, Any]) -> Figures:
    """Ask the library at `data` unfiltered and with each filter: milliseconds in each index, and what passes."""
    settings = Settings.load(data_dir=Path(given["data"]))
    with Library.opened(
        settings, PassageEmbeddings.from_settings(settings), "evals.benchmarks.vector_store"
    ) as library:
        questions = dev_questions(given["questions"] + _WARM_UP)
        retriever = HybridRetriever(library=library)
        terms = [retriever.understand(question).terms for question in questions]
        vectors = [library.embeddings.embed_query(question) for question in questions]
        runs = []
        for name, chosen in _filters(library.articles()).items():
            where = where_of(chosen)

            def shipped(vector: Sequence[float], chosen: SearchFilter | None = chosen) -> object:
                return library.vectors.nearest(vector, _CANDIDATES, chosen)

            def alone(vector: Sequence[float], where: dict[str, Any] | None = where) -> object:
                wanted = np.asarray([vector], dtype=np.float32)
                return library.vectors.collection.query(
                    query_embeddings=wanted, n_results=_CANDIDATES, where=where, include=["distances"]
                )

            def words(asked: Mapping[str, float], chosen: SearchFilter | None = chosen) -> object:
                return library.lexical.search(asked, _CANDIDATES, chosen)

            runs.append(
                {
                    "filter": name,
                    "passages": sum(one.passages for one in library.articles() if _passes(one, chosen)),
                    "shipped": _times(shipped, vectors),
                    "where": _times(alone, vectors),
                    "words": _times(words, terms),
                }
            )
        return {"passages": library.vectors.count(), "runs": runs}


def _filters(records: Sequence[ArticleRecord]) -> dict[str, SearchFilter | None]:
    """Filters that let through little and much, as users set them."""
    shuffled = [record.id for record in records]
    random.Random(0).shuffle(shuffled)  # noqa: S311 - a repeatable choice, not a secret
    publishers = [name for name, _ in Counter(one.publisher for one in records if one.publisher).most_common()]
    years = Counter(one.published.year for one in records if one.published).most_common()
    filters: dict[str, SearchFilter | None] = {"none": None}
    filters |= {
        f"{count} article{'s' if count > 1 else ''}": SearchFilter(articles=tuple(shuffled[:count]))
        for count in (1, 10, 100)
        if count <= len(shuffled)
    }
    if publishers:
        filters["the commonest publisher"] = SearchFilter(publishers=(publishers[0],))
        filters["the rarest publisher"] = SearchFilter(publishers=(publishers[-1],))
    if years:
        filters["the rarest year"] = _year(years[-1][0])
        filters["the commonest year"] = _year(years[0][0])
        filters["any known day"] = SearchFilter(datetime.date(1900, 1, 1))
    both = Counter((one.publisher, one.published.year) for one in records if one.publisher and one.published)
    if both:
        ((publisher, year), _), *_ = both.most_common()
        filters["the commonest publisher with a year"] = replace(_year(year), publishers=(publisher,))
    return filters


def _year(year: int) -> SearchFilter:
    return SearchFilter(datetime.date(year, 1, 1), datetime.date(year, 12, 31))


def _passes(record: ArticleRecord, chosen: SearchFilter | None) -> bool:
    if chosen is None:
        return True
    if chosen.articles and record.id not in chosen.articles:
        return False
    if chosen.publishers and record.publisher not in chosen.publishers:
        return False
    first, last = chosen.published_from or datetime.date.min, chosen.published_to or datetime.date.max
    known = record.published is not None and first <= record.published <= last
    return known or chosen.day_range is None


def _times(ask: Callable[[Any], object], items: Sequence[object]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds; the first few items are not counted."""
    times = []
    for item in items:
        started = time.perf_counter()
        ask(item)
        times.append((time.perf_counter() - started) * 1000)
    counted = times[_WARM_UP:] or times
    return float(np.median(counted)), float(np.percentile(counted, 95))


def graph(given: Mapping[str, Any]) -> Figures:
    """Build one HNSW graph, then measure recall and time with each of `searches` as `ef_search`."""
    vectors = np.load(Path(given["source"]) / VECTORS_FILE, mmap_mode="r")[: given["vectors"]]
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    asked = np.asarray([embeddings.embed_query(one) for one in dev_questions(given["questions"])], dtype=np.float32)
    exact = np.argsort(-(asked @ vectors.T), axis=1)[:, :_CANDIDATES]
    setting = {"max_neighbors": given["neighbours"], "ef_construction": given["construction"]}
    with tempfile.TemporaryDirectory(prefix="hoidap-graph-") as name:
        folder = Path(name)
        with _client(folder) as client:
            made = client.create_collection(
                _NAME, embedding_function=None, configuration={"hnsw": {"space": "cosine", **setting}}
            )
            started = time.perf_counter()
            for start in range(0, len(vectors), _WRITTEN_AT_ONCE):
                part = vectors[start : start + _WRITTEN_AT_ONCE]
                made.upsert(ids=[str(start + place) for place in range(len(part))], embeddings=part)
            seconds = time.perf_counter() - started
        searches = [_search(folder, asked, exact, breadth) for breadth in given["searches"]]
        disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    return {
        "neighbours": given["neighbours"],
        "construction": given["construction"],
        "seconds": seconds,
        "disk_megabytes": disk,
        "searches": searches,
    }


def _search(folder: Path, asked: Vectors, exact: NDArray[np.intp], breadth: int) -> Figures:
    """Recall and milliseconds with one `ef_search`, which Chroma takes up when the collection is loaded."""
    with _client(folder) as client:
        client.get_collection(_NAME, embedding_function=None).modify(configuration={"hnsw": {"ef_search": breadth}})
    with _client(folder) as client:
        collection: Collection = client.get_collection(_NAME, embedding_function=None)
        found: list[list[int]] = []

        def ask(vector: Vectors) -> None:
            ids = collection.query(query_embeddings=vector[None], n_results=_CANDIDATES, include=["distances"])["ids"]
            found.append([int(one) for one in ids[0]])

        p50, p95 = _times(ask, list(asked))
    pairs = list(zip(found, exact.tolist(), strict=True))
    return {
        "ef_search": breadth,
        "recall@10": float(np.mean([len(set(got[:_TOP]) & set(right[:_TOP])) / _TOP for got, right in pairs])),
        "recall@50": float(np.mean([len(set(got) & set(right)) / len(right) for got, right in pairs])),
        "p50": p50,
        "p95": p95,
    }


@contextmanager
def _client(folder: Path) -> Iterator[Any]:
    client: Any = PersistentClient(folder, settings=ChromaSettings(anonymized_telemetry=False))
    try:
        yield client
    finally:
        client.close()


TASKS = {"upserts": upserts, "queries": queries, "graph": graph}

if __name__ == "__main__":
    silence_telemetry()
    serve_steps(TASKS)
