"""A library at a real Chroma server (`chroma run`): several processes share it and notice each other's changes."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support import OpenLibrary, Write

from rag.embedding import PassageEmbeddings
from rag.errors import LibraryError
from rag.store import lease
from rag.store.lease import _holder, writing_at_server
from rag.store.library import Library

_START_SECONDS = 60
_PATIENCE_SECONDS = 20


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with an empty database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = shutil.which("chroma", path=str(Path(sys.executable).parent)) or "chroma"
    command = [program, "run", "--path", str(tmp_path_factory.mktemp("server")), "--host", "127.0.0.1"]
    with subprocess.Popen(  # noqa: S603
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        address = f"http://127.0.0.1:{port}"
        until(lambda: answers(address), _START_SECONDS)
        yield address
        process.kill()


@pytest.fixture
def server(running: str, tmp_path: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings) -> str:
    """The same, emptied."""
    with open_library(tmp_path / "emptying", tiny_embeddings, chroma_url=running) as library:
        for number in library.vectors.store.editions():
            library.vectors.store.drop(number)
        if (left := library.vectors.store.marker("hoidap-writer")) is not None:
            library.vectors.store.remove(left)
    return running


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v2/heartbeat").is_success
    except httpx.HTTPError:
        return False


def until(holds: Callable[[], bool], seconds: float = _PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


def seen(library: Library) -> tuple[list[str], set[str], set[str]]:
    """Articles, and what each index finds."""
    live = library.live
    vector = library.embeddings.embed_query("tin")
    dense = library.vectors.nearest(vector, 100, None, live)
    lexical = library.lexical.search({"tin": 1.0}, 100, None, live)
    return [record.id for record in library.articles()], set(dense), set(lexical)


def test_what_one_writes_the_other_notices_in_every_index(
    server: str,
    tmp_path: Path,
    folder: Path,
    write: Write,
    open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings,
) -> None:
    with (
        open_library(tmp_path / "data", tiny_embeddings, chroma_url=server) as writer,
        open_library(tmp_path / "data", tiny_embeddings, chroma_url=server) as reader,
    ):
        assert seen(reader) == ([], set(), set())
        write(folder / "a.md", "Bài một.")
        write(folder / "b.md", "Bài hai.")
        writer.sync([folder])
        until(lambda: seen(reader) == seen(writer) and len(reader.articles()) == 2)
        write(folder / "a.md", "Bài một, bản mới.")
        (folder / "b.md").unlink()
        writer.sync([folder])
        until(lambda: seen(reader)[0] == ["a"] and reader.article("a").body == "Bài một, bản mới.")
        assert seen(reader) == seen(writer)
        write(folder / "c.md", "Bài ba.")  # and the other way round
        reader.sync([folder])
        until(lambda: seen(writer)[0] == ["a", "c"])
        assert not writer.sync([folder]).changed
    with open_library(tmp_path / "elsewhere", tiny_embeddings, chroma_url=server) as other:
        assert seen(other)[0] == ["a", "c"]
        assert len(seen(other)[2]) == 2


def test_a_reader_notices_that_the_library_moved_to_another_model(
    server: str, tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings, embeddings: PassageEmbeddings,
) -> None:  # fmt: skip
    write(folder / "a.md", "Bài một.")
    with (
        open_library(tmp_path / "data", tiny_embeddings, chroma_url=server) as reader,
        open_library(tmp_path / "data", embeddings, chroma_url=server) as mover,
    ):
        reader.sync([folder])
        until(lambda: len(mover.articles()) == 1)
        assert mover.rebuild() == 1
        until(lambda: reader.vectors.fingerprint == embeddings.fingerprint)
        with pytest.raises(LibraryError, match="mô hình nhúng"):
            reader.require_same_model()
        assert len(mover.vectors.nearest(embeddings.embed_query("bài"), 5)) == 1


def test_a_second_writer_is_told_who_writes_and_a_dead_one_does_not_block(
    server: str, tmp_path: Path, folder: Path, write: Write, open_library: OpenLibrary,
    tiny_embeddings: PassageEmbeddings, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    write(folder / "a.md", "Bài một.")
    with (
        open_library(tmp_path / "data", tiny_embeddings, chroma_url=server) as one,
        open_library(tmp_path / "data", tiny_embeddings, chroma_url=server) as other,
    ):
        with writing_at_server(one.vectors.store, "hoidap index"):
            with pytest.raises(LibraryError, match=r"tiến trình \d+ trên máy .* \(hoidap index\)"):
                other.sync([folder])
            assert other.articles() == []
        assert other.sync([folder]).added == ["a"]

        other.vectors.store.create_marker("hoidap-writer", {"pid": 1, "host": "x", "command": "index", "beat": 1})
        monkeypatch.setattr(lease, "_DEAD_AFTER_SECONDS", 1.0)
        write(folder / "b.md", "Bài hai.")
        assert other.sync([folder]).added == ["b"]


def test_a_writer_that_died_on_this_machine_does_not_block_at_all(
    server: str, tmp_path: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with open_library(tmp_path / "data", tiny_embeddings, chroma_url=server) as library:
        store = library.vectors.store
        assert store.create_marker("hoidap-writer", {**_holder("hoidap index"), "pid": ended.pid}) is not None
        with writing_at_server(store, "hoidap index"):
            marker = store.marker("hoidap-writer")
            assert marker is not None
            assert marker.metadata["pid"] == os.getpid()
        assert store.marker("hoidap-writer") is None


def test_who_removes_a_dead_marker_late_does_not_remove_the_one_that_came_after_it(
    server: str, tmp_path: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings
) -> None:
    with open_library(tmp_path / "data", tiny_embeddings, chroma_url=server) as library:
        store = library.vectors.store
        dead = store.create_marker("hoidap-writer", {"pid": 1, "host": "x", "beat": 1})
        assert dead is not None
        assert store.create_marker("hoidap-writer", {"pid": 2}) is None
        late = store.marker("hoidap-writer")
        assert late is not None
        with writing_at_server(store, "hoidap index"):  # another process has seen the same dead marker, and is faster
            store.remove(late)
            assert store.marker("hoidap-writer") is not None
            with pytest.raises(LibraryError, match="cập nhật"), writing_at_server(store, "hoidap index"):
                pass


def test_a_server_that_is_not_there_is_said(tmp_path: Path, open_library: OpenLibrary) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(LibraryError, match=address) as refused, open_library(tmp_path / "data", chroma_url=address):
        pass
    assert "HOIDAP_CHROMA_URL" in refused.value.remedy
