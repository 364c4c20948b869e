"""Index runs: the library becomes equal to the files it is given, whatever happened before."""

import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import OpenLibrary, Write

from rag.embedding import PassageEmbeddings
from rag.errors import ArticleError
from rag.store.library import Library
from rag.store.records import ArticleRecord, IndexSummary

_BODIES = ("Giàn BK-24 khánh thành.", "Hội nghị họp tại Vũng Tàu.", "Ông Trần Văn A là Bí thư.")
_NAMES = ("a.md", "b.md", "sub/c.md", "sub/d.md")

file_sets = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(_BODIES), min_size=1)


def contents(library: Library) -> tuple[list[object], set[str]]:
    """Every passage with all that is known of it, and the ids that the lexical index finds."""
    stored = sorted(library.vectors.all_passages(), key=lambda passage: passage.id)
    lexical = library.lexical.search({"tin": 1.0}, 10_000, None, library.live)  # each title begins with this word
    return list(stored), set(lexical)


def assert_in_step(library: Library) -> None:
    stored, lexical = contents(library)
    assert {passage.id for passage in library.vectors.all_passages()} == lexical
    assert len(stored) == library.vectors.count()


def assert_equal_to_fresh(library: Library, fresh: Library, paths: list[Path]) -> None:
    fresh.sync(paths)
    assert contents(library) == contents(fresh)
    assert timeless(library) == timeless(fresh)
    assert_in_step(library)


def timeless(library: Library) -> list[ArticleRecord]:
    return [dataclasses.replace(record, since=0) for record in library.articles()]


def outcome(summary: IndexSummary) -> tuple[list[str], list[str], list[str], list[str]]:
    return summary.added, summary.updated, summary.removed, summary.unchanged


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name).resolve()


def test_files_are_added_updated_removed_and_otherwise_left_alone(library: Library, folder: Path, write: Write) -> None:
    for name in ("a.md", "b.md", "c.md"):
        write(folder / name, f"Nội dung của {name}.")
    assert outcome(library.sync([folder])) == (["a", "b", "c"], [], [], [])

    write(folder / "b.md", "Nội dung mới.")
    (folder / "c.md").unlink()
    write(folder / "d.md", "Bài thêm vào.")
    summary = library.sync([folder])
    assert outcome(summary) == (["d"], ["b"], ["c"], ["a"])
    assert summary.passages_embedded == 2
    article = library.article("b")
    assert article is not None
    assert article.body == "Nội dung mới."
    assert library.article("c") is None
    assert library.lexical.search({"moi": 1.0}, 10).keys() == {library.vectors.article_passages("b")[0].id}
    assert_in_step(library)


def test_a_second_run_finds_everything_unchanged_and_embeds_nothing(
    library: Library, folder: Path, write: Write
) -> None:
    write(folder / "a.md", "Nội dung.")
    write(folder / "sub" / "b.md", "Nội dung.")
    library.sync([folder])
    before, generation = contents(library), library.vectors.generation
    summary = library.sync([folder])
    assert outcome(summary) == ([], [], [], ["a", "sub/b"])
    assert not summary.changed
    assert summary.passages_embedded == 0
    assert (contents(library), library.vectors.generation) == (before, generation)


def test_the_articles_come_back_whole_from_the_library(corpus_library: Library, corpus: Path) -> None:
    assert [record.id for record in corpus_library.articles()] == sorted(path.stem for path in corpus.glob("*.md"))
    for path in sorted(corpus.glob("*.md"))[:5]:
        article = corpus_library.article(path.stem)
        assert article is not None
        assert path.read_text(encoding="utf-8").rstrip().endswith(article.body)
        if article.published is not None:
            assert f"published: {article.published}" in path.read_text(encoding="utf-8")
    assert corpus_library.article("không có") is None


@settings(max_examples=10)
@given(states=st.lists(file_sets, min_size=2, max_size=3))
def test_after_any_edits_the_library_is_as_if_made_anew(
    open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings, write: Write, states: list[dict[str, str]]
) -> None:
    with (
        temporary_folder() as base,
        open_library(base / "data", tiny_embeddings) as library,
        open_library(base / "fresh", tiny_embeddings) as fresh,
    ):
        for files in states:
            shutil.rmtree(base / "articles", ignore_errors=True)
            for name, body in files.items():
                write(base / "articles" / name, body)
            library.sync([base / "articles"])
            assert not library.sync([base / "articles"]).changed
        assert_equal_to_fresh(library, fresh, [base / "articles"])


def test_one_bad_file_does_not_stop_the_others_and_what_was_held_of_it_stays(
    library: Library, folder: Path, write: Write
) -> None:
    write(folder / "a.md", "Bài thứ nhất.")
    write(folder / "b.md", "Bài thứ hai.")
    library.sync([folder])
    (folder / "a.md").write_bytes(b"\xff\xfe")
    write(folder / "b.md", "Bài thứ hai, bản mới.")
    write(folder / "c.md", "Bài thứ ba.")
    (folder / "d.md").write_text("", encoding="utf-8")
    (folder / "e.md").write_text('---\ntitle: !!timestamp "mai"\n---\nNội dung.', encoding="utf-8")

    summary = library.sync([folder])
    assert outcome(summary) == (["c"], ["b"], [], [])
    assert [Path(failed.origin).name for failed in summary.failed] == ["a.md", "d.md", "e.md"]
    assert all(failed.message and failed.remedy for failed in summary.failed)
    held = library.article("a")
    assert held is not None
    assert held.body == "Bài thứ nhất."
    assert_in_step(library)


def test_a_file_that_was_mended_is_indexed_by_the_next_run(library: Library, folder: Path, write: Write) -> None:
    (folder / "a.md").write_bytes(b"\xff")
    assert library.sync([folder]).failed
    write(folder / "a.md", "Nội dung.")
    summary = library.sync([folder])
    assert (summary.added, summary.failed) == (["a"], [])


def test_of_two_files_that_differ_in_suffix_the_second_keeps_it_in_its_id(
    library: Library, folder: Path, write: Write
) -> None:
    (folder / "a.txt").write_text("Tiêu đề\nBài chữ thường.", encoding="utf-8")
    assert library.sync([folder]).added == ["a"]
    write(folder / "a.md", "Bài Markdown.")
    assert outcome(library.sync([folder])) == (["a.txt"], ["a"], [], [])
    assert not library.sync([folder]).changed
    assert not library.sync([folder / "a.txt"]).changed
    assert [library.article(name).body for name in ("a", "a.txt")] == ["Bài Markdown.", "Bài chữ thường."]


def test_the_same_name_below_another_root_is_told_apart_by_the_name_of_the_root(
    library: Library, folder: Path, write: Write
) -> None:
    write(folder / "one" / "a.md", "Bài một.")
    write(folder / "two" / "a.md", "Bài hai.")
    write(folder / "two" / "b.md", "Bài ba.")
    library.sync([folder / "one"])
    summary = library.sync([folder / "two"])
    assert (summary.added, summary.failed) == (["two/a", "b"], [])
    assert [library.article(name).body for name in ("a", "two/a")] == ["Bài một.", "Bài hai."]
    assert not library.sync([folder / "two"]).changed
    assert not library.sync([folder / "one"]).changed

    write(folder / "two" / "two" / "a.md", "Bài bốn.")  # whose own id is taken now
    assert library.sync([folder / "two"]).added == ["two/two/a"]


def test_a_file_with_a_new_suffix_stays_the_same_article(library: Library, folder: Path) -> None:
    (folder / "a.md").write_text("Tin a\nNội dung.", encoding="utf-8")
    library.sync([folder])
    (folder / "a.md").rename(folder / "a.txt")
    for _ in range(2):
        assert outcome(library.sync([folder])) == ([], [], [], ["a"])
        assert [Path(record.origin).name for record in library.articles()] == ["a.txt"]


def test_a_part_of_a_known_root_keeps_its_ids_and_leaves_the_rest_alone(
    library: Library, folder: Path, write: Write
) -> None:
    write(folder / "a.md", "Bài một.")
    file = write(folder / "sub" / "b.md", "Bài hai.")
    write(folder / "sub" / "c.md", "Bài ba.")
    library.sync([folder])
    (folder / "a.md").unlink()
    write(file, "Bài hai, bản mới.")
    assert outcome(library.sync([file])) == ([], ["sub/b"], [], [])
    (folder / "sub" / "c.md").unlink()
    assert outcome(library.sync([folder / "sub"])) == ([], [], ["sub/c"], ["sub/b"])
    assert [record.id for record in library.articles()] == ["a", "sub/b"]


def test_a_folder_around_a_known_root_takes_it_in(
    library: Library, folder: Path, write: Write, open_library: OpenLibrary, tmp_path: Path
) -> None:
    write(folder / "sub" / "b.md", "Bài hai.")
    library.sync([folder / "sub"])
    write(folder / "a.md", "Bài một.")
    assert outcome(library.sync([folder])) == (["a", "sub/b"], [], ["b"], [])
    assert not library.sync([folder / "sub"]).changed
    with open_library(tmp_path / "fresh") as fresh:
        assert_equal_to_fresh(library, fresh, [folder])


@pytest.mark.parametrize("order", [("", "sub"), ("sub", ""), ("a.md", "sub"), ("sub/b.md", "sub", "a.md")])
@pytest.mark.parametrize("before", ["", "sub", None])
def test_nested_paths_in_one_run_hold_each_file_once_and_a_second_run_changes_nothing(
    library: Library, folder: Path, write: Write, order: tuple[str, ...], before: str | None
) -> None:
    write(folder / "a.md", "Bài một.")
    write(folder / "sub" / "b.md", "Bài hai.")
    if before is not None:
        library.sync([folder / before])
    paths = [folder / name for name in order]
    library.sync(paths)
    assert sorted(Path(record.origin).name for record in library.articles()) == ["a.md", "b.md"]
    assert not library.sync(paths).changed
    assert_in_step(library)


def test_a_file_indexed_by_itself_beside_a_known_folder_renames_nothing(
    library: Library, folder: Path, write: Write
) -> None:
    write(folder / "sub" / "b.md", "Bài hai.")
    library.sync([folder / "sub"])
    library.sync([write(folder / "a.md", "Bài một.")])
    assert outcome(library.sync([folder / "sub"])) == ([], [], [], ["b"])


def test_emptying_a_known_folder_empties_the_library_but_an_unknown_empty_folder_is_refused(
    library: Library, folder: Path, write: Write
) -> None:
    with pytest.raises(ArticleError, match=str(folder)):
        library.sync([folder])
    file = write(folder / "a.md", "Nội dung.")
    library.sync([folder])
    file.unlink()
    assert outcome(library.sync([folder])) == ([], [], ["a"], [])
    assert library.articles() == []
    assert_in_step(library)


def test_a_missing_path_is_refused_before_anything_is_written(library: Library, folder: Path, write: Write) -> None:
    write(folder / "a.md", "Nội dung.")
    with pytest.raises(ArticleError, match="nowhere"):
        library.sync([folder, folder / "nowhere"])
    assert library.vectors.count() == 0


def test_another_passage_length_cuts_the_articles_anew(
    tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary
) -> None:
    write(folder / "a.md", " ".join(["Câu này có đúng mười từ để đếm cho dễ."] * 9))
    with open_library(tmp_path / "data") as library:
        library.sync([folder])
        assert library.vectors.count() == 1
    with open_library(tmp_path / "data", passage_words=30) as library:
        assert outcome(library.sync([folder])) == ([], ["a"], [], [])
        assert library.vectors.count() == 3
        assert_in_step(library)


def test_text_that_is_already_embedded_is_not_embedded_again(library: Library, folder: Path) -> None:
    (folder / "a.md").write_text("Tin\nNội dung giống nhau.", encoding="utf-8")
    assert library.sync([folder]).passages_embedded == 1
    (folder / "a.md").rename(folder / "b.md")
    summary = library.sync([folder])
    assert outcome(summary) == (["b"], [], ["a"], [])
    assert summary.passages_embedded == 0


def test_progress_counts_up_to_the_number_of_changed_articles(library: Library, folder: Path, write: Write) -> None:
    for name in ("a.md", "b.md", "c.md"):
        write(folder / name, "Nội dung.")
    told: list[tuple[int, int]] = []
    library.sync([folder], lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert {total for _, total in told} == {3}
    assert told[-1] == (3, 3)


def stop_when_first_written(done: int, total: int) -> None:
    if done:
        message = f"stopped at {done} of {total}"
        raise KeyboardInterrupt(message)


@pytest.mark.parametrize("reopened", [True, False], ids=["in a new process", "in the same process"])
@pytest.mark.parametrize("edited", [True, False], ids=["updating", "adding"])
def test_an_interrupted_run_loses_nothing_and_the_next_one_finishes_it(
    tmp_path: Path,
    folder: Path,
    write: Write,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    *,
    reopened: bool,
    edited: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.store.sync._PUBLISHED_AT_ONCE", 1)

    def opened(name: str) -> AbstractContextManager[Library]:
        return open_library(tmp_path / name, tiny_embeddings, passage_words=20)

    def finish(library: Library) -> None:
        summary = library.sync([folder])
        assert (summary.updated if edited else summary.added) == ["2"]
        assert summary.removed == ["gone"]
        with opened("fresh") as fresh:
            assert_equal_to_fresh(library, fresh, [folder])

    # Two of these articles are written at once, so the run stops before the third.
    bodies = {f"{number}.md": "Câu này có mười từ để đếm cho dễ nhé.\n" * 70 for number in range(3)}
    with opened("data") as library:
        write(folder / "kept.md", "Bài không đổi.")
        write(folder / "gone.md", "Bài sẽ bị xóa.")
        for name, body in bodies.items() if edited else ():
            write(folder / name, body.replace("đếm", "đo"))
        library.sync([folder])
        for name, body in bodies.items():
            write(folder / name, body)
        (folder / "gone.md").unlink()
        with pytest.raises(KeyboardInterrupt):
            library.sync([folder], stop_when_first_written)
        assert {record.id for record in library.articles()} >= {"0", "1", "kept", "gone"}
        if not reopened:
            finish(library)
    if reopened:
        with opened("data") as library:
            assert_in_step(library)
            finish(library)


def test_a_run_cut_off_after_its_last_write_is_searchable_after_the_next(
    library: Library, folder: Path, write: Write
) -> None:
    file = write(folder / "a.md", "Bài viết cũ.")
    library.sync([folder])
    write(file, "Bài viết mới.")
    with pytest.raises(KeyboardInterrupt):
        library.sync([folder], stop_when_first_written)
    assert library.article("a").body == "Bài viết mới."  # it was told to be written
    library.sync([folder])
    assert_in_step(library)
