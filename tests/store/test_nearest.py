"""Each way to the nearest passages that a filter lets through gives the same ones as comparing them all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import OpenLibrary, Write

from rag.embedding import PassageEmbeddings
from rag.store.library import Library
from rag.store.records import SearchFilter

_ARTICLES = 60
_PUBLISHERS = ("PVN", "Vietsovpetro", "CafeF")
_WAYS = {"one by one": (10_000, 2.0), "among the nearest of all": (0, 0.0), "by their ids": (0, 2.0)}

filters = st.builds(
    SearchFilter,
    published_from=st.none() | st.dates(date(2018, 1, 1), date(2026, 1, 1)),
    published_to=st.none() | st.dates(date(2018, 1, 1), date(2026, 1, 1)),
    publishers=st.lists(st.sampled_from([*_PUBLISHERS, "Không có"]), max_size=2).map(tuple),
    articles=st.lists(st.integers(0, _ARTICLES + 5).map("{:03d}".format), max_size=30).map(tuple),
)


@pytest.fixture(scope="module")
def many(
    tmp_path_factory: pytest.TempPathFactory,
    open_library: OpenLibrary,
    write: Write,
    tiny_embeddings: PassageEmbeddings,
) -> Iterator[Library]:
    """Sixty articles of one or two passages, on different days, by three publishers and by nobody."""
    base = tmp_path_factory.mktemp("many")
    random = np.random.default_rng(0)
    for number in range(_ARTICLES):
        words = ["".join(random.choice(list("abcdefghij"), 4)) for _ in range(40 if number % 3 else 150)]
        sentences = [" ".join(words[start : start + 10]).capitalize() + "." for start in range(0, len(words), 10)]
        fields = {"published": f"{2018 + number % 8}-0{1 + number % 9}-15"} if number % 5 else {}
        fields |= {"publisher": _PUBLISHERS[number % 4]} if number % 4 < len(_PUBLISHERS) else {}
        write(base / "articles" / f"{number:03d}.md", " ".join(sentences), **fields)
    with open_library(base / "data", tiny_embeddings) as library:
        library.sync([base / "articles"])
        yield library


def by_comparing_all(library: Library, vector: list[float], limit: int, chosen: SearchFilter) -> dict[str, float]:
    """The same by brute force, with the filter read from what each passage says of itself."""
    first, last = chosen.published_from or date.min, chosen.published_to or date.max
    admitted = [
        stored.id
        for stored in library.vectors.all_passages()
        if (not chosen.articles or stored.passage.article_id in chosen.articles)
        and (not chosen.publishers or stored.publisher in chosen.publishers)
        and (chosen.day_range is None or (stored.published is not None and first <= stored.published <= last))
    ]
    cosines = library.vectors.cosines(vector, admitted)
    return dict(sorted(cosines.items(), key=lambda pair: -pair[1])[:limit])


@pytest.mark.parametrize("way", _WAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(chosen=filters, limit=st.integers(1, 40), question=st.text("abcdefghij ", min_size=3, max_size=30))
def test_every_way_finds_what_comparing_all_finds(
    many: Library, way: str, chosen: SearchFilter, limit: int, question: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        few, share = _WAYS[way]
        patch.setattr("rag.store.nearest._FEW", few)
        patch.setattr("rag.store.nearest._MANY", share)
        vector = many.embeddings.embed_query(question)
        found = many.vectors.nearest(vector, limit, chosen)
    expected = by_comparing_all(many, vector, limit, chosen)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert list(found.values()) == pytest.approx(list(expected.values()), abs=1e-5)
    assert len(found) == len(expected)


def test_a_reader_of_an_old_snapshot_is_answered_though_some_of_it_is_deleted(
    folder: Path,
    tmp_path: Path,
    write: Write,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.store.nearest._FEW", 0)
    monkeypatch.setattr("rag.store.nearest._MANY", 2.0)
    for name in ("a", "b", "c"):
        write(folder / f"{name}.md", f"Giàn {name} khánh thành.", publisher="PVN" if name < "c" else "CafeF")
    with open_library(tmp_path / "data", tiny_embeddings) as library:
        library.sync([folder])
        before = library.live
        library.remove(["a"])
        library.vectors.purge(library.vectors.hidden)
        vector = tiny_embeddings.embed_query("giàn")
        found = library.vectors.nearest(vector, 10, SearchFilter(publishers=("PVN",)), before)
        assert {one.partition("#")[0] for one in found} == {"b"}


def test_a_filter_that_lets_nothing_through_finds_nothing(many: Library) -> None:
    vector = many.embeddings.embed_query("abc")
    assert many.vectors.nearest(vector, 10, SearchFilter(articles=("none",))) == {}


def test_a_library_of_an_older_release_is_searched_as_widely_as_a_new_one(
    folder: Path, tmp_path: Path, write: Write, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> None:
    write(folder / "a.md", "Giàn BK-24 khánh thành.")
    with open_library(tmp_path / "new", tiny_embeddings) as library:
        library.sync([folder])
        new = library.vectors.collection.get_model().configuration_json["hnsw"]["ef_search"]
        library.vectors.collection.modify(configuration={"hnsw": {"ef_search": 100}})  # as it was once made
    with open_library(tmp_path / "new", tiny_embeddings) as library:
        assert [record.id for record in library.articles()] == ["a"]
        assert library.status()["embedding_model"] is not None
    with open_library(tmp_path / "new", tiny_embeddings) as library:
        assert library.vectors.collection.get_model().configuration_json["hnsw"]["ef_search"] == new > 100
