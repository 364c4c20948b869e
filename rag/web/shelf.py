"""The library as visitors see and change it: a list, uploads kept as files of the data directory, deletion."""

import datetime
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from rag.errors import ArticleError, HoidapError, LibraryError
from rag.loaders.files import ARTICLE_SUFFIXES
from rag.store.library import Library
from rag.store.records import ArticleRecord, FailedFile, IndexSummary
from rag.vietnamese.normalise import fold, to_nfc

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME = 80  # characters, of up to three bytes each
_ADDRESSES = ("https://", "http://")
_TOLD_EVERY = 0.25  # seconds between two reports of progress


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """One article in the list.

    Attributes:
        id: The article's id.
        title: Its headline.
        published: The day it appeared, if known.
        publisher: Who published it, if known.
        passages: How many passages it was cut into.
        uploaded: Whether it came in through the page, and can be deleted there.
    """

    id: str
    title: str
    published: datetime.date | None
    publisher: str | None
    passages: int
    uploaded: bool


@dataclass(slots=True)
class Change:
    """What a change to the library is doing, or did.

    Attributes:
        done: How many of the changed articles are written.
        total: How many there are to write.
        added: Headlines of the articles that came in.
        failed: What could not become an article: file name, and why.
        finished: Whether the change is over.
    """

    done: int = 0
    total: int = 0
    added: list[str] = field(default_factory=list)
    failed: list[tuple[str, HoidapError]] = field(default_factory=list)
    finished: bool = False


# What the list can be sorted by; an empty text stands for what is not known.
_ORDERS: dict[str, Callable[[ShelfEntry], Any]] = {
    "title": lambda entry: fold(entry.title),
    "publisher": lambda entry: fold(entry.publisher or ""),
    "published": lambda entry: entry.published.isoformat() if entry.published else "",
    "passages": lambda entry: entry.passages,
}


class Shelf:
    """Reads and changes the library for the page; the list is made once for each state of the library.

    Args:
        library: The library.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._changing = threading.Lock()
        self._listed: tuple[int, list[ShelfEntry]] | None = None

    @property
    def accepted(self) -> tuple[str, ...]:
        """Suffixes of the files that can be uploaded."""
        return tuple(ARTICLE_SUFFIXES)

    @property
    def uploads(self) -> Path:
        """The folder that uploaded files are kept in; indexed as a root of its own."""
        return self._library.settings.data_dir.expanduser().resolve() / "uploads"

    def entries(self) -> list[ShelfEntry]:
        """The articles, sorted by id."""
        with self._lock:
            generation = self._library.vectors.generation
            if self._listed is None or self._listed[0] != generation:
                self._listed = (generation, self._list())
            return self._listed[1]

    def _list(self) -> list[ShelfEntry]:
        uploaded = {record.id for record in self._library.articles() if self._is_own(_origin(record))}
        first, passages = {}, Counter[str]()
        for stored in self._library.vectors.all_passages():
            passages[stored.passage.article_id] += 1
            if stored.passage.ordinal == 0:
                first[stored.passage.article_id] = stored
        return [
            ShelfEntry(
                article_id, one.title, one.published, one.publisher, passages[article_id], article_id in uploaded
            )
            for article_id, one in sorted(first.items())
        ]

    def _is_own(self, origin: str) -> bool:
        """Whether the page may delete what came from there: an upload, or a web page, which no folder brings back."""
        return origin.startswith(_ADDRESSES) or self.uploads in Path(origin).parents

    def found(self, wanted: str, order: str, *, descending: bool) -> list[ShelfEntry]:
        """The articles whose headline, id or publisher holds every word of `wanted`, with or without accents.

        Args:
            wanted: Words; all articles where there are none.
            order: `title`, `publisher`, `published` or `passages`; what is not known comes last.
            descending: Whether the largest come first.
        """
        words = fold(to_nfc(wanted)).split()
        found = [
            entry
            for entry in self.entries()
            if all(word in fold(f"{entry.title} {entry.id} {entry.publisher or ''}") for word in words)
        ]
        key = _ORDERS.get(order, _ORDERS["published"])
        known = [entry for entry in found if key(entry) != ""]
        return sorted(known, key=key, reverse=descending) + [entry for entry in found if key(entry) == ""]

    def add_files(self, files: Sequence[Path]) -> Iterator[Change]:
        """Keep uploaded files and bring them into the library; tells how far it is until it is finished.

        A file that cannot become an article is reported and not kept.

        Args:
            files: Where the upload put them, under the names they came with.

        Raises:
            ArticleError: There are too many files.
        """
        most = self._library.settings.max_upload_files
        if len(files) > most:
            raise ArticleError(
                "{files} tệp một lần, quá giới hạn {limit} tệp.",
                "Hãy tải lên làm nhiều lần, hoặc tăng HOIDAP_MAX_UPLOAD_FILES.",
                files=len(files),
                limit=most,
            )
        change = Change()
        kept = [path for path in (self._keep(file, change) for file in files) if path is not None]
        if kept:
            yield from self._synchronised([self.uploads], len(kept), change)
        change.finished = True
        yield change

    def _keep(self, file: Path, change: Change) -> Path | None:
        name = upload_name(file.name)
        try:
            size, most = file.stat().st_size, self._library.settings.max_file_megabytes
            if file.suffix.lower() not in self.accepted:
                raise ArticleError(
                    "Chưa đọc được loại tệp “{suffix}”.",
                    "Hãy đổi sang một trong các loại: {kinds}.",
                    suffix=file.suffix,
                    kinds=", ".join(self.accepted),
                )
            if size > most * 1e6:
                raise ArticleError(
                    "Tệp nặng {size:.1f} MB, quá giới hạn {limit:g} MB.",
                    "Hãy tách nhỏ tệp, hoặc tăng HOIDAP_MAX_FILE_MEGABYTES.",
                    size=size / 1e6,
                    limit=most,
                )
            self.uploads.mkdir(parents=True, exist_ok=True)
            place = self._free_place(name)
            shutil.copyfile(file, place)
        except HoidapError as error:
            change.failed.append((name, error))
            return None
        except OSError as error:
            raise LibraryError(
                "Không ghi được tệp vào {folder} ({reason}).",
                "Hãy kiểm tra quyền ghi và dung lượng đĩa.",
                folder=self.uploads,
                reason=error.strerror,
            ) from error
        return place

    def _free_place(self, name: str) -> Path:
        """A path among the uploads that no file has, and whose id no article has."""
        taken = {entry.id for entry in self.entries()} | {file.stem for file in self.uploads.iterdir()}
        stem, suffix = Path(name).stem, Path(name).suffix
        number = 1
        while (free := stem if number == 1 else f"{stem} ({number})") in taken:
            number += 1
        return self.uploads / f"{free}{suffix}"

    def _synchronised(self, paths: Sequence[Any], total: int, change: Change) -> Iterator[Change]:
        """Bring `paths` into the library in a thread of its own, and tell how far that is."""

        def progress(done: int, total: int) -> None:
            change.done, change.total = done, total

        def synchronise() -> IndexSummary:
            with self._changing:
                return self._library.sync(paths, progress)

        change.total = total
        with ThreadPoolExecutor(1, "hoidap-upload") as worker:
            running = worker.submit(synchronise)
            while not _over(running):
                yield change
            summary = running.result()
        titles = {entry.id: entry.title for entry in self.entries()}
        change.added += [titles.get(article_id, article_id) for article_id in summary.added + summary.updated]
        for failed in summary.failed:
            origin = _origin(failed)
            change.failed.append((_name_of(origin), failed.error))
            if self.uploads in Path(origin).parents:
                Path(origin).unlink(missing_ok=True)  # kept, it would fail again in every later run

    def add_address(self, address: str) -> Iterator[Change]:
        """Bring a web page into the library.

        Raises:
            ArticleError: This is no address, or the loaders cannot read web pages.
        """
        if not address.lower().startswith(_ADDRESSES):
            raise ArticleError(
                "“{address}” không phải địa chỉ web.", "Hãy dán địa chỉ bắt đầu bằng https://.", address=address
            )
        if not _reads_addresses(self._library):
            raise ArticleError(
                "Chưa đọc được địa chỉ web ({address}).",
                "Hãy lưu bài thành tệp .md hoặc .txt rồi tải tệp đó lên.",
                address=address,
            )
        change = Change()
        yield from self._synchronised([address], 1, change)
        change.finished = True
        yield change

    def delete(self, article_id: str) -> str:
        """Delete an uploaded article for good: the file and what the library holds of it.

        Returns:
            Its headline.

        Raises:
            ArticleError: There is no such article, or it did not come in through the page.
        """
        entry = next((entry for entry in self.entries() if entry.id == article_id), None)
        if entry is None:
            raise ArticleError(
                "Thư viện không có bài “{article}”.", "Hãy tải lại trang để xem danh sách mới.", article=article_id
            )
        if not entry.uploaded:
            raise ArticleError(
                "Bài “{title}” được đọc từ tệp ngoài trang này.",
                "Hãy xóa tệp đó rồi chạy lại `hoidap index`.",
                title=entry.title,
            )
        origin = next(_origin(record) for record in self._library.articles() if record.id == article_id)
        with self._changing:
            if origin.startswith(_ADDRESSES):
                cast("Any", self._library).remove([article_id])
            else:
                Path(origin).unlink(missing_ok=True)
                self.uploads.mkdir(parents=True, exist_ok=True)
                self._library.sync([self.uploads])
        return entry.title


def _origin(source: ArticleRecord | FailedFile) -> str:
    """Where an article was read from: the path of a file, or a web address where the loaders read those."""
    return str(getattr(source, "origin", "") or getattr(source, "path", ""))


def _name_of(origin: str) -> str:
    return origin if origin.startswith(_ADDRESSES) else Path(origin).name


def _reads_addresses(library: Library) -> bool:
    """Whether the library takes web addresses; one that does can remove single articles as well."""
    return hasattr(library, "remove")


def upload_name(name: str) -> str:
    """A file name that every file system takes, as close to the given one as that allows.

    Example:
        >>> upload_name("../tin: nóng?.md")
        'tin nóng.md'
    """
    given = Path(to_nfc(name).replace("\\", "/"))
    stem = " ".join(_NOT_IN_NAMES.sub(" ", given.stem).split()).strip(". ")[:_LONGEST_NAME]
    return f"{stem or 'bai'}{given.suffix.lower()}"


def _over(running: "Future[IndexSummary]") -> bool:
    try:
        running.exception(timeout=_TOLD_EVERY)
    except NotYetError:
        return False
    return True
