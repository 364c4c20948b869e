"""Filters hold inside both indexes, so that neither brings in what the user left out."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from support import OpenLibrary, Write

from rag.retrieval.retriever import HybridRetriever
from rag.store.library import Library
from rag.store.records import SearchFilter

_CASES = [
    (SearchFilter(), {"a", "b", "c", "d"}),
    (SearchFilter(published_from=date(2020, 12, 30)), {"b", "c"}),
    (SearchFilter(published_to=date(2020, 12, 30)), {"a", "b"}),
    (SearchFilter(published_from=date(2020, 12, 30), published_to=date(2020, 12, 30)), {"b"}),
    (SearchFilter(publishers=("PVN",)), {"b"}),
    (SearchFilter(publishers=("PVN", "Vietsovpetro")), {"a", "b", "c"}),
    (SearchFilter(articles=("a", "d")), {"a", "d"}),
    (SearchFilter(publishers=("Vietsovpetro",), published_from=date(2021, 1, 1), articles=("a", "c")), {"c"}),
    (SearchFilter(publishers=("Không có",)), set()),
]


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, write: Write) -> Iterator[Library]:
    """Four articles with the same words, and different days and publishers."""
    base: Path = tmp_path_factory.mktemp("dated")
    body = "Hội nghị tổng kết công tác Đảng họp tại Vũng Tàu."
    write(base / "articles" / "a.md", body, published="2019-05-01", publisher="Vietsovpetro")
    write(base / "articles" / "b.md", body, published="2020-12-30", publisher="PVN")
    write(base / "articles" / "c.md", body, published="2021-03-09", publisher="Vietsovpetro")
    write(base / "articles" / "d.md", body)
    with open_library(base / "data") as library:
        library.sync([base / "articles"])
        yield library


def articles_of(passage_ids: dict[str, float]) -> set[str]:
    return {passage_id.partition("#")[0] for passage_id in passage_ids}


@pytest.mark.parametrize(("search_filter", "expected"), _CASES)
def test_a_filter_holds_in_each_index_and_in_the_search(
    dated: Library, search_filter: SearchFilter, expected: set[str]
) -> None:
    retriever = HybridRetriever(library=dated, search_filter=search_filter)
    vector = dated.embeddings.embed_query("Hội nghị họp ở đâu?")
    assert articles_of(dated.vectors.nearest(vector, 10, search_filter)) == expected
    assert articles_of(dated.lexical.search({"hoi_nghi": 1.0}, 10, search_filter)) == expected
    assert {document.metadata["article"] for document in retriever.invoke("Hội nghị họp ở đâu?")} == expected


def test_a_filter_does_not_change_the_lexical_scores(dated: Library) -> None:
    everything = dated.lexical.search({"hoi": 1.0, "vung_tau": 1.0}, 10)
    for search_filter, _ in _CASES:
        for passage_id, score in dated.lexical.search({"hoi": 1.0, "vung_tau": 1.0}, 10, search_filter).items():
            assert score == pytest.approx(everything[passage_id])
