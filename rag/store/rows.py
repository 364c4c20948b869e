"""Reading and addressing the rows of a collection of passages."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from rag.embedding import EmbeddingFingerprint
from rag.errors import LibraryError
from rag.store.chroma import GuardedCollection
from rag.store.records import (
    ArticleRecord,
    Metadata,
    SearchFilter,
    StoredPassage,
    from_metadata,
    record_from_metadata,
)

PAGE = 1000  # rows read at once: reading everything in one call runs into SQLite's variable limit
_IDS = 20_000  # ids read at once, where nothing else is
FINGERPRINT = "embedding_fingerprint"


def version_passages(collection: GuardedCollection, article_id: str, version: str) -> list[StoredPassage]:
    """The passages of one version of an article, in order."""
    where: dict[str, Any] = {"$and": [{"article": article_id}, {"version": version}]}
    rows = rows_of(collection, where, ["metadatas", "documents"])
    return sorted((from_metadata(*row) for row in rows), key=lambda stored: stored.passage.ordinal)


def fingerprint_of(collection: GuardedCollection) -> EmbeddingFingerprint | None:
    """The model that made an edition's vectors; None while it is new.

    Raises:
        LibraryError: What is noted of it is damaged.
    """
    stored = collection.metadata.get(FINGERPRINT)
    try:
        return EmbeddingFingerprint.from_json(str(stored)) if stored else None
    except (ValueError, TypeError) as error:
        raise LibraryError(
            "Thư viện không còn cho biết mô hình nhúng đã tạo ra nó ({reason}).",
            "Hãy chạy `hoidap doctor --fix` để sửa; các tệp bài viết gốc không bị ảnh hưởng.",
            reason=type(error).__name__,
        ) from error


def heads_of(collection: GuardedCollection) -> list[ArticleRecord]:
    """The record of every version there is, sorted by article and version."""
    rows = rows_of(collection, {"ordinal": 0}, ["metadatas"])
    return sorted((record_from_metadata(row) for _, _, row in rows), key=lambda record: record.key)


def with_counts(live: dict[str, ArticleRecord], collection: GuardedCollection) -> dict[str, ArticleRecord]:
    """The records with how many passages each has, which an older release did not note."""
    counts = Counter(found.rpartition("#")[0] for found, _, _ in rows_of(collection, None, []))
    return {
        record.id: dataclasses.replace(record, passages=counts[record.head.rpartition("#")[0]])
        for record in live.values()
    }


def rows_of(
    collection: GuardedCollection, where: Mapping[str, Any] | None, include: list[str]
) -> Iterator[tuple[str, str, Metadata]]:
    """Id, text and metadata of the rows of an edition, read page by page; empty where not included."""
    if not include:
        yield from ((found, "", {}) for found in _ids_of(collection, where))
        return
    page = collection.get(where=where, include=include, limit=PAGE, offset=0)
    yield from _rows(page)
    if len(page["ids"]) < PAGE:
        return
    if where is None:
        offset = PAGE
        while page["ids"]:
            page = collection.get(include=include, limit=PAGE, offset=offset)
            yield from _rows(page)
            offset += PAGE
        return
    # A condition is looked for in the whole edition, once a page: rather once for all ids.
    seen = set(page["ids"])
    rest = [found for found in _ids_of(collection, where) if found not in seen]
    for start in range(0, len(rest), PAGE):
        yield from _rows(collection.get(ids=rest[start : start + PAGE], include=include))


def _ids_of(collection: GuardedCollection, where: Mapping[str, Any] | None) -> Iterator[str]:
    offset = 0
    while True:
        ids = collection.get(where=where, include=[], limit=_IDS, offset=offset)["ids"]
        yield from ids
        if len(ids) < _IDS:
            return
        offset += _IDS


def _rows(page: Mapping[str, Any]) -> Iterator[tuple[str, str, Metadata]]:
    documents = page["documents"] or [""] * len(page["ids"])
    metadatas = cast("list[Metadata]", page["metadatas"] or [{}] * len(page["ids"]))
    return zip(page["ids"], documents, metadatas, strict=True)


def whole_articles(records: Sequence[ArticleRecord], most: int) -> Iterator[Sequence[ArticleRecord]]:
    """Parts of about `most` records, sorted by article, that never separate the versions of one article."""
    start = 0
    while start < len(records):
        stop = min(start + most, len(records))
        while stop < len(records) and records[stop].id == records[stop - 1].id:
            stop += 1
        yield records[start:stop]
        start = stop


def where_of(search_filter: SearchFilter | None) -> dict[str, Any] | None:
    """A search filter as Chroma's condition; None where it lets everything through."""
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
