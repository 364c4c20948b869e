"""Chroma as the library uses it: embedded or over HTTP, collections that come in editions, errors with a remedy."""

import contextlib
import functools
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from chromadb import HttpClient, PersistentClient
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError

from rag.errors import LibraryError
from rag.settings import Settings
from rag.store.graph import graph_faults
from rag.store.records import Metadata

# How many candidates Chroma keeps while it walks its graph. At 100,000 passages 400 finds 99.6 % of the true ten best
# in 2.7 ms, Chroma's own 100 finds 96.6 % in 1.6 ms (`python -m evals.benchmarks.vector_store`).
SEARCH_BREADTH = 400

# Files beside Chroma's that are there once something was indexed.
SIGNS_OF_ARTICLES = ("roots.json", "roots-copy.json")

_NAME = "passages"
_EDITION = "edition"
_COMPLETE = "complete"
_FULL = ("full", "no space", "disk i/o", "quota", "too large")
_READ_ONLY = ("readonly", "read-only", "permission denied")


def chroma_folder(settings: Settings) -> Path:
    """Where embedded Chroma keeps its files."""
    return settings.data_dir / "chroma"


def database_fault(settings: Settings) -> str | None:
    """What SQLite finds wrong with embedded Chroma's file; None where it is sound, or not there yet."""
    return sqlite_fault(chroma_folder(settings) / "chroma.sqlite3")


def sqlite_fault(file: Path) -> str | None:
    """What SQLite finds wrong with a database file; None where it is sound, or not there."""
    if not file.exists():
        return None
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if said == "ok" else str(said)


def database_lost(settings: Settings) -> bool:
    """Whether embedded Chroma's file is gone or empty though articles were indexed: a new one would look all well."""
    file = chroma_folder(settings) / "chroma.sqlite3"
    indexed = any((settings.data_dir / name).exists() for name in SIGNS_OF_ARTICLES)
    return settings.chroma_url is None and indexed and (not file.exists() or file.stat().st_size == 0)


def _require_whole(settings: Settings) -> None:
    """Refuse a folder in which files are missing or damaged, before Chroma opens it.

    Raises:
        LibraryError: There are such files.
    """
    remedy = "Hãy chạy `hoidap doctor --fix` để sửa; các tệp bài viết gốc không bị ảnh hưởng."
    if database_lost(settings):
        raise LibraryError(
            "Cơ sở dữ liệu tại {folder} không còn, dù đã có bài viết được đưa vào thư viện.",
            remedy,
            folder=chroma_folder(settings),
        )
    for fault in graph_faults(chroma_folder(settings)):
        raise LibraryError(
            "Chỉ mục vectơ tại {folder} bị hỏng ({reason}).", remedy, folder=fault.folder, reason=fault.reason
        )


class ChromaStore:
    """A Chroma client with the collections of one library.

    The collection is kept in editions, so that a whole new one (of another embedding model) can be prepared beside
    the one that serves, and takes its place in one step: the complete edition of the highest number is the library.

    Args:
        settings: Says where Chroma is: a server, or the data directory.
        trusted: Whether damaged files are to be opened too, by whoever mends them.

    Raises:
        LibraryError: The files are damaged, or the server does not answer or refuses the token.
    """

    def __init__(self, settings: Settings, *, trusted: bool = False) -> None:
        self._settings = settings
        self.server = settings.chroma_url
        if self.server is None and not trusted:
            _require_whole(settings)
        with self.guarded():
            self._client = self._connected()

    def _connected(self) -> ClientAPI:
        quiet = ChromaSettings(anonymized_telemetry=False)
        if self.server is None:
            folder = chroma_folder(self._settings)
            try:
                return PersistentClient(folder, settings=quiet)
            except AttributeError:
                # Chroma keeps what is left of a client that failed to start, and drops it at the next try only.
                return PersistentClient(folder, settings=quiet)
        parts = urlsplit(self.server)
        token = self._settings.chroma_token
        headers = {} if token is None else {"Authorization": f"Bearer {token}", "X-Chroma-Token": token}
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 8000)
        return HttpClient(parts.hostname or "localhost", port, ssl=secure, headers=headers, settings=quiet)

    def close(self) -> None:
        """Release files and connections."""
        cast("Any", self._client).close()

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what Chroma raises into an error that says what to do."""
        try:
            yield
        except (ChromaError, sqlite3.Error, httpx.HTTPError, ValueError, OSError) as error:
            raise self._explained(error) from error
        except BaseException as error:
            # Rust panics on some damaged files. pyo3's PanicException is no Exception and cannot be imported, so it
            # is told by its name; everything else, Ctrl+C among it, goes on.
            if type(error).__name__ != "PanicException":
                raise
            raise self._explained(error) from error

    def _explained(self, error: BaseException) -> LibraryError:
        said = " ".join(str(error).split())[:300]
        lower = said.lower()
        if self.server is not None:
            return LibraryError(
                "Máy chủ Chroma tại {server} không dùng được ({kind}: {reason}).",
                "Hãy kiểm tra máy chủ đang chạy, địa chỉ HOIDAP_CHROMA_URL và mã HOIDAP_CHROMA_TOKEN.",
                server=self.server,
                kind=type(error).__name__,
                reason=said,
            )
        where = self._settings.data_dir
        if any(word in lower for word in _FULL):
            return LibraryError(
                "Không ghi được vào thư mục dữ liệu {folder}: có lẽ ổ đĩa đã đầy ({reason}).",
                "Hãy dọn bớt chỗ trên ổ đĩa rồi chạy lại lệnh; những bài đã vào thư viện vẫn còn nguyên.",
                folder=where,
                reason=said,
            )
        if any(word in lower for word in _READ_ONLY):
            return LibraryError(
                "Không ghi được vào thư mục dữ liệu {folder} ({reason}).",
                "Hãy cấp quyền ghi, hoặc chọn thư mục khác bằng --data hay HOIDAP_DATA_DIR.",
                folder=where,
                reason=said,
            )
        if database_fault(self._settings) is None and not isinstance(error, ValueError):
            return LibraryError(
                "Không ghi được vào thư mục dữ liệu {folder} ({reason}).",
                "Hãy kiểm tra chỗ trống trên ổ đĩa và quyền ghi rồi chạy lại lệnh; nếu vẫn lỗi, hãy chạy "
                "`hoidap doctor --fix`.",
                folder=where,
                reason=said,
            )
        return LibraryError(
            "Không đọc được cơ sở dữ liệu tại {folder} ({kind}: {reason}).",
            "Hãy chạy `hoidap doctor --fix` để sửa; các tệp bài viết gốc không bị ảnh hưởng.",
            folder=chroma_folder(self._settings),
            kind=type(error).__name__,
            reason=said,
        )

    def edition(self, number: int) -> "GuardedCollection":
        """The collection of this edition, made when missing and incomplete unless it is the first."""
        complete = int(number == 0)
        with self.guarded():
            return GuardedCollection(
                self,
                self._client.get_or_create_collection(
                    _edition_name(number),
                    embedding_function=None,  # vectors always come from PassageEmbeddings
                    configuration={"hnsw": {"space": "cosine", "ef_search": SEARCH_BREADTH}},
                    metadata={_EDITION: number, _COMPLETE: complete, "generation": 0},
                ),
            )

    def editions(self) -> dict[int, "GuardedCollection"]:
        """Every edition there is, by number."""
        with self.guarded():
            found = [one for one in self._client.list_collections() if _edition_number(one.name) is not None]
            return {
                cast("int", _edition_number(one.name)): GuardedCollection(
                    self, self._client.get_collection(one.name, embedding_function=None)
                )
                for one in found
            }

    def current(self) -> "GuardedCollection":
        """The edition that serves: the complete one of the highest number; an empty first one in a new library."""
        complete = {number: one for number, one in self.editions().items() if one.complete}
        if not complete:
            return self.edition(0)
        found = complete[max(complete)]
        found.widen_search()
        return found

    def drop(self, number: int) -> None:
        """Delete an edition."""
        with self.guarded(), contextlib.suppress(NotFoundError):
            self._client.delete_collection(_edition_name(number))

    def create_marker(self, name: str, metadata: Metadata) -> "Marker | None":
        """Make an empty collection of this name; None where there is one. The server lets one process only."""
        with self.guarded():
            try:
                made = self._client.create_collection(name, metadata=dict(metadata), embedding_function=None)
            except ChromaError as error:
                if "already exists" not in str(error):
                    raise
                return None
        return Marker(self, made)

    def marker(self, name: str) -> "Marker | None":
        """The collection of this name, None where there is none."""
        with self.guarded():
            try:
                return Marker(self, self._client.get_collection(name, embedding_function=None))
            except NotFoundError:
                return None

    def remove(self, marker: "Marker") -> None:
        """Delete a marker, and never another one that has taken its name: it is first given a name that none has."""
        name = f"gone-{uuid.uuid4().hex}"
        with self.guarded(), contextlib.suppress(NotFoundError):
            marker.collection.modify(name=name)
            self._client.delete_collection(name)


@dataclass(frozen=True, slots=True)
class Marker:
    """An empty collection that says something by being there.

    Attributes:
        store: Where it is.
        collection: As Chroma has it.
    """

    store: ChromaStore
    collection: Collection

    @property
    def metadata(self) -> Metadata:
        """As of when it was fetched."""
        return cast("Metadata", self.collection.metadata or {})

    def touch(self, metadata: Metadata) -> None:
        """Replace the metadata, unless the marker is gone."""
        with self.store.guarded(), contextlib.suppress(NotFoundError):
            self.collection.modify(metadata=dict(metadata))


class GuardedCollection:
    """One edition. Calls go to Chroma's collection; what it raises becomes a `LibraryError`."""

    def __init__(self, store: ChromaStore, collection: Collection) -> None:
        self._store = store
        self._collection = collection

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._collection, name)

        @functools.wraps(method)
        def call(*arguments: object, **named: object) -> object:
            with self._store.guarded():
                return method(*arguments, **named)

        return call

    @property
    def metadata(self) -> Metadata:
        """As of when the collection was last fetched or changed here."""
        return cast("Metadata", self._collection.metadata or {})

    @property
    def number(self) -> int:
        """Which edition this is."""
        return int(self.metadata.get(_EDITION, 0))

    @property
    def complete(self) -> bool:
        """Whether it may serve."""
        return bool(self.metadata.get(_COMPLETE, self.number == 0))

    def set(self, **changes: str | int) -> None:
        """Change some of the collection's metadata, in one step."""
        wanted = {key: value for key, value in {**self.metadata, **changes}.items() if not key.startswith("hnsw:")}
        with self._store.guarded():
            self._collection.modify(metadata=wanted)

    def widen_search(self) -> None:
        """Give an edition of an older release today's breadth of search, which holds from the next opening on."""
        if (self._collection.configuration.get("hnsw") or {}).get("ef_search") != SEARCH_BREADTH:
            with self._store.guarded():
                self._collection.modify(configuration={"hnsw": {"ef_search": SEARCH_BREADTH}})

    def mark_complete(self) -> None:
        """From now on this edition serves, if no higher one does."""
        self.set(**{_COMPLETE: 1})


def _edition_name(number: int) -> str:
    return _NAME if number == 0 else f"{_NAME}-{number}"


def _edition_number(name: str) -> int | None:
    if name == _NAME:
        return 0
    prefix, _, number = name.partition("-")
    return int(number) if prefix == _NAME and number.isdecimal() else None
