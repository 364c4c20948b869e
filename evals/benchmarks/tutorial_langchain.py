"""The other side of `evals.benchmarks.tutorial`: what a LangChain tutorial builds, with nothing of ours imported.

RecursiveCharacterTextSplitter (1000 characters, 200 shared), HuggingFaceEmbeddings, langchain_chroma, and an
EnsembleRetriever over BM25Retriever (rank_bm25) and the vector store, half and half; everything at its defaults.

`HuggingFaceEmbeddings` is written out below: the langchain_huggingface package asks for huggingface_hub < 2 and cannot
be installed beside ours. Its defaults are the ones here, and its vectors were compared: they are the same to the bit.
"""

import itertools
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer

from evals.benchmarks.processes import SPAWNED, Figures, serve_steps
from evals.benchmarks.tutorial_files import ARTICLES_FILE, PASSAGES_FILE, VECTORS_FILE, asked

_CHUNK, _OVERLAP = 1000, 200  # characters: LangChain's own RAG tutorial
_READ_AT_ONCE = 5000  # documents: reading everything in one call runs into SQLite's variable limit


class HuggingFaceEmbeddings(Embeddings):
    """langchain_huggingface's class with its defaults: sentence-transformers, no prefixes, line ends made spaces.

    Args:
        model_name: A folder or hub id.
    """

    def __init__(self, model_name: str) -> None:
        self._client = SentenceTransformer(model_name)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, in order."""
        cleaned = [text.replace("\n", " ") for text in texts]
        vectors: list[list[float]] = self._client.encode(cleaned, show_progress_bar=False).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question."""
        return self.embed_documents([text])[0]


class _ReadyVectors(Embeddings):
    """Vectors that were made before, handed out in order."""

    def __init__(self, vectors: Any) -> None:  # noqa: ANN401 - a memory map
        self._vectors, self._next = vectors, 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The next vectors, one a text."""
        start, self._next = self._next, self._next + len(texts)
        ready: list[list[float]] = self._vectors[start : self._next].tolist()
        return ready

    def embed_query(self, text: str) -> list[float]:
        """Not asked for: nothing is searched with these."""
        raise NotImplementedError(text)


def index(given: Mapping[str, Any]) -> Figures:
    """Split, embed and store the articles of `articles` into `store`."""
    loading = time.perf_counter()
    embeddings = HuggingFaceEmbeddings(given["model"])
    embeddings.embed_query("a")
    started = time.perf_counter()
    with (Path(given["articles"]) / ARTICLES_FILE).open(encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    # Each article is loaded as its page would be: headline, blank line, body.
    pages = [
        Document(f"{one['title']}\n\n{one['body']}", metadata={"article": one["id"], "head": len(one["title"]) + 2})
        for one in articles
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP, add_start_index=True)
    chunks = splitter.split_documents(pages)
    Chroma.from_documents(chunks, embeddings, persist_directory=given["store"])
    BM25Retriever.from_documents(chunks)
    return {
        "seconds": time.perf_counter() - started,
        "model_seconds": started - loading,
        "articles": len(articles),
        "passages": len(chunks),
        "characters": sum(len(one["body"]) for one in articles),
    }


def load(given: Mapping[str, Any]) -> Figures:
    """Store the first `passages` of the ready passages with their vectors."""
    source = Path(given["source"])
    with (source / PASSAGES_FILE).open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in itertools.islice(file, given["passages"])]
    documents = [
        Document(row["text"], metadata={"article": row["article"], "start_index": row["start"], "head": 0})
        for row in rows
    ]
    started = time.perf_counter()
    ready = _ReadyVectors(np.load(source / VECTORS_FILE, mmap_mode="r"))
    Chroma.from_documents(documents, ready, persist_directory=given["store"])
    return {"passages": len(documents), "seconds": time.perf_counter() - started}


def search(given: Mapping[str, Any]) -> Figures:
    """Open `store` and ask each of `questions`: milliseconds, hits, and what it took from the process's start."""
    store = Chroma(persist_directory=given["store"], embedding_function=HuggingFaceEmbeddings(given["model"]))
    documents = _documents(store)
    words = BM25Retriever.from_documents(documents, k=given["hits"])
    meaning = store.as_retriever(search_kwargs={"k": given["hits"]})
    retriever = EnsembleRetriever(retrievers=[words, meaning], weights=[0.5, 0.5])

    def hits(question: str) -> list[Any]:
        return [_span(document) for document in retriever.invoke(question)[: given["hits"]]]

    first = hits(given["first"])
    start_up = time.time() - given[SPAWNED]
    measured = asked(hits, given["questions"], given["seconds"])
    spans = [_span(document) for document in documents] if given["spans"] else []
    return {"passages": len(documents), "start_up": start_up, "first": first, **measured, "spans": spans}


def _documents(store: Chroma) -> Sequence[Document]:
    """Every document of the store: BM25Retriever keeps nothing on disk and is made anew at each start."""
    documents: list[Document] = []
    while True:
        page = store.get(limit=_READ_AT_ONCE, offset=len(documents), include=["documents", "metadatas"])
        rows = zip(page["documents"], page["metadatas"], strict=True)
        documents += [Document(text, metadata=metadata) for text, metadata in rows]
        if len(page["ids"]) < _READ_AT_ONCE:
            return documents


def _span(document: Document) -> list[Any]:
    """Article, start and end in its body; the part of a chunk that is headline is cut off."""
    start = int(document.metadata["start_index"]) - int(document.metadata["head"])
    return [document.metadata["article"], max(0, start), max(0, start + len(document.page_content))]


TASKS = {"index": index, "load": load, "search": search}

if __name__ == "__main__":
    serve_steps(TASKS)
