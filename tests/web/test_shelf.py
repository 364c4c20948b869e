import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Write

from rag.errors import ArticleError
from rag.store.library import Library
from rag.web.shelf import Shelf, upload_name


@given(st.text(max_size=120))
def test_an_uploaded_name_stays_in_its_folder_and_fits_any_file_system(name: str) -> None:
    safe = upload_name(name)
    assert Path(safe).name == safe
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert not safe.startswith(".")
    assert unicodedata.is_normalized("NFC", safe)
    assert len(Path(safe).stem.encode()) <= 4 * 80


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Tin\\bài.md", "bài.md"),
        (".env", "env"),
        ("bài <script>.MD", "bài script.md"),
        ("", "bai"),
    ],
)
def test_names_that_would_do_harm_become_harmless(name: str, safe: str) -> None:
    assert upload_name(name) == safe


def test_a_second_file_of_the_same_name_does_not_replace_the_first(
    library: Library, tmp_path: Path, write: Write
) -> None:
    shelf = Shelf(library)
    for folder in ("một", "hai"):
        *_, last = shelf.add_files([write(tmp_path / folder / "tin.md", f"Bài {folder} kể chuyện {folder}.")])
        assert last.finished
        assert not last.failed
    assert [entry.id for entry in shelf.entries()] == ["tin", "tin (2)"]
    assert all(entry.uploaded for entry in shelf.entries())


def test_an_upload_does_not_take_the_id_of_an_indexed_article(library: Library, folder: Path, write: Write) -> None:
    write(folder / "tin.md", "Bài trong thư mục.")
    library.sync([folder])
    shelf = Shelf(library)
    *_, last = shelf.add_files([write(folder.parent / "up" / "tin.md", "Bài tải lên.")])
    assert not last.failed
    assert [(entry.id, entry.uploaded) for entry in shelf.entries()] == [("tin", False), ("tin (2)", True)]
    library.sync([folder])
    assert len(shelf.entries()) == 2


def test_only_uploaded_articles_are_deleted_and_the_message_says_what_to_do(
    library: Library, folder: Path, write: Write
) -> None:
    write(folder / "tin.md", "Bài trong thư mục.")
    library.sync([folder])
    shelf = Shelf(library)
    with pytest.raises(ArticleError, match="tệp ngoài trang này"):
        shelf.delete("tin")
    with pytest.raises(ArticleError, match="không có bài"):
        shelf.delete("bài khác")
    assert (folder / "tin.md").exists()


def test_more_files_than_the_limit_are_refused(library: Library, tmp_path: Path) -> None:
    most = library.settings.max_upload_files
    with pytest.raises(ArticleError, match=f"{most} tệp"):
        list(Shelf(library).add_files([tmp_path / "a.md"] * (most + 1)))


def test_each_file_is_checked_for_itself(library: Library, tmp_path: Path, write: Write) -> None:
    table, large = tmp_path / "bảng.xlsx", tmp_path / "lớn.txt"
    table.write_bytes(b"x")
    with large.open("wb") as file:
        file.truncate(int(library.settings.max_file_megabytes * 1e6) + 1)
    *_, last = Shelf(library).add_files([table, large, write(tmp_path / "tin.md", "Nội dung.")])
    assert [name for name, _ in last.failed] == ["bảng.xlsx", "lớn.txt"]
    assert "quá giới hạn 20 MB" in str(last.failed[1][1])
    assert last.added == ["Tin tin"]


def test_articles_without_a_day_come_last_in_either_direction(library: Library, folder: Path, write: Write) -> None:
    write(folder / "a.md", "Một.", published="2020-01-01")
    write(folder / "b.md", "Hai.")
    write(folder / "c.md", "Ba.", published="2021-01-01")
    library.sync([folder])
    shelf = Shelf(library)
    assert [entry.id for entry in shelf.found("", "published", descending=False)] == ["a", "c", "b"]
    assert [entry.id for entry in shelf.found("", "published", descending=True)] == ["c", "a", "b"]
