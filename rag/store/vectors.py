"""Passages, their metadata and their vectors in one Chroma collection: the only truth of the library."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from chromadb import PersistentClient
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from rag.embedding import EmbeddingFingerprint
from rag.errors import LibraryError
from rag.store.records import (
    ArticleRecord,
    Metadata,
    SearchFilter,
    StoredPassage,
    from_metadata,
    record_from_metadata,
    text_digest,
    to_metadata,
)

_COLLECTION = "passages"
_PAGE = 1000  # rows read at once: reading everything in one call runs into SQLite's variable limit
_FINGERPRINT = "embedding_fingerprint"
_GENERATION = "generation"


class PassageVectors:
    """The collection of passages. One instance a data directory, safe to use from several threads.

    Args:
        client: An open Chroma client.
    """

    def __init__(self, client: ClientAPI) -> None:
        self._client = client
        self._collection = self._opened()

    def _opened(self) -> Collection:
        return self._client.get_or_create_collection(
            _COLLECTION,
            embedding_function=None,  # vectors always come from PassageEmbeddings
            configuration={"hnsw": {"space": "cosine"}},
            metadata={_GENERATION: 0},
        )

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the collection kept in `folder`, making it when missing.

        Raises:
            LibraryError: Chroma cannot read or write the folder.
        """
        try:
            return cls(PersistentClient(folder, settings=ChromaSettings(anonymized_telemetry=False)))
        except (ChromaError, ValueError, OSError) as error:
            raise LibraryError(
                f"Không mở được cơ sở dữ liệu tại {folder} ({error}).",
                f"Hãy xóa thư mục {folder.parent} rồi chạy lại `hoidap index`; các tệp bài viết không bị ảnh hưởng.",
            ) from error

    def close(self) -> None:
        """Release the database files."""
        cast("Any", self._client).close()

    @property
    def fingerprint(self) -> EmbeddingFingerprint | None:
        """The model whose vectors these are; None while the collection is new."""
        stored = self._metadata.get(_FINGERPRINT)
        return EmbeddingFingerprint.from_json(str(stored)) if stored else None

    @property
    def generation(self) -> int:
        """Raised by every change, so that what is derived knows when it is out of step."""
        return int(self._metadata.get(_GENERATION, 0))

    @property
    def _metadata(self) -> Metadata:
        return cast("Metadata", self._collection.metadata or {})

    def begin_change(self, fingerprint: EmbeddingFingerprint) -> int:
        """Raise the generation before the first write of a run, and return the new one."""
        generation = self.generation + 1
        if self.fingerprint not in (None, fingerprint) and self.count() == 0:
            # Another model may fill an emptied library, but Chroma never lets a collection's dimension change.
            self._client.delete_collection(_COLLECTION)
            self._collection = self._opened()
        self._collection.modify(metadata={_GENERATION: generation, _FINGERPRINT: fingerprint.to_json()})
        return generation

    def count(self) -> int:
        """How many passages there are."""
        return self._collection.count()

    def add(self, rows: Sequence[tuple[StoredPassage, ArticleRecord]], vectors: Sequence[Sequence[float]]) -> None:
        """Write passages with their vectors; writing them again changes nothing.

        The last rows go first: an article counts as held once its first passage is there.
        """
        for start in reversed(range(0, len(rows), _PAGE)):
            page = rows[start : start + _PAGE]
            self._collection.upsert(
                ids=[stored.id for stored, _ in page],
                documents=[stored.passage.text for stored, _ in page],
                embeddings=np.asarray(vectors[start : start + _PAGE], dtype=np.float32),
                metadatas=[dict(to_metadata(stored, record)) for stored, record in page],
            )

    def keep_only(self, versions: Mapping[str, str]) -> None:
        """Of each article named, delete every version but the one given."""
        articles, kept = list(versions), list(versions.values())
        where: dict[str, Any] = {"$and": [{"article": {"$in": articles}}, {"version": {"$nin": kept}}]}
        self._collection.delete(where=where)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Delete articles."""
        for start in range(0, len(article_ids), _PAGE):
            where: dict[str, Any] = {"article": {"$in": list(article_ids[start : start + _PAGE])}}
            self._collection.delete(where=where)

    def records(self) -> list[ArticleRecord]:
        """One record for each version of each article, sorted by id. Two versions mean that a run was cut off."""
        rows = self._rows({"ordinal": 0}, ["metadatas"])
        records = {record_from_metadata(metadata) for _, _, metadata in rows}
        return sorted(records, key=lambda record: (record.id, record.version))

    def article_passages(self, article_id: str) -> list[StoredPassage]:
        """The passages of one article in order; joined, their texts are its body."""
        rows = self._rows({"article": article_id}, ["metadatas", "documents"])
        return sorted((from_metadata(*row) for row in rows), key=lambda stored: stored.passage.ordinal)

    def known_vectors(self, texts: Sequence[str]) -> dict[str, Sequence[float]]:
        """Vectors already held for these texts, whatever article they stand in, so that none is made twice."""
        known: dict[str, Sequence[float]] = {}
        digests = {text_digest(text): text for text in texts}
        wanted = list(digests)
        for start in range(0, len(wanted), _PAGE):
            where: dict[str, Any] = {"text_digest": {"$in": wanted[start : start + _PAGE]}}
            found = self._collection.get(where=where, include=["metadatas", "embeddings"])
            vectors = np.asarray(found["embeddings"], dtype=np.float32)
            for metadata, vector in zip(cast("list[Metadata]", found["metadatas"]), vectors, strict=True):
                known[digests[str(metadata["text_digest"])]] = vector.tolist()
        return known

    def all_passages(self) -> Iterator[StoredPassage]:
        """Every passage, in no particular order, read page by page."""
        return (from_metadata(*row) for row in self._rows(None, ["metadatas", "documents"]))

    def _rows(self, where: dict[str, Any] | None, include: list[str]) -> Iterator[tuple[str, str, Metadata]]:
        offset = 0
        while True:
            page = self._collection.get(where=where, include=cast("Any", include), limit=_PAGE, offset=offset)
            documents = page["documents"] or [""] * len(page["ids"])
            metadatas = cast("list[Metadata]", page["metadatas"] or [])
            yield from zip(page["ids"], documents, metadatas, strict=True)
            if len(page["ids"]) < _PAGE:
                return
            offset += _PAGE

    def passages(self, ids: Sequence[str]) -> dict[str, StoredPassage]:
        """The passages with these ids, by id; unknown ids are left out."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["metadatas", "documents"])
        rows = zip(found["ids"], found["documents"] or [], cast("list[Metadata]", found["metadatas"]), strict=True)
        return {row[0]: from_metadata(*row) for row in rows}

    def nearest(
        self, vector: Sequence[float], limit: int, search_filter: SearchFilter | None = None
    ) -> dict[str, float]:
        """Passage ids nearest to the vector with their cosine, best first.

        Args:
            vector: A question's vector, L2-normalised.
            limit: Most ids returned.
            search_filter: Applied inside Chroma.
        """
        if self.count() == 0:
            return {}
        found = self._collection.query(
            query_embeddings=np.asarray([vector], dtype=np.float32),
            n_results=limit,
            where=_where(search_filter),
            include=["distances"],
        )
        distances = cast("list[list[float]]", found["distances"])[0]
        return {passage_id: 1.0 - distance for passage_id, distance in zip(found["ids"][0], distances, strict=True)}

    def cosines(self, vector: Sequence[float], ids: Sequence[str]) -> dict[str, float]:
        """The exact cosine of the vector with each of these passages, by id; unknown ids are left out."""
        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        if not found["ids"]:  # the lexical index was a step behind
            return {}
        stored = np.asarray(found["embeddings"], dtype=np.float32)
        cosines = stored @ np.asarray(vector, dtype=np.float32)
        return dict(zip(found["ids"], (float(cosine) for cosine in cosines), strict=True))


def _where(search_filter: SearchFilter | None) -> dict[str, Any] | None:
    if search_filter is None:
        return None
    conditions: list[dict[str, Any]] = []
    if search_filter.day_range is not None:
        first, last = search_filter.day_range
        conditions += [{"published": {"$gte": first}}, {"published": {"$lte": last}}]
    if search_filter.publishers:
        conditions.append({"publisher": {"$in": list(search_filter.publishers)}})
    if search_filter.articles:
        conditions.append({"article": {"$in": list(search_filter.articles)}})
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None
