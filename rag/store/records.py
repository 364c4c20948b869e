"""What the store holds and hands out."""

import contextlib
import datetime
import enum
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rag.article import Article
from rag.chunking import Passage
from rag.errors import ArticleError, LibraryError

Metadata = dict[str, str | int]

_FILTERS_KEPT = 16  # of a snapshot: a conversation asks with the same filter again and again


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with what is known of its article.

    Attributes:
        id: Unique in the library; sorts by article, then place.
        passage: The text and its offsets in the article's body.
        title: The article's headline.
        published: The day it appeared, if known.
        source: Address or other origin, if known.
        publisher: Who published it, if known.
    """

    id: str
    passage: Passage
    title: str
    published: datetime.date | None = None
    source: str | None = None
    publisher: str | None = None

    @property
    def version(self) -> str:
        """Which version of its article the passage belongs to."""
        return self.id.rsplit("#", 2)[1]

    @property
    def head(self) -> str:
        """Id of the first passage of its article."""
        return passage_id(self.passage.article_id, self.version, 0)

    @property
    def text_to_embed(self) -> str:
        """What the embedding model reads: the headline gives a passage its context."""
        return f"{self.title}\n{self.passage.text.strip()}"


class VersionState(enum.StrEnum):
    """Where a version of an article is in its life. Readers see live ones only."""

    STAGED = "staged"  # being written
    LIVE = "live"
    RETIRED = "retired"  # replaced or removed; kept until no reader can still be looking at it


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """One version of an article in the library, and where it came from.

    Attributes:
        id: The article's id.
        root: Folder or web address that the id is relative to.
        origin: The file or web page it was read from: an absolute path, or an address with `http://` or `https://`.
        version: Digest of the content, of the id and of how it was cut.
        title: The article's headline.
        content: Digest of what was read, by which a moved file is known; empty where an older release wrote it.
        passages: How many it was cut into; 0 where an older release wrote it.
        published: The day it appeared, if known.
        source: Address or other origin, as the article says.
        publisher: Who published it, if known.
        author: Who wrote it, if known.
        state: Whether readers see it.
        since: When it came into that state, in seconds since 1970.
        etag: What the web server said of this version, to ask it later whether the page has changed.
        last_modified: As `etag`.
    """

    id: str
    root: str
    origin: str
    version: str
    title: str
    content: str = ""
    passages: int = 0
    published: datetime.date | None = None
    source: str | None = None
    publisher: str | None = None
    author: str | None = None
    state: VersionState = VersionState.LIVE
    since: int = 0
    etag: str | None = None
    last_modified: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Article id and version, which no other record shares."""
        return self.id, self.version

    @property
    def head(self) -> str:
        """Id of the version's first passage, which carries the record."""
        return passage_id(self.id, self.version, 0)


class LiveVersions:
    """Which version of each article readers see: a snapshot that never changes.

    Args:
        records: The live record of each article, by article id.
    """

    def __init__(self, records: Mapping[str, ArticleRecord]) -> None:
        self.records = records
        self.passages = sum(record.passages for record in records.values())
        # Over the records, not over this object: in a cycle a snapshot would outlive its use.
        self.chosen = functools.lru_cache(maxsize=_FILTERS_KEPT)(functools.partial(_let_through, records))

    def holds(self, passage: str) -> bool:
        """Whether the passage of this id belongs to a version that readers see."""
        article_id, version, _ = passage.rsplit("#", 2)
        record = self.records.get(article_id)
        return record is not None and record.version == version

    def passage_ids(self) -> Iterator[str]:
        """The ids of all passages that readers see."""
        for record in self.records.values():
            for ordinal in range(record.passages):
                yield passage_id(record.id, record.version, ordinal)


def passage_id(article_id: str, version: str, ordinal: int) -> str:
    """The id of a passage: unique in the library, sorts by article, then place."""
    return f"{article_id}#{version}#{ordinal:05d}"


def stored_passages(article: Article, passages: list[Passage], version: str) -> list[StoredPassage]:
    """The passages of one version of an article, ready to store."""
    return [
        StoredPassage(
            passage_id(article.id, version, passage.ordinal),
            passage,
            article.title,
            article.published,
            article.source,
            article.publisher,
        )
        for passage in passages
    ]


def day_number(day: datetime.date | None) -> int:
    """A day as yyyymmdd, which compares like a date; 0 for an unknown one."""
    return (day.year * 100 + day.month) * 100 + day.day if day is not None else 0


def text_digest(text: str) -> str:
    """Short digest by which equal texts find each other's vectors."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def to_metadata(stored: StoredPassage, record: ArticleRecord) -> Metadata:
    """Chroma's flat metadata for one passage. Unknown values are left out, as Chroma has no null."""
    metadata: Metadata = {
        "article": stored.passage.article_id,
        "ordinal": stored.passage.ordinal,
        "start": stored.passage.start,
        "end": stored.passage.end,
        "title": stored.title,
        "published": day_number(stored.published),
        "root": record.root,
        "path": record.origin,
        "version": record.version,
        "text_digest": text_digest(stored.text_to_embed),
    }
    if stored.source is not None:
        metadata["source"] = stored.source
    if stored.publisher is not None:
        metadata["publisher"] = stored.publisher
    return metadata | head_metadata(record) if stored.passage.ordinal == 0 else metadata


def head_metadata(record: ArticleRecord) -> Metadata:
    """What only the first passage of a version carries."""
    metadata: Metadata = {
        "state": record.state.value,
        "since": record.since,
        "passages": record.passages,
        "content": record.content,
    }
    known = {"author": record.author, "etag": record.etag, "last_modified": record.last_modified}
    return metadata | {name: value for name, value in known.items() if value is not None}


def from_metadata(found_id: str, text: str, metadata: Metadata) -> StoredPassage:
    """Read what `to_metadata` wrote.

    Raises:
        LibraryError: It is damaged.
    """
    with _readable(found_id):
        place = int(metadata["ordinal"]), int(metadata["start"]), int(metadata["end"])
        return StoredPassage(
            found_id,
            Passage(str(metadata["article"]), *place, text),
            str(metadata["title"]),
            _day(metadata["published"]),
            _optional(metadata, "source"),
            _optional(metadata, "publisher"),
        )


def record_from_metadata(metadata: Metadata) -> ArticleRecord:
    """The record of a version, from the metadata of its first passage.

    Raises:
        LibraryError: It is damaged.
    """
    with _readable(metadata.get("article")):
        return ArticleRecord(
            str(metadata["article"]),
            str(metadata["root"]),
            str(metadata["path"]),
            str(metadata["version"]),
            str(metadata["title"]),
            str(metadata.get("content", "")),
            int(metadata.get("passages", 0)),
            _day(metadata["published"]),
            _optional(metadata, "source"),
            _optional(metadata, "publisher"),
            _optional(metadata, "author"),
            VersionState(str(metadata.get("state", VersionState.LIVE))),
            int(metadata.get("since", 0)),
            _optional(metadata, "etag"),
            _optional(metadata, "last_modified"),
        )


@contextlib.contextmanager
def _readable(what: object) -> Iterator[None]:
    try:
        yield
    except (KeyError, ValueError, TypeError) as error:
        raise LibraryError(
            "Dữ liệu của “{what}” trong thư viện bị hỏng ({reason}).",
            "Hãy chạy `hoidap doctor --fix` để sửa; các tệp bài viết gốc không bị ảnh hưởng.",
            what=what,
            reason=type(error).__name__,
        ) from error


def _day(number: str | int) -> datetime.date | None:
    """The day of a `day_number`; none where an older release, or damage, left a number that is no day."""
    months, day = divmod(int(number), 100)
    try:
        return datetime.date(months // 100, months % 100, day)
    except (ValueError, OverflowError):
        return None


def _optional(metadata: Metadata, name: str) -> str | None:
    value = metadata.get(name)
    return str(value) if value is not None else None


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a user restricts a search to. Empty means everything; given parts must all hold.

    Attributes:
        published_from: First day of publication. Articles without a known day are left out once a day is given.
        published_to: Last day of publication.
        publishers: Publishers, as written in the articles.
        articles: Article ids.
    """

    published_from: datetime.date | None = None
    published_to: datetime.date | None = None
    publishers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    @property
    def day_range(self) -> tuple[int, int] | None:
        """First and last day as yyyymmdd, both inclusive; None where no day was given."""
        if self.published_from is None and self.published_to is None:
            return None
        first = day_number(self.published_from) if self.published_from else 1
        return first, day_number(self.published_to or datetime.date.max)

    def admits(self, record: ArticleRecord) -> bool:
        """Whether an article is let through."""
        if self.articles and record.id not in self.articles:
            return False
        if self.publishers and record.publisher not in self.publishers:
            return False
        first, last = self.day_range or (0, day_number(datetime.date.max))
        return first <= day_number(record.published) <= last


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file or web page that could not be indexed, and why. What the library held of it is kept."""

    origin: str
    error: ArticleError

    @property
    def message(self) -> str:
        """What happened."""
        return self.error.message

    @property
    def remedy(self) -> str:
        """What to do next."""
        return self.error.remedy


@dataclass(slots=True)
class IndexSummary:
    """What an index run did. Lists hold article ids.

    Attributes:
        passages_embedded: Passages that went through the embedding model.
        seconds: Time of the run, without start-up.
    """

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[FailedFile] = field(default_factory=list)
    passages_embedded: int = 0
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Whether the library is not what it was before."""
        return bool(self.added or self.updated or self.removed)


def _let_through(records: Mapping[str, ArticleRecord], search_filter: SearchFilter) -> LiveVersions:
    """The part of a snapshot that a filter lets through."""
    candidates: Iterable[ArticleRecord] = records.values()
    if search_filter.articles:
        named = dict.fromkeys(search_filter.articles)
        candidates = [records[article_id] for article_id in named if article_id in records]
    return LiveVersions({record.id: record for record in candidates if search_filter.admits(record)})
