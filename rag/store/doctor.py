"""`hoidap doctor`: find what is wrong with a data directory, even one that cannot be opened, and mend it."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rag import __version__
from rag.embedding import PassageEmbeddings
from rag.errors import HoidapError
from rag.settings import Settings
from rag.store.checks import Finding, Severity, library_findings
from rag.store.chroma import chroma_folder, database_fault
from rag.store.library import Library
from rag.store.lock import DirectoryHeldError, locked
from rag.store.records import IndexSummary
from rag.store.scopes import remembered_roots

_LOW_BYTES = 1_000_000_000
_TOO_LOW_BYTES = 50_000_000


def diagnose(settings: Settings, embeddings: PassageEmbeddings) -> Iterator[Finding]:
    """Check everything, from the directory to the passages; later checks are left out where earlier ones forbid them.

    Args:
        settings: Which data directory, which Chroma.
        embeddings: The model that the settings name.
    """
    yield Finding("version", Severity.OK, f"Hỏi Đáp {__version__}.")
    directory = _directory(settings.data_dir)
    yield directory
    yield _space(settings.data_dir)
    if directory.severity is Severity.ERROR:
        return
    if settings.chroma_url is None:
        try:
            with locked(settings.data_dir, "hoidap doctor"):
                database = _database(settings)
        except DirectoryHeldError as error:
            yield Finding("lock", Severity.INFO, error.message, error.remedy)
            return
        yield database
        if database.severity is Severity.ERROR:
            return
    try:
        with Library.opened(settings, embeddings, "hoidap doctor") as library:
            yield from library_findings(library)
    except HoidapError as error:
        yield Finding("open", Severity.ERROR, error.message, error.remedy, _set_aside(settings))


def index_again(settings: Settings, embeddings: PassageEmbeddings) -> IndexSummary | None:
    """Fill an emptied library from the roots that were ever indexed; None where none is known any more.

    Raises:
        HoidapError: A root is not there, or the library cannot be written.
    """
    roots = remembered_roots(settings).read()
    there = [root for root in roots if root.startswith(("http://", "https://")) or Path(root).exists()]
    if not there:
        return None
    with Library.opened(settings, embeddings, "hoidap doctor") as library:
        return library.sync(there) if library.vectors.count() == 0 else None


def _directory(data_dir: Path) -> Finding:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir) as probe:
            probe.write(b"x")
        closed = next((path for path in _own_files(data_dir) if not os.access(path, os.R_OK | os.W_OK)), None)
    except OSError as error:
        return Finding(
            "directory",
            Severity.ERROR,
            f"Không ghi được vào thư mục dữ liệu {data_dir} ({error.strerror}).",
            "Hãy cấp quyền ghi và chừa đủ chỗ trống, hoặc chọn thư mục khác bằng --data hay HOIDAP_DATA_DIR.",
        )
    if closed is not None:
        return Finding(
            "directory",
            Severity.ERROR,
            f"Không được phép đọc và ghi tệp {closed}.",
            f"Hãy cấp quyền, ví dụ: chmod -R u+rwX {data_dir}",
        )
    return Finding("directory", Severity.OK, f"Thư mục dữ liệu {data_dir} đọc và ghi được.")


def _own_files(data_dir: Path) -> Iterator[Path]:
    return (path for name in ("chroma", "lexical", "language") for path in (data_dir / name).rglob("*"))


def _space(data_dir: Path) -> Finding:
    existing = next((path for path in (data_dir, *data_dir.parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(existing).free
    message = f"Ổ đĩa còn trống {free / 1e9:.1f} GB."
    if free >= _LOW_BYTES:
        return Finding("space", Severity.OK, message)
    severity = Severity.ERROR if free < _TOO_LOW_BYTES else Severity.WARNING
    return Finding("space", severity, message, "Hãy dọn bớt chỗ, hoặc chọn ổ khác bằng --data.")


def _database(settings: Settings) -> Finding:
    """Whether SQLite finds its file sound, before Chroma opens it."""
    file = chroma_folder(settings) / "chroma.sqlite3"
    if not file.exists():
        return Finding("database", Severity.OK, "Chưa có cơ sở dữ liệu; nó được tạo ở lần index đầu tiên.")
    said = database_fault(settings)
    if said is None:
        return Finding("database", Severity.OK, "Tệp cơ sở dữ liệu lành lặn.")
    return Finding(
        "database",
        Severity.ERROR,
        f"Tệp cơ sở dữ liệu {file} bị hỏng ({said}).",
        "Chạy `hoidap doctor --fix`: tệp hỏng được cất riêng và thư viện được lập lại từ các bài viết gốc.",
        _set_aside(settings),
    )


def _set_aside(settings: Settings) -> Callable[[], Path] | None:
    """Moves a database that cannot be read out of the way, under a name that says when; nothing is deleted."""
    if settings.chroma_url is not None:
        return None

    def move() -> Path:
        kept = settings.data_dir / time.strftime("chroma.damaged-%Y%m%d-%H%M%S")
        shutil.move(chroma_folder(settings), kept)
        return kept

    return move
