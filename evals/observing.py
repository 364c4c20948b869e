"""Ask the libraries of the fitting sets everything that the fits learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.fitting import short_of
from evals.people.inquiries import AskedLibrary, Inquiry
from evals.reader_training.batched import BatchedNetwork
from evals.workspace import REPOSITORY
from rag.answering.answerer import HITS
from rag.answering.compare import comparison
from rag.answering.confidence import Signals
from rag.answering.finding import Finding, find_candidates, find_several
from rag.answering.passages_read import MOST_READ, read_hits
from rag.answering.polarity import Polarity
from rag.answering.reading.encoding import PairEncoder, Window, conversation, heading
from rag.answering.reading.span_network import NetworkOutput
from rag.answering.reading.span_reader import SpanReader, shipped_network
from rag.conversation.resolver import FollowUps
from rag.embedding import PassageEmbeddings
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit, HybridRetriever

WEIGHTS = REPOSITORY / "rag" / "answering" / "reading" / "weights" / "reader.safetensors"


@dataclass(frozen=True)
class Choice:
    """One question: the features of its candidates (candidates, features), and how right each of them is, 0 to 1."""

    dataset: str
    article: str
    features: NDArray[np.float64]
    ratings: NDArray[np.float64]

    def as_row(self) -> dict[str, object]:
        """The same, ready for JSON."""
        return {**vars(self), "features": self.features.tolist(), "ratings": self.ratings.tolist()}


@dataclass(frozen=True)
class Observation:
    """One candidate of a question, and what came of it.

    Attributes:
        inquiry: The question, unique over all sets.
        dataset: Its set.
        article: What is never split.
        group: answerable, impossible or hidden.
        rank: Its place among the candidates that are judged, from 0.
        signals: What the model sees.
        rating: How right it is, 0 to 1.
    """

    inquiry: str
    dataset: str
    article: str
    group: str
    rank: int
    signals: Signals
    rating: float


class Asker:
    """Asks inquiries; the passages of a library are read in batches before its questions are answered.

    Args:
        embeddings: The bundled model.
    """

    def __init__(self, embeddings: PassageEmbeddings) -> None:
        network = shipped_network(embeddings.trunk)
        self.fingerprint = network.fingerprint
        self._encoder = PairEncoder(embeddings.trunk.tokenizer)
        self._batched = BatchedNetwork(embeddings.trunk.folder, WEIGHTS)
        self._read: dict[tuple[int, ...], NetworkOutput] = {}

        def read(ids: Sequence[int]) -> NetworkOutput:
            known = self._read.get(tuple(ids))
            return known if known is not None else network(ids)

        self.reader = SpanReader(read, self._encoder)

    def choices(self, asked: AskedLibrary) -> Iterator[tuple[list[str], Choice]]:
        """Names of the features, and the candidates of every question that the library answers."""
        for inquiry, query, hits, retriever in self._searched(asked):
            if inquiry.group != "answerable":
                continue
            findings = find_candidates(query, hits, self.reader, retriever.rarity)
            if findings:
                rows = [finding.ranked[0].features.as_dict() for finding in findings]
                yield (
                    list(rows[0]),
                    Choice(
                        inquiry.dataset,
                        inquiry.article,
                        np.array([list(row.values()) for row in rows]),
                        np.array(self._ratings(inquiry, findings)),
                    ),
                )

    def polarities(self, asked: AskedLibrary) -> Iterator[tuple[str, Polarity, bool]]:
        """Of every question for yes or no: its article, what speaks for either, and whether yes is right."""
        for inquiry, query, hits, retriever in self._searched(asked):
            if inquiry.group == "answerable" and inquiry.verdict in ("yes", "no"):
                reading = read_hits(query, hits, self.reader)
                ranked = reading.ranked(query, retriever.rarity)
                if ranked:
                    yield inquiry.article, reading.signs(ranked[0]), inquiry.verdict == "yes"

    def observations(self, asked: AskedLibrary) -> Iterator[Observation]:
        """The judged candidates of every question."""
        for inquiry, query, hits, retriever in self._searched(asked):
            findings = find_several(query, hits, self.reader, retriever.rarity)
            for rank, (finding, rating) in enumerate(zip(findings, self._ratings(inquiry, findings), strict=True)):
                assert finding.signals is not None  # noqa: S101 - what `find_several` promises
                yield Observation(
                    f"{inquiry.dataset}/{inquiry.group}/{inquiry.id}",
                    inquiry.dataset,
                    inquiry.article,
                    inquiry.group,
                    rank,
                    finding.signals,
                    rating,
                )

    def _ratings(self, inquiry: Inquiry, findings: Sequence[Finding]) -> list[float]:
        if inquiry.group != "answerable":
            return [0.0] * len(findings)
        return [inquiry.rate(short_of(finding)) for finding in findings]

    def _searched(self, asked: AskedLibrary) -> Iterator[tuple[Inquiry, Query, list[Hit], HybridRetriever]]:
        retriever = HybridRetriever(library=asked.library)
        follow_ups = FollowUps(retriever)
        searched = []
        windows: dict[tuple[int, ...], Window] = {}
        for inquiry in asked.inquiries:
            # Comparisons are answered by way of other questions.
            if comparison(inquiry.question) is not None:
                continue
            query = follow_ups.read(inquiry.question, inquiry.history)
            hits = retriever.search(query, HITS, inquiry.search_filter)
            searched.append((inquiry, query, hits, retriever))
            for hit in hits[:MOST_READ]:
                text = hit.text
                above = heading(hit.as_read.title, hit.opening, text)
                before = conversation(query.before)
                for window in self._encoder.windows(query.text, text, above, before=before):
                    windows[tuple(window.ids)] = window
        unread = [window for ids, window in windows.items() if ids not in self._read]
        self._read |= {tuple(window.ids): said for window, said in self._batched(unread)}
        yield from searched
