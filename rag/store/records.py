"""What the store holds and hands out."""

import datetime
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from rag.article import Article
from rag.chunking import Passage

Metadata = dict[str, str | int]


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
    def text_to_embed(self) -> str:
        """What the embedding model reads: the headline gives a passage its context."""
        return f"{self.title}\n{self.passage.text.strip()}"


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """Which version of an article the library holds, and where it came from.

    Attributes:
        id: The article's id.
        root: Folder the id is relative to.
        path: The file it was read from.
        version: Digest of the file and of how it was cut.
        title: The article's headline.
    """

    id: str
    root: Path
    path: Path
    version: str
    title: str


def stored_passages(article: Article, passages: list[Passage], version: str) -> list[StoredPassage]:
    """The passages of one version of an article, ready to store."""
    return [
        StoredPassage(
            f"{article.id}#{version}#{passage.ordinal:05d}",
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
    return int(day.strftime("%Y%m%d")) if day is not None else 0


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
        "root": str(record.root),
        "path": str(record.path),
        "version": record.version,
        "text_digest": text_digest(stored.text_to_embed),
    }
    if stored.source is not None:
        metadata["source"] = stored.source
    if stored.publisher is not None:
        metadata["publisher"] = stored.publisher
    return metadata


def from_metadata(passage_id: str, text: str, metadata: Metadata) -> StoredPassage:
    """Read what `to_metadata` wrote."""
    published = str(metadata["published"])
    return StoredPassage(
        passage_id,
        Passage(str(metadata["article"]), int(metadata["ordinal"]), int(metadata["start"]), int(metadata["end"]), text),
        str(metadata["title"]),
        datetime.date.fromisoformat(published) if published != "0" else None,
        _optional(metadata, "source"),
        _optional(metadata, "publisher"),
    )


def record_from_metadata(metadata: Metadata) -> ArticleRecord:
    """The article's record, from the metadata of any of its passages."""
    return ArticleRecord(
        str(metadata["article"]),
        Path(str(metadata["root"])),
        Path(str(metadata["path"])),
        str(metadata["version"]),
        str(metadata["title"]),
    )


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


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be indexed, and why. What the library held of it is kept."""

    path: Path
    message: str
    remedy: str


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
