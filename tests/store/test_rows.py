"""Rows are read page by page: all of them, each once, however many fit a page."""

from collections.abc import Iterator

import pytest
from support import OpenLibrary, Write

from rag.embedding import PassageEmbeddings
from rag.store.library import Library
from rag.store.rows import rows_of


@pytest.fixture(scope="module")
def seven(
    tmp_path_factory: pytest.TempPathFactory,
    open_library: OpenLibrary,
    write: Write,
    tiny_embeddings: PassageEmbeddings,
) -> Iterator[Library]:
    """Seven articles of one passage, three of them by PVN."""
    base = tmp_path_factory.mktemp("seven")
    for number in range(7):
        fields = {"publisher": "PVN"} if number % 3 == 0 else {}
        write(base / "articles" / f"{number}.md", f"Giàn số {number} khánh thành.", **fields)
    with open_library(base / "data", tiny_embeddings) as library:
        library.sync([base / "articles"])
        yield library


@pytest.mark.parametrize(("page", "ids"), [(1, 1), (2, 3), (3, 2), (7, 7), (1000, 20_000)])
@pytest.mark.parametrize("include", [[], ["metadatas"], ["metadatas", "documents"]])
@pytest.mark.parametrize(
    ("where", "expected"), [(None, "0123456"), ({"ordinal": 0}, "0123456"), ({"publisher": "PVN"}, "036")]
)
def test_every_row_is_read_once(
    seven: Library,
    monkeypatch: pytest.MonkeyPatch,
    page: int,
    ids: int,
    include: list[str],
    where: dict[str, int | str] | None,
    expected: str,
) -> None:
    monkeypatch.setattr("rag.store.rows.PAGE", page)
    monkeypatch.setattr("rag.store.rows._IDS", ids)
    rows = list(rows_of(seven.vectors.collection, where, include))
    assert sorted(found.partition("#")[0] for found, _, _ in rows) == list(expected)
    for found, text, metadata in rows:
        article = found.partition("#")[0]
        assert text == (f"Giàn số {article} khánh thành." if "documents" in include else "")
        assert metadata.get("article") == (article if include else None)
