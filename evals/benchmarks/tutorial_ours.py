"""Our side of `evals.benchmarks.tutorial`: each task runs in a process of its own (see `evals.benchmarks.processes`).

The product as it ships: `Library.sync` to index, the hybrid retriever to search.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from evals.benchmarks.processes import SPAWNED, Figures, serve_steps
from evals.benchmarks.recombined import (
    fill,
    load_material,
    material_of,
    recombined,
    recombined_articles,
    save_material,
)
from evals.benchmarks.tutorial_files import ARTICLES_FILE, PASSAGES_FILE, VECTORS_FILE, asked
from evals.workspace import indexed_articles, write_articles
from rag.embedding import PassageEmbeddings
from rag.retrieval.retriever import HybridRetriever
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

_COMMAND = "evals.benchmarks.tutorial"
_MARKDOWN = "markdown"


def make_material(given: Mapping[str, Any]) -> Figures:
    """Cut the corpus into sentences and embed each; keep both in `folder`."""
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    with indexed_articles(Path(given["corpus"]), embeddings) as articles:
        material = material_of(articles, embeddings)
    save_material(material, Path(given["folder"]))
    return {"articles": len(material.articles), "sentences": len(material.sentences)}


def make_articles(given: Mapping[str, Any]) -> Figures:
    """Write the corpus's articles and so many recombined passages' into `folder`: Markdown for us, JSONL for both."""
    material, folder = load_material(Path(given["material"])), Path(given["folder"])
    words = Settings.load().passage_words
    articles = [*material.articles, *recombined_articles(material, given["recombined"], words, given["seed"])]
    write_articles(articles, folder / _MARKDOWN)
    with (folder / ARTICLES_FILE).open("w", encoding="utf-8") as file:
        for article in articles:
            line = {"id": article.id, "title": article.title, "body": article.body}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return {"articles": len(articles), "characters": sum(len(article.body) for article in articles)}


def make_passages(given: Mapping[str, Any]) -> Figures:
    """Write `passages` recombined passages with their vectors into `folder`, for the other side."""
    material, folder, wanted = load_material(Path(given["material"])), Path(given["folder"]), given["passages"]
    folder.mkdir(parents=True, exist_ok=True)
    dimension = material.vectors.shape[1]
    kept = np.lib.format.open_memmap(folder / VECTORS_FILE, mode="w+", dtype=np.float32, shape=(wanted, dimension))
    done = 0
    with (folder / PASSAGES_FILE).open("w", encoding="utf-8") as file:
        for rows, vectors in recombined(material, wanted, Settings.load().passage_words, given["seed"]):
            kept[done : done + len(rows)] = vectors
            done += len(rows)
            for stored, _ in rows:
                passage = stored.passage
                line = {"article": passage.article_id, "start": passage.start, "text": passage.text.strip()}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    kept.flush()
    return {"passages": done, "dimension": dimension}


def index(given: Mapping[str, Any]) -> Figures:
    """Index the articles of `articles` into `store`, as `hoidap index` does."""
    with _opened(given) as library:
        loading = time.perf_counter()
        library.embeddings.embed_query("a")
        started = time.perf_counter()
        summary = library.sync([Path(given["articles"]) / _MARKDOWN])
        seconds = time.perf_counter() - started
        return {
            "seconds": seconds,
            "model_seconds": started - loading,
            "articles": len(summary.added),
            "passages": library.vectors.count(),
            "characters": sum(one.passage.end - one.passage.start for one in library.vectors.all_passages()),
            "failed": len(summary.failed),
        }


def load(given: Mapping[str, Any]) -> Figures:
    """Write `passages` recombined passages with ready vectors into `store`, and derive the other indexes."""
    material = load_material(Path(given["material"]))
    with _opened(given) as library:
        started = time.perf_counter()
        fill(library, material, given["passages"], given["seed"])
        written = time.perf_counter()
    with _opened(given) as library:
        return {
            "passages": library.vectors.count(),
            "seconds": written - started,
            "derive_seconds": time.perf_counter() - written,
        }


def search(given: Mapping[str, Any]) -> Figures:
    """Open `store` and ask each of `questions`: milliseconds, hits, and what it took from the process's start."""
    with _opened(given) as library:
        library.require_same_model()
        retriever = HybridRetriever(library=library, limit=given["hits"])

        def hits(question: str) -> list[Any]:
            found = (document.metadata for document in retriever.invoke(question))
            return [[one["article"], one["start"], one["end"]] for one in found]

        first = hits(given["first"])
        start_up = time.time() - given[SPAWNED]
        measured = asked(hits, given["questions"], given["seconds"])
        spans = [
            [one.passage.article_id, one.passage.start, one.passage.end]
            for one in (library.vectors.all_passages() if given["spans"] else ())
        ]
        return {"passages": library.vectors.count(), "start_up": start_up, "first": first, **measured, "spans": spans}


@contextmanager
def _opened(given: Mapping[str, Any]) -> Iterator[Library]:
    settings = Settings.load(data_dir=Path(given["store"]))
    with Library.opened(settings, PassageEmbeddings.from_settings(settings), _COMMAND) as library:
        yield library


TASKS = {
    "material": make_material,
    "articles": make_articles,
    "passages": make_passages,
    "index": index,
    "load": load,
    "search": search,
}

if __name__ == "__main__":
    silence_telemetry()
    serve_steps(TASKS)
