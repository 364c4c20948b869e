"""Looking after a library: removing, exporting, rebuilding, moving to another model."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import OpenLibrary, Write
from vietnamese_text import texts

from rag.article import make_article
from rag.embedding import PassageEmbeddings
from rag.errors import LibraryError
from rag.loaders.markdown import article_markdown, parse_article
from rag.store.export import export_articles
from rag.store.library import Library


def nothing(done: int, total: int) -> None:
    """Ignore progress."""


@pytest.fixture
def filled(library: Library, folder: Path, write: Write) -> Library:
    write(folder / "a.md", "Bài một.", published="2020-12-30", publisher="Vietsovpetro", author="Trần Văn A")
    write(folder / "sub" / "b.md", "Bài hai.")
    write(folder / "sub" / "c.md", "Bài ba.")
    library.sync([folder])
    return library


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (["a"], ["sub/b", "sub/c"]),
        (["sub/b", "a"], ["sub/c"]),
        (["{folder}/sub"], ["a"]),
        (["{folder}/sub/b.md"], ["a", "sub/c"]),
        (["{folder}"], []),
        (["sub"], ["a", "sub/b", "sub/c"]),
        (["none"], ["a", "sub/b", "sub/c"]),
    ],
)
def test_articles_are_removed_by_id_or_by_where_they_came_from(
    filled: Library, folder: Path, wanted: list[str], left: list[str]
) -> None:
    removed = filled.remove([name.format(folder=folder) for name in wanted])
    assert [record.id for record in filled.articles()] == left
    assert sorted([*removed, *left]) == ["a", "sub/b", "sub/c"]
    found = filled.lexical.search({"bai": 1.0}, 10, None, filled.live)
    assert {passage.partition("#")[0] for passage in found} == set(left)


def test_an_exported_library_indexed_again_is_the_same(
    filled: Library, tmp_path: Path, open_library: OpenLibrary
) -> None:
    assert export_articles(filled, tmp_path / "export", nothing) == 3
    with open_library(tmp_path / "again") as again:
        again.sync([tmp_path / "export"])
        for record in filled.articles():
            assert again.article(record.id) == filled.article(record.id)
        assert again.article("a").author == "Trần Văn A"


def test_an_export_does_not_write_into_a_folder_that_holds_something(filled: Library, folder: Path) -> None:
    with pytest.raises(LibraryError, match="không trống"):
        export_articles(filled, folder, nothing)


@given(
    texts(),
    texts(max_words=6),
    st.one_of(st.none(), texts(max_words=3)),
    st.dates(date(1000, 1, 1), date(2199, 12, 31)),
)
def test_an_article_written_as_markdown_is_read_back_the_same(
    body: str, title: str, author: str | None, published: object
) -> None:
    article = make_article("a", f"{title} x", f"{body} x", published=published, author=(author or "").strip() or None)
    assert parse_article(article_markdown(article).encode(), "a") == article


def test_a_rebuild_leaves_the_same_library(filled: Library) -> None:
    before = [filled.article(record.id) for record in filled.articles()]
    found = filled.lexical.search({"bai": 1.0}, 10)
    assert filled.rebuild() == 0
    assert [filled.article(record.id) for record in filled.articles()] == before
    assert filled.lexical.search({"bai": 1.0}, 10) == found


def test_moving_to_another_model_goes_on_where_it_was_cut_off_and_serves_the_old_one_until_then(
    tmp_path: Path,
    folder: Path,
    write: Write,
    open_library: OpenLibrary,
    embeddings: PassageEmbeddings,
    tiny_embeddings: PassageEmbeddings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.store.migrate._AT_ONCE", 2)
    for number in range(6):
        write(folder / f"{number}.md", f"Giàn số {number} khánh thành tại Vũng Tàu.")
    with open_library(tmp_path / "data") as library:
        library.sync([folder])

    def stop_at_four(done: int, total: int) -> None:
        if done >= 4:
            message = f"stopped at {done} of {total}"
            raise KeyboardInterrupt(message)

    with open_library(tmp_path / "data", tiny_embeddings) as library, pytest.raises(KeyboardInterrupt):
        library.rebuild(stop_at_four)
    with open_library(tmp_path / "data") as library:  # the old model serves
        assert library.require_same_model() == embeddings.fingerprint
        assert len(library.vectors.nearest(embeddings.embed_query("giàn"), 10)) == 6
        write(folder / "0.md", "Bài đã đổi khi đang chuyển.")
        (folder / "1.md").unlink()
        library.sync([folder])
    told: list[tuple[int, int]] = []
    with open_library(tmp_path / "data", tiny_embeddings) as library:
        assert (
            library.rebuild(lambda done, total: told.append((done, total))) == 3
        )  # the changed one, and what was left
        assert told[-1] == (5, 5)
        assert library.require_same_model() == tiny_embeddings.fingerprint
        assert library.article("0").body == "Bài đã đổi khi đang chuyển."
        assert len(library.vectors.nearest(tiny_embeddings.embed_query("giàn"), 10)) == 5
        assert not library.sync([folder]).changed
    with open_library(tmp_path / "data") as library, pytest.raises(LibraryError, match="hoidap rebuild"):
        library.require_same_model()
