"""One writer at a time at a Chroma server: a marker there says who writes, and that it is still alive."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

from rag.errors import LibraryError
from rag.store.chroma import ChromaStore
from rag.store.records import Metadata

_MARKER = "hoidap-writer"
_BEAT_SECONDS = 10.0
_DEAD_AFTER_SECONDS = 60.0


@contextlib.contextmanager
def writing_at_server(store: ChromaStore, command: str) -> Iterator[None]:
    """Be the one writer for the length of a `with` block.

    Args:
        store: The server.
        command: What this process is doing, told to others who want to write.

    Raises:
        LibraryError: Another process is writing.
    """
    _take(store, _holder(command))
    stopped = threading.Event()
    beat = threading.Thread(target=_beat, args=(store, command, stopped), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stopped.set()
        beat.join()
        store.remove_marker(_MARKER)


def _take(store: ChromaStore, holder: Metadata) -> None:
    for _ in range(2):
        if store.create_marker(_MARKER, holder):
            return
        other = store.marker(_MARKER)
        if other is not None and time.time() - float(other.get("beat", 0)) < _DEAD_AFTER_SECONDS:
            raise LibraryError(
                "Thư viện tại {server} đang được tiến trình {process} trên máy {host} ({command}) cập nhật.",
                "Hãy đợi tiến trình đó xong rồi chạy lại lệnh.",
                server=store.server,
                process=other.get("pid"),
                host=other.get("host"),
                command=other.get("command"),
            )
        store.remove_marker(_MARKER)  # its process is gone
    raise LibraryError(
        "Một tiến trình khác vừa bắt đầu cập nhật thư viện tại {server}.",
        "Hãy đợi rồi chạy lại lệnh.",
        server=store.server,
    )


def _beat(store: ChromaStore, command: str, stopped: threading.Event) -> None:
    while not stopped.wait(_BEAT_SECONDS):
        with contextlib.suppress(LibraryError):  # the next beat may get through
            store.touch_marker(_MARKER, _holder(command))


def _holder(command: str) -> Metadata:
    return {"pid": os.getpid(), "host": socket.gethostname(), "command": command, "beat": int(time.time())}
