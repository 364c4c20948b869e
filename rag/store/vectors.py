"""Passages, their metadata and their vectors in one Chroma collection: the only truth of the library.

A version of an article is first written as *staged*, which readers do not see. Publishing makes it live and its
predecessor retired, in one write of their first passages; readers hold a snapshot of what is live, so they see the
one version or the other. Retired versions are purged when nobody can be reading them any more.
"""

import dataclasses
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, cast

import numpy as np

from rag.embedding import EmbeddingFingerprint
from rag.settings import Settings
from rag.store.chroma import ChromaStore, GuardedCollection
from rag.store.nearest import cosines, nearest
from rag.store.records import (
    ArticleRecord,
    LiveVersions,
    Metadata,
    SearchFilter,
    StoredPassage,
    VersionState,
    from_metadata,
    head_metadata,
    text_digest,
    to_metadata,
)
from rag.store.rows import (
    FINGERPRINT,
    PAGE,
    fingerprint_of,
    heads_of,
    rows_of,
    version_passages,
    whole_articles,
    with_counts,
)

_HEADS_AT_ONCE = 2000
_VERSIONS_AT_ONCE = 200
_GENERATION = "generation"


class PassageVectors:
    """The passages of one library. Safe to use from several threads.

    Args:
        store: An open Chroma.
    """

    def __init__(self, store: ChromaStore) -> None:
        self.store = store
        self._changing = threading.Lock()
        self._collection: GuardedCollection
        self._hidden: dict[tuple[str, str], ArticleRecord]
        self.live: LiveVersions
        self.refresh()

    @classmethod
    def open(cls, settings: Settings, *, trusted: bool = False) -> Self:
        """Open the collection that the settings point at, making it when missing.

        Args:
            settings: Say where it is.
            trusted: Whether damaged files are to be opened too, by whoever mends them.

        Raises:
            LibraryError: Chroma cannot read or write its folder, or its server does not answer.
        """
        store = ChromaStore(settings, trusted=trusted)
        try:
            return cls(store)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Release the database files."""
        self.store.close()

    def refresh(self) -> None:
        """Read anew which versions there are."""
        self.adopt(self.peek())

    def peek(self) -> "StoredState":
        """What is stored now, perhaps by another process. Readers here do not see it before `adopt`."""
        collection = self.store.current()
        records = heads_of(collection)
        # At a server another process may have deleted rows between two pages, which moves others out of sight.
        while self.store.server is not None and records != (again := heads_of(collection)):
            records = again
        live: dict[str, ArticleRecord] = {}
        hidden: dict[tuple[str, str], ArticleRecord] = {}
        for record in records:
            if record.state is VersionState.LIVE and record.id not in live:
                live[record.id] = record
            else:  # a second live version was left by a release that could not switch at once
                hidden[record.key] = record
        if not all(record.passages for record in live.values()):
            live = with_counts(live, collection)
        return StoredState(collection, LiveVersions(live), hidden)

    def adopt(self, state: "StoredState") -> None:
        """Let readers see this state."""
        with self._changing:
            self._collection, self._hidden, self.live = state.collection, dict(state.hidden), state.live

    @property
    def fingerprint(self) -> EmbeddingFingerprint | None:
        """The model whose vectors these are; None while the collection is new."""
        return fingerprint_of(self._collection)

    @property
    def generation(self) -> int:
        """Raised by every change, so that what is derived knows when it is out of step."""
        return int(self._collection.metadata.get(_GENERATION, 0))

    @property
    def collection(self) -> GuardedCollection:
        """The edition in use."""
        return self._collection

    def changed_elsewhere(self) -> bool:
        """Whether another process has changed the library since it was last read here."""
        current = self.store.current()
        seen = (self._collection.number, self.generation)
        return seen != (current.number, int(current.metadata.get(_GENERATION, 0)))

    def begin_change(self, fingerprint: EmbeddingFingerprint) -> int:
        """Raise the generation before the first write of a run, and return the new one."""
        if self.fingerprint not in (None, fingerprint) and self.count() == 0:
            # Another model may fill an emptied library, but Chroma never lets a collection's dimension change.
            self.switch_to(self.new_edition())
        changes: dict[str, str | int] = {FINGERPRINT: fingerprint.to_json(), _GENERATION: self.generation + 1}
        self._collection.set(**changes)
        return self.generation

    def new_edition(self) -> GuardedCollection:
        """An empty, incomplete edition that comes after the one in use."""
        number = max(self.store.editions(), default=0) + 1
        edition = self.store.edition(number)
        edition.set(**{_GENERATION: self.generation})
        return edition

    def switch_to(self, edition: GuardedCollection) -> None:
        """Let another edition serve from now on, in one step, and drop those before it."""
        edition.set(**{_GENERATION: self.generation + 1})
        edition.mark_complete()
        self.refresh()
        if self.store.server is None:  # readers at a server are given until the next run
            self.drop_superseded()

    def drop_superseded(self) -> None:
        """Delete the complete editions before the one that serves."""
        for number, edition in self.store.editions().items():
            if number < self._collection.number and edition.complete:
                self.store.drop(number)

    def count(self) -> int:
        """How many passages readers see."""
        return self.live.passages

    def records(self) -> list[ArticleRecord]:
        """The live record of each article, sorted by id."""
        return [record for _, record in sorted(self.live.records.items())]

    @property
    def hidden(self) -> list[ArticleRecord]:
        """Versions that readers do not see: being written, left by a run that was cut off, or retired."""
        return list(self._hidden.values())

    def stage(self, rows: Sequence[tuple[StoredPassage, ArticleRecord]], vectors: Sequence[Sequence[float]]) -> None:
        """Write passages that readers do not see yet; writing them again changes nothing.

        Args:
            rows: Whole versions, each from its first passage on, with their records in state STAGED.
            vectors: One a row, in the same order.
        """
        with self._changing:
            self._hidden |= {record.key: record for _, record in rows}
        for start in range(0, len(rows), PAGE):
            page = rows[start : start + PAGE]
            self._collection.upsert(
                ids=[stored.id for stored, _ in page],
                documents=[stored.passage.text for stored, _ in page],
                embeddings=np.asarray(vectors[start : start + PAGE], dtype=np.float32),
                metadatas=[dict(to_metadata(stored, record)) for stored, record in page],
            )

    def publish(self, staged: Sequence[ArticleRecord], removed: Collection[str] = ()) -> None:
        """Let readers see staged versions in place of the ones before them, and no longer see removed articles.

        Args:
            staged: Records of versions written by `stage`, one an article.
            removed: Ids of articles that are gone.
        """
        now = int(time.time())
        before = self.live.records
        retiring = [before[found] for found in [*(record.id for record in staged), *removed] if found in before]
        changes = [dataclasses.replace(record, state=VersionState.LIVE, since=now) for record in staged]
        kept = {record.key for record in changes}
        retired = [
            dataclasses.replace(record, state=VersionState.RETIRED, since=now)
            for record in retiring
            if record.key not in kept
        ]
        # An article's two versions change in one call, which Chroma does in one transaction.
        order = sorted([*changes, *retired], key=lambda record: record.id)
        for part in whole_articles(order, _HEADS_AT_ONCE):
            self._collection.update(
                ids=[record.head for record in part], metadatas=[dict(head_metadata(record)) for record in part]
            )
        gone = {record.id for record in retired} - {record.id for record in changes}
        with self._changing:
            records = {found: record for found, record in before.items() if found not in gone}
            records |= {record.id: record for record in changes}
            self._hidden = {key: one for key, one in self._hidden.items() if key not in kept}
            self._hidden |= {record.key: record for record in retired}
            self.live = LiveVersions(records)
        self._collection.set(**{_GENERATION: self.generation + 1})

    def note(self, records: Sequence[ArticleRecord]) -> None:
        """Store what has become known of live versions without changing them (where they came from, HTTP marks)."""
        for start in range(0, len(records), _HEADS_AT_ONCE):
            part = records[start : start + _HEADS_AT_ONCE]
            self._collection.update(
                ids=[record.head for record in part],
                metadatas=[
                    dict(head_metadata(record)) | {"root": record.root, "path": record.origin} for record in part
                ],
            )
        with self._changing:
            self.live = LiveVersions({**self.live.records, **{record.id: record for record in records}})

    def purge(self, versions: Iterable[ArticleRecord]) -> None:
        """Delete versions that readers do not see."""
        live = self.live.records
        doomed = [one for one in versions if (held := live.get(one.id)) is None or held.version != one.version]
        for start in range(0, len(doomed), _VERSIONS_AT_ONCE):
            part = doomed[start : start + _VERSIONS_AT_ONCE]
            articles, names = [one.id for one in part], [one.version for one in part]
            where: dict[str, Any] = {"$and": [{"article": {"$in": articles}}, {"version": {"$in": names}}]}
            self._collection.delete(where=where)
        keys = {record.key for record in doomed}
        with self._changing:
            self._hidden = {key: one for key, one in self._hidden.items() if key not in keys}

    def delete_rows(self, ids: Sequence[str]) -> None:
        """Delete single passages: what `doctor` found to belong to no version."""
        for start in range(0, len(ids), PAGE):
            self._collection.delete(ids=list(ids[start : start + PAGE]))

    def article_passages(self, article_id: str, version: str | None = None) -> list[StoredPassage]:
        """The passages of one article in order; joined, their texts are its body.

        Args:
            article_id: The article's id.
            version: Which version; None takes the one that readers see.
        """
        if version is None:
            record = self.live.records.get(article_id)
            if record is None:
                return []
            version = record.version
        return version_passages(self._collection, article_id, version)

    def known_vectors(self, texts: Sequence[str]) -> dict[str, Sequence[float]]:
        """Vectors already held for these texts, whatever article they stand in, so that none is made twice."""
        known: dict[str, Sequence[float]] = {}
        digests = {text_digest(text): text for text in texts}
        wanted = list(digests)
        for start in range(0, len(wanted), PAGE):
            where: dict[str, Any] = {"text_digest": {"$in": wanted[start : start + PAGE]}}
            found = self._collection.get(where=where, include=["metadatas", "embeddings"])
            vectors = np.asarray(found["embeddings"], dtype=np.float32)
            for metadata, vector in zip(cast("list[Metadata]", found["metadatas"]), vectors, strict=True):
                known[digests[str(metadata["text_digest"])]] = vector.tolist()
        return known

    def all_passages(self) -> Iterator[StoredPassage]:
        """Every passage that readers see, in no particular order, read page by page."""
        live = self.live
        rows = rows_of(self._collection, None, ["metadatas", "documents"])
        return (from_metadata(*row) for row in rows if live.holds(row[0]))

    def every_row(self) -> Iterator[tuple[str, str, Metadata]]:
        """Id, text and metadata of every row, whether readers see it or not."""
        return rows_of(self._collection, None, ["metadatas", "documents"])

    def passages(self, ids: Sequence[str]) -> dict[str, StoredPassage]:
        """The passages with these ids, by id; unknown ids are left out."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["metadatas", "documents"])
        rows = zip(found["ids"], found["documents"] or [], cast("list[Metadata]", found["metadatas"]), strict=True)
        return {row[0]: from_metadata(*row) for row in rows}

    def nearest(
        self,
        vector: Sequence[float],
        limit: int,
        search_filter: SearchFilter | None = None,
        live: LiveVersions | None = None,
    ) -> dict[str, float]:
        """Passage ids nearest to the vector with their cosine, best first.

        Args:
            vector: A question's vector, L2-normalised.
            limit: Most ids returned.
            search_filter: Applied before the nearest are chosen.
            live: The snapshot to search; None takes the present one.
        """
        return nearest(self._collection, vector, limit, live or self.live, search_filter)

    def cosines(self, vector: Sequence[float], ids: Sequence[str]) -> dict[str, float]:
        """The exact cosine of the vector with each of these passages, by id; unknown ids are left out."""
        return cosines(self._collection, vector, ids)


@dataclasses.dataclass(frozen=True, slots=True)
class StoredState:
    """What is stored at one moment.

    Attributes:
        collection: The edition that serves.
        live: The versions that readers are to see.
        hidden: The other versions, by article id and version.
    """

    collection: GuardedCollection
    live: LiveVersions
    hidden: Mapping[tuple[str, str], ArticleRecord]
