"""The retrieval systems that are compared: ours, its ablations and the baselines, on one library and one model.

To add a system, write a class with `name`, `rank` and `spans_of`, and list it in `baselines`.
"""

import copy
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Protocol

from chromadb.config import Settings as ChromaSettings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag.article import Article
from rag.embedding import PassageEmbeddings
from rag.retrieval.query import QueryOptions
from rag.retrieval.retriever import HybridRetriever
from rag.store.library import Library
from rag.vietnamese.syllables import folded_syllables, with_bigrams

_RRF_K = 60  # the constant of the paper and of every library since
_RRF_DEPTH = 50  # candidates from each side
_TUTORIAL_CHUNK = 1000  # characters: what LangChain's RAG tutorial uses
_TUTORIAL_OVERLAP = 200


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article that a system can find: `article.body[start:end]`."""

    article: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RankedSpan:
    """A hit.

    Attributes:
        article: Id of the article.
        start: Offset in its body.
        end: Offset behind the last character.
        score: What the hits of one question are ordered by; comparable only among these.
    """

    article: str
    start: int
    end: int
    score: float

    @property
    def span(self) -> Span:
        """The place without the score."""
        return Span(self.article, self.start, self.end)


class RetrievalSystem(Protocol):
    """Something that ranks stretches of articles for a question."""

    @property
    def name(self) -> str:
        """How it is called in tables, unique in a run."""

    def rank(self, question: str, limit: int) -> list[RankedSpan]:
        """At most `limit` hits for a question, best first, each once."""

    def spans_of(self, article: str) -> Sequence[Span]:
        """Every stretch of the article that its index holds."""


class LibraryPassages:
    """The passages of a library by id and by article, shared by every system that searches them.

    Args:
        library: What is searched. It must not change while the systems run.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self._spans: dict[str, Span] = {}
        self._by_article: dict[str, list[Span]] = defaultdict(list)
        for stored in library.vectors.all_passages():
            passage = stored.passage
            span = Span(passage.article_id, passage.start, passage.end)
            self._spans[stored.id] = span
            self._by_article[passage.article_id].append(span)

    def spans_of(self, article: str) -> Sequence[Span]:
        """The passages of one article; none when the library does not hold it."""
        return self._by_article.get(article, [])

    def ranked(self, scores: Mapping[str, float], limit: int) -> list[RankedSpan]:
        """The passages with the highest scores, best first; ties go to the smaller id."""
        spans = ((self._spans[passage_id], scores[passage_id]) for passage_id in _best_first(scores)[:limit])
        return [RankedSpan(span.article, span.start, span.end, score) for span, score in spans]


def _best_first(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))


@dataclass(frozen=True)
class _OverPassages:
    """A system that finds the passages of a library."""

    passages: LibraryPassages

    def spans_of(self, article: str) -> Sequence[Span]:
        """The library's passages."""
        return self.passages.spans_of(article)


class _Scoring(_OverPassages, ABC):
    """One that gives passages a score, and ranks them by it."""

    @abstractmethod
    def scores(self, question: str, limit: int) -> dict[str, float]:
        """Score by passage id, of the best passages at least."""

    def rank(self, question: str, limit: int) -> list[RankedSpan]:
        """The passages with the highest scores."""
        return self.passages.ranked(self.scores(question, limit), limit)


@dataclass(frozen=True)
class LexicalOnly(_Scoring):
    """BM25 alone over our folded syllables and bigrams, for the words as typed."""

    name: str = "BM25"

    def scores(self, question: str, limit: int) -> dict[str, float]:
        """BM25 score by passage id."""
        terms = dict.fromkeys(with_bigrams(folded_syllables(question)), 1.0)
        return self.passages.library.lexical.search(terms, limit)


@dataclass(frozen=True)
class DenseOnly(_Scoring):
    """The embedding model alone, given the question as typed."""

    name: str = "dense"

    def scores(self, question: str, limit: int) -> dict[str, float]:
        """Cosine by passage id."""
        library = self.passages.library
        return library.vectors.nearest(library.embeddings.embed_query(question), limit)


@dataclass(frozen=True)
class ReciprocalRankFusion(_Scoring):
    """BM25 and dense merged by rank: the sum of 1 / (60 + rank), the usual hybrid search."""

    name: str = "RRF (k=60)"

    def scores(self, question: str, limit: int) -> dict[str, float]:
        """Sum of the reciprocal ranks by passage id, high for those that stand high in either ranking."""
        depth = max(_RRF_DEPTH, limit)
        fused: dict[str, float] = defaultdict(float)
        for side in (LexicalOnly(self.passages), DenseOnly(self.passages)):
            for rank, passage_id in enumerate(_best_first(side.scores(question, depth)), start=1):
                fused[passage_id] += 1.0 / (_RRF_K + rank)
        return fused


class Tutorial:
    """What a LangChain tutorial builds: characters split 1000/200, Chroma, `similarity_search`, the same model.

    Each article is loaded as its page would be: headline, blank line, body. Offsets are those of the body; the part
    of a chunk that is headline is cut off.

    Args:
        articles: What is indexed.
        embeddings: The embedding model.
        folder: Where Chroma writes; empty or missing.
    """

    name = "LangChain tutorial"

    def __init__(self, articles: Sequence[Article], embeddings: PassageEmbeddings, folder: Path) -> None:
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=_TUTORIAL_CHUNK, chunk_overlap=_TUTORIAL_OVERLAP, add_start_index=True
        )
        self._body_starts = {article.id: len(article.title) + 2 for article in articles}
        pages = [
            Document(f"{article.title}\n\n{article.body}", metadata={"article": article.id}) for article in articles
        ]
        chunks = splitter.split_documents(pages)
        settings = ChromaSettings(anonymized_telemetry=False, is_persistent=True)
        self._store = Chroma.from_documents(chunks, embeddings, persist_directory=str(folder), client_settings=settings)
        self._by_article: dict[str, list[Span]] = defaultdict(list)
        for chunk in chunks:
            span = self._span(chunk)
            self._by_article[span.article].append(span)

    def rank(self, question: str, limit: int) -> list[RankedSpan]:
        """The chunks nearest to the question. Chroma gives distances, so the score is the distance below zero."""
        found = self._store.similarity_search_with_score(question, k=limit)
        hits = ((self._span(chunk), -float(distance)) for chunk, distance in found)
        return [RankedSpan(span.article, span.start, span.end, score) for span, score in hits]

    def spans_of(self, article: str) -> Sequence[Span]:
        """The tutorial's own chunks."""
        return self._by_article.get(article, [])

    def _span(self, chunk: Document) -> Span:
        article = str(chunk.metadata["article"])
        start = int(chunk.metadata["start_index"]) - self._body_starts[article]
        return Span(article, max(0, start), max(0, start + len(chunk.page_content)))


@dataclass(frozen=True)
class Ours(_OverPassages):
    """The product's own retriever."""

    retriever: HybridRetriever
    name: str = "ours"

    def rank(self, question: str, limit: int) -> list[RankedSpan]:
        """What `hoidap search` shows."""
        hits = self.retriever.search(self.retriever.understand(question), limit)
        places = ((hit.stored.passage, hit.score.total) for hit in hits)
        return [RankedSpan(passage.article_id, passage.start, passage.end, score) for passage, score in places]


def baselines(passages: LibraryPassages, articles: Sequence[Article], folder: Path) -> list[RetrievalSystem]:
    """What people use today, and ours last.

    Args:
        passages: Of the library that every system but the tutorial's searches.
        articles: The library's articles, for the tutorial to index its own way.
        folder: A temporary folder for the tutorial's store.
    """
    return [
        LexicalOnly(passages),
        DenseOnly(passages),
        ReciprocalRankFusion(passages),
        Tutorial(articles, passages.library.embeddings, folder),
        Ours(passages, HybridRetriever(library=passages.library)),
    ]


def ablations(passages: LibraryPassages) -> list[RetrievalSystem]:
    """Ours with one step of query understanding switched off at a time, and with the lexical share at 0."""
    library = passages.library
    systems: list[RetrievalSystem] = [
        Ours(
            passages,
            HybridRetriever(library=library, options=replace(QueryOptions(), **{step.name: False})),
            f"ours without {step.name}",
        )
        for step in fields(QueryOptions)
    ]
    by_meaning_only = copy.copy(library)  # the same indexes, other settings
    by_meaning_only.settings = library.settings.model_copy(update={"lexical_weight": 0.0})
    return [*systems, Ours(passages, HybridRetriever(library=by_meaning_only), "ours without lexical")]
