"""Opening a data directory: who holds it, which model made it, what is damaged in it."""

import datetime
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, OpenLibrary, Write

from rag.embedding import PassageEmbeddings
from rag.errors import LibraryError
from rag.retrieval.retriever import HybridRetriever
from rag.settings import Settings
from rag.store.library import Library
from rag.store.records import _day, day_number

_HOLD = """
import sys
from pathlib import Path
from rag.store.lock import locked
with locked(Path(sys.argv[1]), "serve"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def indexed(tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary) -> Path:
    """A data directory that holds two articles."""
    write(folder / "a.md", "Giàn BK-24 khánh thành tại Vũng Tàu.")
    write(folder / "b.md", "Hội nghị tổng kết công tác Đảng.")
    with open_library(tmp_path / "data") as library:
        library.sync([folder])
    return tmp_path / "data"


def test_what_was_indexed_is_there_after_reopening(indexed: Path, open_library: OpenLibrary, folder: Path) -> None:
    with open_library(indexed) as library:
        assert [record.id for record in library.articles()] == ["a", "b"]
        assert not library.sync([folder]).changed
        assert library.language.accents.restore("gian BK-24 khanh thanh") == "giàn BK-24 khánh thành"


def test_a_directory_held_by_another_process_is_refused_naming_it_and_free_once_it_dies(
    indexed: Path, open_library: OpenLibrary
) -> None:
    command = [sys.executable, "-c", _HOLD, str(indexed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:  # noqa: S603
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LibraryError, match=rf"tiến trình {holder.pid} \(serve") as refused, open_library(indexed):
            pass
        assert str(indexed) in refused.value.message
        assert "--data" in refused.value.remedy
        holder.kill()
    with open_library(indexed) as library:
        assert library.vectors.count() == 2


def test_a_directory_is_free_again_after_an_error_inside(indexed: Path, open_library: OpenLibrary) -> None:
    with pytest.raises(ZeroDivisionError), open_library(indexed) as library:
        _ = library.vectors.count() / 0
    with open_library(indexed) as library:
        assert library.vectors.count() == 2


def test_a_directory_that_cannot_be_written_is_refused_with_the_remedy(
    tmp_path: Path, open_library: OpenLibrary
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for data in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(LibraryError, match="Không ghi được") as refused, open_library(data):
            pass
        assert str(data) in refused.value.message
        assert "HOIDAP_DATA_DIR" in refused.value.remedy


@pytest.mark.parametrize("name", ["chroma", "lexical", "language"])
def test_a_directory_with_a_file_in_the_way_is_refused(tmp_path: Path, open_library: OpenLibrary, name: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / name).write_text("", encoding="utf-8")
    with pytest.raises(LibraryError, match=str(data)), open_library(data):
        pass


def test_a_library_of_another_model_is_refused_with_the_remedy_and_left_as_it_is(
    indexed: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings, folder: Path, write: Write
) -> None:
    write(folder / "a.md", "Bản mới.")
    with open_library(indexed, tiny_embeddings) as library:
        with pytest.raises(LibraryError, match="intfloat/multilingual-e5-small") as refused:
            library.sync([folder])
        assert "HOIDAP_EMBEDDING_MODEL=intfloat/multilingual-e5-small" in refused.value.remedy
        assert "--data" in refused.value.remedy
        retriever = HybridRetriever(library=library)
        with pytest.raises(LibraryError, match="mô hình nhúng"):
            retriever.invoke("BK-24 khánh thành khi nào?")
    with open_library(indexed) as library:
        article = library.article("a")
        assert article is not None
        assert article.body == "Giàn BK-24 khánh thành tại Vũng Tàu."


def test_the_same_model_with_another_prefix_is_another_model(tiny_model: Path, tmp_path: Path) -> None:
    changed = tmp_path / "model"
    shutil.copytree(tiny_model, changed)
    file = changed / "config_sentence_transformers.json"
    text = file.read_text(encoding="utf-8")
    assert '"query": ""' in text
    file.write_text(text.replace('"query": ""', '"query": "hỏi: "'), encoding="utf-8")
    before = PassageEmbeddings(str(tiny_model), tmp_path).fingerprint
    after = PassageEmbeddings(str(changed), tmp_path).fingerprint
    assert (before.query_prefix, after.query_prefix) == ("", "hỏi: ")
    assert before.revision != after.revision


def test_an_emptied_library_can_be_filled_by_another_model(
    indexed: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings, folder: Path, write: Write
) -> None:
    for file in folder.iterdir():
        file.unlink()
    with open_library(indexed) as library:
        library.sync([folder])
    write(folder / "c.md", "Bài mới.")
    with open_library(indexed, tiny_embeddings) as library:
        assert library.sync([folder]).added == ["c"]
        assert HybridRetriever(library=library).invoke("bài mới")[0].metadata["article"] == "c"


def test_an_empty_library_says_how_to_fill_it(library: Library) -> None:
    with pytest.raises(LibraryError, match="chưa có bài viết nào") as refused:
        HybridRetriever(library=library).invoke("Ai là Bí thư?")
    assert "hoidap index" in refused.value.remedy


def damage_nothing_left(folder: Path) -> None:
    shutil.rmtree(folder)


def damage_list_of_segments(folder: Path) -> None:
    (folder / "meta.json").write_text("{", encoding="utf-8")


def damage_file_cut_short(folder: Path) -> None:
    for file in folder.glob("*.term"):
        file.write_bytes(file.read_bytes()[:5])


def damage_file_empty(folder: Path) -> None:
    for file in folder.glob("*.idx"):
        file.write_bytes(b"")


def damage_file_missing(folder: Path) -> None:
    for file in folder.glob("*.store"):
        file.unlink()


def damage_unknown_state(folder: Path) -> None:
    (folder / "hoidap-state.json").write_text("[]", encoding="utf-8")


def damage_other_format(folder: Path) -> None:
    (folder / "hoidap-state.json").write_text('{"generation": 1, "format": 0}', encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        damage_nothing_left,
        damage_list_of_segments,
        damage_file_cut_short,
        damage_file_empty,
        damage_file_missing,
        damage_unknown_state,
        damage_other_format,
    ],
)
def test_a_damaged_lexical_index_is_made_anew_on_opening(indexed: Path, open_library: OpenLibrary, damage) -> None:  # noqa: ANN001
    damage(indexed / "lexical")
    for _ in range(2):
        with open_library(indexed) as library:
            (found,) = library.lexical.search({"bk_24": 1.0}, 10)
            assert found.startswith("a#")
            assert library.lexical.count() == 2


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_accent_model_is_made_anew_on_opening(
    indexed: Path, open_library: OpenLibrary, damage: bytes | None
) -> None:
    file = indexed / "language" / "accents.npz"
    if damage is None:
        shutil.rmtree(file.parent)
    else:
        file.write_bytes(damage)
    with open_library(indexed) as library:
        assert library.language.accents.restore("gian BK-24 khanh thanh") == "giàn BK-24 khánh thành"


def test_a_damaged_database_is_refused_saying_how_to_mend_it(indexed: Path, open_library: OpenLibrary) -> None:
    (indexed / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    with pytest.raises(LibraryError, match="Không đọc được cơ sở dữ liệu") as refused, open_library(indexed):
        pass
    assert str(indexed) in refused.value.message
    assert "hoidap doctor --fix" in refused.value.remedy


def test_opening_a_library_does_not_load_the_model(indexed: Path, tmp_path: Path) -> None:
    unloadable = PassageEmbeddings(str(tmp_path / "no-such-model"), tmp_path)
    with Library.opened(Settings.load(data_dir=indexed), unloadable) as library:
        assert [record.id for record in library.articles()] == ["a", "b"]


@pytest.mark.parametrize(
    ("number", "day"), [(9990101, datetime.date(999, 1, 1)), (20201399, None), (10**30, None), (-1, None)]
)
def test_a_library_with_any_number_for_a_day_can_be_opened(
    tmp_path: Path,
    folder: Path,
    write: Write,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    number: int,
    day: datetime.date | None,
) -> None:
    """Releases up to 0.1 wrote the year 0999 without its zero, and could not open the library again."""
    if number > 2**62:
        assert _day(number) is day
        return
    write(folder / "a.md", "Giàn BK-24 khánh thành.", published="2020-12-30")
    with open_library(tmp_path / "data", tiny_embeddings) as library:
        library.sync([folder])
        head = library.vectors.live.records["a"].head
        library.vectors.collection.update(ids=[head], metadatas=[{"published": number}])
    with open_library(tmp_path / "data", tiny_embeddings) as library:
        assert library.articles()[0].published == day
        assert library.article("a").published == day


@pytest.mark.parametrize("day", [datetime.date(1, 1, 1), datetime.date(999, 12, 31), datetime.date(2020, 2, 29)])
def test_a_day_is_a_number_that_compares_like_it_and_is_read_back(day: datetime.date) -> None:
    assert day_number(day) > day_number(day - datetime.timedelta(days=1)) if day.year > 1 else day_number(day) == 10101
    assert _day(day_number(day)) == day
