"""What happens to disks and files: full, read-only, damaged. Each says what to do, and that works."""

import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import ROOT, OpenLibrary, Write

from evals.benchmarks.many_articles import random_sentences
from rag.cli import main
from rag.embedding import PassageEmbeddings
from rag.errors import LibraryError
from rag.feedback import FeedbackStore
from rag.settings import Settings
from rag.store.library import Library
from rag.store.scopes import RememberedRoots


@pytest.fixture
def indexed(
    tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> Path:
    """A data directory that holds twenty articles."""
    for number in range(20):
        write(folder / f"{number}.md", f"Giàn số {number} khánh thành tại Vũng Tàu.")
    with open_library(tmp_path / "data", tiny_embeddings) as library:
        library.sync([folder])
    return tmp_path / "data"


def doctor(
    data: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *options: str
) -> tuple[int, dict[str, str]]:
    """Exit code, and severity by check."""
    monkeypatch.setenv("HOIDAP_EMBEDDING_MODEL", str(tiny_model))
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--json", *options, "--data", str(data)])
    rows = json.loads(capsys.readouterr().out)
    return int(left.value.code or 0), {row["check"]: row["severity"] for row in rows}


def whole(library: Library) -> bool:
    found = library.lexical.search({"gian": 1.0}, 100, None, library.live)
    dense = library.vectors.nearest(library.embeddings.embed_query("giàn"), 100)
    return len(library.articles()) == len(found) == len(dense) == 20


def test_a_sound_library_has_nothing_to_report(
    indexed: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert code == 0
    assert set(found.values()) == {"ok"}
    assert {"version", "directory", "space", "database", "model", "half-written", "passages", "lexical"} <= set(found)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"garbage" * 1000),
        lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 3]),
        lambda file: file.write_bytes(file.read_bytes()[:4096] + os.urandom(file.stat().st_size - 4096)),
    ],
    ids=["overwritten", "truncated", "scrambled"],
)
def test_a_damaged_database_is_said_and_doctor_makes_the_library_again(
    indexed: Path,
    damage: object,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    tiny_model: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    damage(indexed / "chroma" / "chroma.sqlite3")  # type: ignore[operator]
    with pytest.raises(LibraryError) as refused, open_library(indexed, tiny_embeddings) as library:
        whole(library)
    assert "hoidap doctor --fix" in refused.value.remedy
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["database"]) == (1, "error")
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["database"]) == (0, "ok")
    assert list(indexed.glob("chroma.damaged-*"))
    with open_library(indexed, tiny_embeddings) as library:
        assert whole(library)


@pytest.mark.parametrize("keep", [0.0, 0.5])
def test_a_lexical_index_cut_short_is_made_again_at_opening(
    indexed: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings, keep: float
) -> None:
    for file in (indexed / "lexical").rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            file.write_bytes(data[: int(len(data) * keep)])
    with open_library(indexed, tiny_embeddings) as library:
        assert library.mended
        assert whole(library)


def test_doctor_finds_a_missing_passage_an_orphan_and_a_half_written_article_and_mends_them(
    indexed: Path,
    folder: Path,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    tiny_model: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_it(library: Library) -> None:
        (folder / "long.md").write_text("Tin\n" + "Câu này có mười từ để đếm cho dễ nhé.\n" * 30, encoding="utf-8")
        library.sync([folder])
        library.vectors.delete_rows([library.vectors.article_passages("long")[1].id])

    with open_library(indexed, tiny_embeddings) as library:
        break_it(library)
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["passages"]) == (1, "error")
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["passages"]) == (0, "ok")
    with open_library(indexed, tiny_embeddings) as library:
        assert library.sync([folder]).added == ["long"]  # its remedy
        head, *_ = library.vectors.article_passages("long")
        library.vectors.delete_rows([head.id])  # what is left belongs to no article any more
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["passages"]) == (1, "warning")
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["passages"]) == (0, "ok")


def test_a_directory_that_may_not_be_written_is_said(
    tiny_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, found = doctor(Path("/proc/hoidap"), tiny_model, capsys, monkeypatch)
    assert (code, found["directory"]) == (1, "error")


@pytest.fixture(scope="module")
def large(
    tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> Path:
    """A data directory whose vectors were written to files of their own, as they are from a thousand passages on."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "articles").mkdir()
    for number in range(110):
        text = f"Tin số {number}\n{random_sentences(str(number), 14)}"
        (folder / "articles" / f"{number}.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "data", tiny_embeddings, passage_words=20) as library:
        library.sync([folder / "articles"])
        assert library.vectors.count() > 1050
    return folder / "data"


def graph_file(data: Path, name: str) -> Path:
    [file] = (data / "chroma").glob(f"*/{name}")
    return file


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flipped(file: Path) -> None:
    chance, data = random.Random(1), bytearray(file.read_bytes())  # noqa: S311 - repeatable, not secret
    for _ in range(max(8, len(data) // 1000)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


def zeroed(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("data_level0.bin", Path.unlink),
        ("data_level0.bin", halved),
        ("data_level0.bin", flipped),
        ("data_level0.bin", zeroed),
        ("header.bin", halved),
        ("link_lists.bin", flipped),
        ("index_metadata.pickle", flipped),
        ("index_metadata.pickle", Path.unlink),
    ],
)
def test_damaged_vectors_are_said_before_chroma_crashes_on_them_and_made_anew_from_the_stored_passages(
    large: Path,
    name: str,
    damage: Callable[[Path], None],
    tmp_path: Path,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    tiny_model: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = tmp_path / "data"
    shutil.copytree(large, data)
    damage(graph_file(data, name))
    with (
        pytest.raises(LibraryError) as refused,
        open_library(data, tiny_embeddings, passage_words=20) as library,
    ):
        library.vectors.nearest(tiny_embeddings.embed_query("giàn"), 10)
    assert "hoidap doctor --fix" in refused.value.remedy
    monkeypatch.setenv("HOIDAP_PASSAGE_WORDS", "20")
    code, found = doctor(data, tiny_model, capsys, monkeypatch)
    assert code == 1
    assert "error" in (found["graph"], found.get("vectors"), found.get("open"))
    code, found = doctor(data, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["graph"], found["vectors"]) == (0, "ok", "ok")
    with open_library(data, tiny_embeddings, passage_words=20) as library:
        assert len(library.articles()) == 110
        assert len(library.vectors.nearest(tiny_embeddings.embed_query("giàn"), 100)) == 100


def test_vectors_that_are_gone_from_the_database_are_found_missing(
    indexed: Path,
    tiny_model: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with contextlib.closing(sqlite3.connect(indexed / "chroma" / "chroma.sqlite3")) as database, database:
        database.execute("UPDATE embeddings_queue SET vector = zeroblob(length(vector)) WHERE vector IS NOT NULL")
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["vectors"]) == (1, "error")
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["vectors"]) == (0, "ok")


def test_a_passage_whose_text_was_changed_by_damage_is_found(
    indexed: Path,
    tiny_model: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with contextlib.closing(sqlite3.connect(indexed / "chroma" / "chroma.sqlite3")) as database, database:
        database.execute(
            "UPDATE embedding_metadata SET string_value = replace(string_value, 'Giàn số 7', 'Giàn số 8') "
            "WHERE key = 'chroma:document'"
        )
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["passages"]) == (1, "error")


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"")], ids=["missing", "empty"])
def test_a_database_that_is_gone_is_not_taken_for_an_empty_library(
    indexed: Path,
    damage: Callable[[Path], None],
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    tiny_model: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    damage(indexed / "chroma" / "chroma.sqlite3")
    with pytest.raises(LibraryError, match="không còn"), open_library(indexed, tiny_embeddings):
        pass
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["database"]) == (1, "error")
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["database"]) == (0, "ok")
    with open_library(indexed, tiny_embeddings) as library:
        assert whole(library)


@pytest.mark.parametrize("damage", [Path.unlink, halved, flipped, zeroed])
@pytest.mark.parametrize("part", ["lexical", "language"])
def test_what_is_derived_is_made_anew_whatever_is_damaged_in_it(
    indexed: Path,
    part: str,
    damage: Callable[[Path], None],
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
) -> None:
    files = [file for file in (indexed / part).rglob("*") if file.is_file() and file.stat().st_size]
    for file in files:
        kept = file.read_bytes()
        damage(file)
        with open_library(indexed, tiny_embeddings) as library:
            assert whole(library)
            assert library.language.accents.restore("gian so 7") == "giàn số 7"
            assert library.mended == (part == "lexical")
        if file.exists() and file.read_bytes() != kept:  # the next file is damaged in an index like the first
            break


@pytest.mark.parametrize("damage", [Path.unlink, halved, flipped, zeroed])
def test_remembered_roots_survive_damage(
    indexed: Path,
    folder: Path,
    damage: Callable[[Path], None],
    tiny_model: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roots = RememberedRoots(indexed / "roots.json")
    damage(roots.file)
    assert roots.read() == [str(folder)]
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["roots"]) == (1, "warning")
    damage(roots.copy)
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["roots"]) == (0, "ok")
    assert roots.read() == [str(folder)]


def test_damaged_votes_are_said_and_put_aside(
    indexed: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (indexed / "feedback.sqlite3").write_bytes(b"garbage" * 1000)
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch)
    assert (code, found["feedback"]) == (1, "warning")
    code, found = doctor(indexed, tiny_model, capsys, monkeypatch, "--fix")
    assert (code, found["feedback"]) == (0, "ok")
    assert list(indexed.glob("feedback.damaged-*"))


def test_the_data_directory_is_its_owners_alone(indexed: Path, tiny_embeddings: PassageEmbeddings) -> None:
    assert indexed.stat().st_mode & 0o777 == 0o700
    indexed.chmod(0o755)  # as releases up to 0.1 made it
    with Library.opened(Settings.load(data_dir=indexed), tiny_embeddings):
        assert indexed.stat().st_mode & 0o777 == 0o700
        assert (indexed / "lock").stat().st_mode & 0o777 == 0o600
        assert (indexed / "lock-holder.json").stat().st_mode & 0o777 == 0o600
    store = FeedbackStore(indexed / "feedback.sqlite3")
    store.counts()
    assert (indexed / "feedback.sqlite3").stat().st_mode & 0o777 == 0o600


_FULL = """
import resource, signal, sys
from pathlib import Path
from rag.embedding import PassageEmbeddings
from rag.errors import LibraryError
from rag.settings import Settings
from rag.store.library import Library
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
data, model, articles, limit = sys.argv[1:]
settings = Settings.load(data_dir=data, embedding_model=model)
embeddings = PassageEmbeddings.from_settings(settings)
embeddings.embed_query("a")
try:
    with Library.opened(settings, embeddings) as library:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
        library.sync([Path(articles)])
except LibraryError as error:
    print(error.message)
    print(error.remedy)
"""


def test_a_disk_that_fills_up_is_said_and_with_room_the_next_run_finishes(
    indexed: Path,
    folder: Path,
    write: Write,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
    tiny_model: Path,
) -> None:
    """No file may grow beyond a limit, which looks to SQLite and tantivy as a full disk does."""
    for number in range(40):
        write(folder / "more" / f"{number}.md", f"Bài số {number}. " + "Nội dung dài để tệp lớn lên. " * 150)
    command = [sys.executable, "-c", _FULL, str(indexed), str(tiny_model), str(folder), "300000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    assert "Không ghi được vào thư mục dữ liệu" in ended.stdout, ended.stderr[-2000:]
    assert "chỗ" in ended.stdout
    with open_library(indexed, tiny_embeddings) as library:
        assert {str(number) for number in range(20)} <= {record.id for record in library.articles()}
        library.sync([folder])
        assert len(library.articles()) == 60
        assert len(library.lexical.search({"tin": 1.0}, 10_000, None, library.live)) == library.vectors.count()
