"""Readers during an index run: each article whole, in its old or its new version, in every index."""

import threading
from pathlib import Path

import pytest
from support import OpenLibrary, Write

from rag.embedding import PassageEmbeddings
from rag.store.library import Library
from rag.store.records import LiveVersions

_ARTICLES = 4
_WORDS = {"cũ": "xua", "mới": "nay"}  # a word of each version, folded


def body(version: str) -> str:
    word = {"cũ": "xưa", "mới": "nay"}[version]
    return " ".join([f"Câu {word} này có đúng mười từ để đếm nhé."] * 9)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish after every few articles, so that a run has many switches to look at."""
    monkeypatch.setattr("rag.store.sync._PUBLISHED_AT_ONCE", 1)
    monkeypatch.setattr("rag.store.sync._WRITTEN_AT_ONCE", 1)


def seen_by_a_reader(library: Library, live: LiveVersions, vector: list[float]) -> list[dict[str, int]]:
    """For dense search, lexical search and the articles themselves: how many passages of each version there are."""
    dense = library.vectors.nearest(vector, 1000, None, live)
    lexical = library.lexical.search({"cau": 1.0}, 1000, None, live)
    counted = []
    for ids in (dense, lexical):
        counts: dict[str, int] = {}
        for found in ids:
            counts[found.rpartition("#")[0]] = counts.get(found.rpartition("#")[0], 0) + 1
        counted.append(counts)
    whole = {f"{record.id}#{record.version}": record.passages for record in live.records.values()}
    return [whole, *counted]


@pytest.mark.usefixtures("quick")
def test_a_reader_sees_one_whole_version_of_each_article_at_every_instant(
    tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> None:
    mistakes: list[object] = []
    reads = 0
    stop = threading.Event()

    def read(library: Library, vector: list[float]) -> None:
        nonlocal reads
        while not stop.is_set():
            live = library.live
            whole, dense, lexical = seen_by_a_reader(library, live, vector)
            if not whole == dense == lexical or len(whole) != _ARTICLES:
                mistakes.append((whole, dense, lexical))
            for record in live.records.values():
                article = library.article(record.id, record.version)
                if article is None or article.body not in (body("cũ"), body("mới")):
                    mistakes.append((record, article))
            reads += 1

    with open_library(tmp_path / "data", tiny_embeddings, passage_words=30) as library:
        for number in range(_ARTICLES):
            write(folder / f"{number}.md", body("cũ"))
        library.sync([folder])
        reader = threading.Thread(target=read, args=(library, tiny_embeddings.embed_query("câu")))
        reader.start()
        for version in ("mới", "cũ", "mới"):
            for number in range(_ARTICLES):
                write(folder / f"{number}.md", body(version))
            assert len(library.sync([folder]).updated) == _ARTICLES
        stop.set()
        reader.join()
        assert mistakes == []
        assert reads > 5
        assert library.vectors.hidden  # kept for readers that are still at it


@pytest.mark.usefixtures("quick")
def test_a_moved_file_is_never_there_twice_nor_missing(
    tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> None:
    seen: list[list[str]] = []
    with open_library(tmp_path / "data", tiny_embeddings) as library:
        for name in ("a", "b", "c"):
            write(folder / f"{name}.md", f"Bài {name}.", title="Bài")
        library.sync([folder])
        for name in ("a", "b", "c"):
            (folder / f"{name}.md").rename(folder / f"moved-{name}.md")
        publish = library.vectors.publish

        def watched(*arguments: object) -> None:
            publish(*arguments)  # type: ignore[arg-type]
            seen.append([record.id for record in library.articles()])

        library.vectors.publish = watched  # type: ignore[method-assign]
        summary = library.sync([folder])
    assert summary.passages_embedded == 0
    assert seen == [
        ["b", "c", "moved-a"],
        ["c", "moved-a", "moved-b"],
        ["moved-a", "moved-b", "moved-c"],
    ]


def test_an_answer_that_was_begun_before_a_switch_still_finds_its_article(
    tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> None:
    file = write(folder / "a.md", "Bài viết cũ.")
    with open_library(tmp_path / "data", tiny_embeddings) as library:
        library.sync([folder])
        (begun,) = library.articles()
        write(file, "Bài viết mới.")
        library.sync([folder])
        assert library.article("a", begun.version).body == "Bài viết cũ."
        assert library.article("a").body == "Bài viết mới."
    with open_library(tmp_path / "data", tiny_embeddings) as library:  # nobody reads it any more
        assert library.article("a", begun.version) is None
        assert library.vectors.hidden == []


def test_only_the_passages_that_changed_are_embedded(
    tmp_path: Path, folder: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> None:
    sentences = [f"Câu số {number} này có đúng mười từ để đếm cho dễ." for number in range(12)]
    file = folder / "a.md"
    with open_library(tmp_path / "data", tiny_embeddings, passage_words=24) as library:
        file.write_text("Tin\n" + " ".join(sentences), encoding="utf-8")
        first = library.sync([folder]).passages_embedded
        sentences[6] = sentences[6].replace("Câu", "Lời")
        file.write_text("Tin\n" + " ".join(sentences), encoding="utf-8")
        assert library.sync([folder]).passages_embedded == 1
        assert first == 6
