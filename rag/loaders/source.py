"""Where one article comes from, whatever its kind: a file or a web page."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from rag.article import Article
from rag.errors import ArticleError
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What is accepted.

    Attributes:
        bytes: Largest file.
        characters: Longest text of one article.
        pages: Longest PDF.
        seconds: How long reading one file may take.
    """

    bytes: int
    characters: int = 1_000_000
    pages: int = 300
    seconds: float = 10.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The limits that the settings ask for."""
        return cls(
            int(settings.max_file_megabytes * 1e6),
            settings.max_article_characters,
            settings.max_pdf_pages,
            settings.max_read_seconds,
        )


class SourceGoneError(ArticleError):
    """The source says that the article is there no more."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article as it was read.

    Attributes:
        article: The article.
        content: Digest of what was read: equal digests, equal articles.
        etag: What a web server said of this version, if anything.
        last_modified: As `etag`.
    """

    article: Article
    content: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class HeldContent:
    """What the library holds of a source, so that a web server can be asked whether the page has changed since."""

    content: str
    etag: str | None
    last_modified: str | None


class Source(Protocol):
    """A file or a web page that should be an article."""

    @property
    def origin(self) -> str:
        """Absolute path or address."""

    @property
    def root(self) -> str:
        """Folder or address that the id is relative to."""

    @property
    def article_id(self) -> str:
        """The id that the article gets."""

    @property
    def marks(self) -> tuple[str | None, str | None]:
        """ETag and Last-Modified, as the last answer had them; neither for a file."""

    def digest(self, held: HeldContent | None) -> str:
        """Digest of the content as it is now.

        Raises:
            SourceGoneError: There is nothing any more.
            ArticleError: It cannot be read.
        """

    def load(self) -> Loaded:
        """Read the article.

        Raises:
            ArticleError: It cannot be read, or is no article.
        """


@dataclass(frozen=True, slots=True)
class Scope:
    """What one run makes the library equal to.

    Attributes:
        given: As the user gave it.
        root: The root its sources have.
        sources: The articles that are there, sorted by id.
        covers: Whether an article of this origin is the scope's to remove when it is not among the sources.
    """

    given: str
    root: str
    sources: tuple[Source, ...]
    covers: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Links:
    """What a page names.

    Attributes:
        index: Whether the page is a sitemap or a feed, which is no article itself.
        pages: The pages that a sitemap or feed names, newest first where days are given.
        further: The sitemaps that a sitemap names.
        listed: The articles that a list page links to.
    """

    index: bool
    pages: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


def content_digest(data: bytes) -> str:
    """Short digest of what was read."""
    return hashlib.sha256(data).hexdigest()[:16]
