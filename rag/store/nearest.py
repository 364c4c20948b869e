"""The passages nearest to a vector: among all that readers see, or among those that a filter lets through.

The snapshot of what is live knows which passages a filter lets through, so Chroma need not look for them: its own
`where` took 40 to 350 ms at 100,000 passages, the ways below 1 to 25 ms (`python -m evals.benchmarks.vector_store`).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from rag.errors import LibraryError
from rag.store.chroma import GuardedCollection
from rag.store.records import LiveVersions, SearchFilter
from rag.store.rows import where_of

# Few passages are compared one by one; of many, enough are among the nearest of all; else Chroma is given their ids.
_FEW = 800
_MANY = 0.03  # share of the live passages
_SURPLUS = 1.5  # times as many of the nearest are fetched as hold enough of them on average


def nearest(
    collection: GuardedCollection,
    vector: Sequence[float],
    limit: int,
    live: LiveVersions,
    search_filter: SearchFilter | None = None,
) -> dict[str, float]:
    """Passage ids with their cosine, best first.

    Args:
        collection: The edition that serves.
        vector: A question's vector, L2-normalised.
        limit: Most ids returned.
        live: The snapshot to search.
        search_filter: What is let through; None lets through everything.

    Raises:
        LibraryError: Chroma cannot read its files, or its server does not answer.
    """
    chosen = live if search_filter is None else live.chosen(search_filter)
    if not chosen.records:
        return {}
    if chosen.passages == live.passages:
        return _among_all(collection, vector, limit, live)
    if chosen.passages <= _FEW:
        return _best(cosines(collection, vector, list(chosen.passage_ids())), limit)
    if chosen.passages >= _MANY * live.passages:
        wanted = math.ceil(_SURPLUS * limit * live.passages / chosen.passages)
        found = {one: cosine for one, cosine in _query(collection, vector, wanted).items() if chosen.holds(one)}
        if len(found) >= limit:
            return _best(found, limit)
    try:
        return _query(collection, vector, limit, ids=list(chosen.passage_ids()))
    except LibraryError:  # of an old snapshot: Chroma refuses the ids of what has been deleted since
        return _among_all(collection, vector, limit, chosen, where_of(search_filter))


def cosines(collection: GuardedCollection, vector: Sequence[float], ids: Sequence[str]) -> dict[str, float]:
    """The exact cosine of a vector with each of these passages, by id; unknown ids are left out."""
    if not ids:
        return {}
    found = collection.get(ids=list(ids), include=["embeddings"])
    if not found["ids"]:  # the lexical index was a step behind
        return {}
    stored = np.asarray(found["embeddings"], dtype=np.float32)
    products = stored @ np.asarray(vector, dtype=np.float32)
    return dict(zip(found["ids"], (float(product) for product in products), strict=True))


def _among_all(
    collection: GuardedCollection,
    vector: Sequence[float],
    limit: int,
    live: LiveVersions,
    where: Mapping[str, Any] | None = None,
) -> dict[str, float]:
    """The nearest that readers see, however many that they do not see are nearer."""
    wanted = limit
    while True:
        found = _query(collection, vector, wanted, where=where)
        seen = {one: cosine for one, cosine in found.items() if live.holds(one)}
        if len(seen) >= limit or len(found) < wanted:
            return _best(seen, limit)
        held = int(collection.count())  # milliseconds in a large library: only asked when it matters
        if wanted >= held:
            return _best(seen, limit)
        wanted = min(2 * wanted, held)  # some of what was found is being written or was replaced


def _query(
    collection: GuardedCollection,
    vector: Sequence[float],
    limit: int,
    *,
    ids: list[str] | None = None,
    where: Mapping[str, Any] | None = None,
) -> dict[str, float]:
    """What Chroma finds, with its cosine, best first."""
    found = collection.query(
        query_embeddings=np.asarray([vector], dtype=np.float32),
        n_results=limit,
        ids=ids,
        where=where,
        include=["distances"],
    )
    distances = cast("list[list[float]]", found["distances"])[0]
    return {one: 1.0 - distance for one, distance in zip(found["ids"][0], distances, strict=True)}


def _best(found: Mapping[str, float], limit: int) -> dict[str, float]:
    """The `limit` with the highest cosine, best first."""
    return dict(sorted(found.items(), key=lambda pair: -pair[1])[:limit])
