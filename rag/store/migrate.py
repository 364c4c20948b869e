"""Moving a library to another embedding model: a new edition is filled beside the one that serves, then takes over."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from rag.embedding import EmbeddingFingerprint, PassageEmbeddings
from rag.store.chroma import GuardedCollection
from rag.store.records import Metadata, from_metadata
from rag.store.rows import FINGERPRINT, fingerprint_of, rows_of
from rag.store.vectors import PassageVectors

_AT_ONCE = 64  # passages between two writes: an interrupted run loses at most the work on these


class _OnProgress(Protocol):
    def __call__(self, done: int, total: int) -> None: ...


def re_embed(
    vectors: PassageVectors, embeddings: PassageEmbeddings, on_progress: _OnProgress, *, anew: bool = False
) -> int:
    """Make every live passage's vector with this model, and switch to them at the end.

    Nothing happens where the vectors are this model's already, unless they are to be made anew. A run that was cut
    off goes on where it stopped.

    Args:
        vectors: The library's passages.
        embeddings: The model to move to.
        on_progress: Told how many of the passages are done.
        anew: Whether to make them in any case: the vectors there are damaged, the texts are not.

    Returns:
        How many passages were embedded now.

    Raises:
        LibraryError: Chroma cannot be written.
        ModelError: The model cannot be loaded.
    """
    wanted = embeddings.fingerprint
    if vectors.fingerprint in (None, wanted) and not (anew and vectors.count()):
        drop_unfinished(vectors)
        return 0
    edition = _edition_to_fill(vectors, embeddings)
    there = {found for found, _, _ in rows_of(edition, None, [])}
    live, total, embedded = vectors.live, vectors.live.passages, 0
    expected: set[str] = set()
    batch: list[tuple[str, str, Metadata]] = []
    for row in rows_of(vectors.collection, None, ["metadatas", "documents"]):
        if not live.holds(row[0]):
            continue
        expected.add(row[0])
        if row[0] not in there:
            batch.append(row)
        if len(batch) >= _AT_ONCE:
            embedded += _fill(edition, batch, embeddings)
            batch = []
            on_progress(len(expected), total)
    embedded += _fill(edition, batch, embeddings)
    on_progress(len(expected), total)
    surplus = sorted(there - expected)  # articles that changed since the run that was cut off
    for start in range(0, len(surplus), _AT_ONCE):
        edition.delete(ids=surplus[start : start + _AT_ONCE])
    vectors.switch_to(edition)
    return embedded


def unfinished_editions(vectors: PassageVectors) -> Iterator[GuardedCollection]:
    """Editions that a run began to fill and did not finish."""
    return (edition for edition in vectors.store.editions().values() if not edition.complete)


def _edition_to_fill(vectors: PassageVectors, embeddings: PassageEmbeddings) -> GuardedCollection:
    drop_unfinished(vectors, embeddings.fingerprint)
    for edition in unfinished_editions(vectors):
        return edition
    edition = vectors.new_edition()
    edition.set(**{FINGERPRINT: embeddings.fingerprint.to_json()})
    return edition


def drop_unfinished(vectors: PassageVectors, but_of: EmbeddingFingerprint | None = None) -> None:
    """Delete editions that were not finished, but not those of this model."""
    for edition in unfinished_editions(vectors):
        if but_of is None or fingerprint_of(edition) != but_of:
            vectors.store.drop(edition.number)


def _fill(edition: GuardedCollection, rows: list[tuple[str, str, Metadata]], embeddings: PassageEmbeddings) -> int:
    if not rows:
        return 0
    vectors = embeddings.embed_documents([from_metadata(*row).text_to_embed for row in rows])
    metadatas: list[Any] = [dict(metadata) for _, _, metadata in rows]
    edition.upsert(
        ids=[found for found, _, _ in rows],
        documents=[text for _, text, _ in rows],
        embeddings=np.asarray(vectors, dtype=np.float32),
        metadatas=metadatas,
    )
    return len(rows)
