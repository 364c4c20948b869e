"""One process at a time: embedded Chroma is not safe with more, so the data directory is locked and says by whom.

Where Chroma is a server, each process locks a folder of its own for what it derives.
"""

import contextlib
import datetime
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import filelock

from rag.errors import LibraryError
from rag.settings import Settings

_LOCK_FILE = "lock"
_HOLDER_FILE = "lock-holder.json"
_PROCESSES_AT_SERVER = 64  # of one data directory


@contextlib.contextmanager
def working_folder(settings: Settings, command: str) -> Iterator[Path]:
    """Hold the folder in which this process keeps what it derives, for the length of a `with` block.

    Args:
        settings: The data directory, and whether Chroma is a server.
        command: What this process is doing, told to others who want the directory.

    Yields:
        The data directory itself; with a server, the first free of several folders in it.

    Raises:
        LibraryError: Another process holds it, or it cannot be written.
    """
    if settings.chroma_url is None:
        with locked(settings.data_dir, command):
            yield settings.data_dir
        return
    try:
        make_private(settings.data_dir)
    except OSError as error:
        raise unwritable(settings.data_dir, error) from error
    server = hashlib.sha256(settings.chroma_url.encode()).hexdigest()[:8]
    for number in range(_PROCESSES_AT_SERVER):
        folder = settings.data_dir / f"server-{server}" / str(number)
        last = number + 1 == _PROCESSES_AT_SERVER
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(locked(folder, command))
            except DirectoryHeldError:
                if last:
                    raise
                continue
            yield folder
            return


class DirectoryHeldError(LibraryError):
    """Another process holds the directory."""


@contextlib.contextmanager
def locked(data_dir: Path, command: str) -> Iterator[None]:
    """Hold the data directory for the length of a `with` block.

    Args:
        data_dir: The directory, created when missing.
        command: What this process is doing, told to others who want the directory.

    Raises:
        DirectoryHeldError: Another process holds it.
        LibraryError: It cannot be written.
    """
    try:
        make_private(data_dir)
        lock = filelock.FileLock(data_dir / _LOCK_FILE, timeout=0, mode=0o600)
        lock.acquire()
    except filelock.Timeout as error:
        raise DirectoryHeldError(
            f"Thư mục dữ liệu {data_dir} đang được {_holder(data_dir)} sử dụng.",
            "Hãy đợi hoặc dừng tiến trình đó, hoặc chọn thư mục khác bằng --data.",
        ) from error
    except OSError as error:
        raise unwritable(data_dir, error) from error
    try:
        since = datetime.datetime.now().astimezone().strftime("%H:%M:%S %d/%m/%Y")
        holder = {"pid": os.getpid(), "command": command, "since": since}
        with contextlib.suppress(OSError):  # a full disk: the name of the holder is a courtesy
            (data_dir / _HOLDER_FILE).touch(mode=0o600)
            (data_dir / _HOLDER_FILE).write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            (data_dir / _HOLDER_FILE).unlink(missing_ok=True)
        lock.release()


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter; one of ours that others may enter is closed to them.

    What lies in it is then as private, whatever permissions Chroma, tantivy and SQLite give their files.

    Raises:
        OSError: It cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    ours = status.st_uid == os.getuid() and ((folder / _LOCK_FILE).exists() or not any(folder.iterdir()))
    if ours and status.st_mode & 0o077:
        with contextlib.suppress(OSError):  # a file system without permissions
            folder.chmod(0o700)


def unwritable(data_dir: Path, error: OSError) -> LibraryError:
    """The error for a data directory that cannot be written, with the system's reason."""
    return LibraryError(
        f"Không ghi được vào thư mục dữ liệu {data_dir} ({error.strerror}).",
        "Hãy cấp quyền ghi và chừa đủ chỗ trống, hoặc chọn thư mục khác bằng --data hay HOIDAP_DATA_DIR.",
    )


def _holder(data_dir: Path) -> str:
    try:
        holder = json.loads((data_dir / _HOLDER_FILE).read_text(encoding="utf-8"))
        return f"tiến trình {holder['pid']} ({holder['command']}, từ {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):  # the holder has locked but not yet written its name
        return "một tiến trình khác"
