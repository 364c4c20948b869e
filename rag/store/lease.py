"""One writer at a time at a Chroma server: a marker there says who writes, and that it is still alive."""

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from rag.errors import LibraryError
from rag.store.chroma import ChromaStore, Marker
from rag.store.records import Metadata

_MARKER = "hoidap-writer"
_BEAT_SECONDS = 5.0
_DEAD_AFTER_SECONDS = 30.0
_TRIES = 3


@contextlib.contextmanager
def writing_at_server(store: ChromaStore, command: str) -> Iterator[None]:
    """Be the one writer for the length of a `with` block.

    Args:
        store: The server.
        command: What this process is doing, told to others who want to write.

    Raises:
        LibraryError: Another process is writing.
    """
    marker = _taken(store, _holder(command))
    stopped = threading.Event()
    beat = threading.Thread(target=_beat, args=(marker, command, stopped), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stopped.set()
        beat.join()
        store.remove(marker)


def _taken(store: ChromaStore, holder: Metadata) -> Marker:
    for _ in range(_TRIES):
        made = store.create_marker(_MARKER, holder)
        if made is not None:
            return made
        other = store.marker(_MARKER)
        if other is None:  # gone in between
            continue
        if not _is_dead(other.metadata):
            raise LibraryError(
                "Thư viện tại {server} đang được tiến trình {process} trên máy {host} ({command}) cập nhật.",
                "Hãy đợi tiến trình đó xong rồi chạy lại lệnh.",
                server=store.server,
                process=other.metadata.get("pid"),
                host=other.metadata.get("host"),
                command=other.metadata.get("command"),
            )
        store.remove(other)
    raise LibraryError(
        "Một tiến trình khác vừa bắt đầu cập nhật thư viện tại {server}.",
        "Hãy đợi rồi chạy lại lệnh.",
        server=store.server,
    )


def _is_dead(holder: Metadata) -> bool:
    """Whether the process that left a marker is no more: it is not there, or has not been heard of for long."""
    if holder.get("host") == socket.gethostname() and holder.get("processes") == _processes():
        try:
            os.kill(int(holder.get("pid", 0)), 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):  # another user's
            pass
    return time.time() - float(holder.get("beat", 0)) >= _DEAD_AFTER_SECONDS


def _beat(marker: Marker, command: str, stopped: threading.Event) -> None:
    while not stopped.wait(_BEAT_SECONDS):
        with contextlib.suppress(LibraryError):  # the next beat may get through
            marker.touch(_holder(command))


def _holder(command: str) -> Metadata:
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "processes": _processes(),
        "command": command,
        "beat": int(time.time()),
    }


def _processes() -> str:
    """Where a process number means the same process: containers of one host name have numbers of their own."""
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{started} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "unknown" if sys.platform == "linux" else sys.platform
