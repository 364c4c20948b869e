"""Web addresses as sources of articles: a page, or the pages that a sitemap, feed or list page names."""

import hashlib
import json
import re
import urllib.robotparser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from rag.article import Article
from rag.errors import ArticleError
from rag.limits import LIMITS
from rag.loaders.fetch import USER_AGENT, Fetcher, Page
from rag.loaders.isolation import links_isolated, read_isolated
from rag.loaders.source import FileLimits, HeldContent, Links, Loaded, Scope, content_digest
from rag.settings import Settings

_READER_OF_KIND = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/plain": "text",
    "text/markdown": "text",
    "": ".html",
}
_PAGE_SUFFIX = re.compile(r"\.(?:html?|php|aspx?|jsp|pdf|docx|txt|md)$", re.IGNORECASE)
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page that the library holds: its address and what is known of its content."""

    address: str
    content: HeldContent


def is_address(given: object) -> bool:
    """Whether this is a web address and not a path."""
    return str(given).startswith(("http://", "https://"))


class WebPage:
    """One page: a `Source`.

    Args:
        address: Where it is.
        root: The address it was found through.
        fetcher: Fetches it.
        settings: Limits.
        first: What a first request has brought already.
    """

    def __init__(
        self, address: str, root: str, fetcher: Fetcher, settings: Settings, first: Page | ArticleError | None = None
    ) -> None:
        self.origin = address
        self.root = root
        self.article_id = page_id(address)
        self._fetcher = fetcher
        self._settings = settings
        self._first = first
        self._loaded: Loaded | None = None
        self._marks: tuple[str | None, str | None] = (None, None)

    @property
    def marks(self) -> tuple[str | None, str | None]:
        """ETag and Last-Modified of the last answer."""
        return self._marks

    def digest(self, held: HeldContent | None) -> str:
        """Digest of the article in the page; the server is asked whether it has changed at all.

        Raises:
            SourceGoneError: There is no such page any more.
            ArticleError: It cannot be fetched, or is no article.
        """
        page = self._page(held)
        self._marks = (page.etag, page.last_modified)
        if page.unchanged and held is not None:
            self._marks = (page.etag or held.etag, page.last_modified or held.last_modified)
            return held.content
        self._loaded = self._read(page)
        return self._loaded.content

    def load(self) -> Loaded:
        """The article.

        Raises:
            ArticleError: As `digest`.
        """
        if self._loaded is None:
            self.digest(None)
        loaded, self._loaded = self._loaded, None
        return loaded if loaded is not None else self._read(self._page(None))

    def _page(self, held: HeldContent | None) -> Page:
        first, self._first = self._first, None
        if isinstance(first, ArticleError):
            raise first
        if first is not None and (held is not None or not first.unchanged):
            return first
        return self._fetcher.fetch(self.origin, *((held.etag, held.last_modified) if held is not None else ()))

    def _read(self, page: Page) -> Loaded:
        limits = FileLimits.from_settings(self._settings)
        reader = _READER_OF_KIND.get(page.kind)
        if reader is None:
            raise ArticleError(
                "Địa chỉ {address} không phải một bài viết ({kind}).",
                "Hãy dùng địa chỉ của trang bài viết.",
                address=self.origin,
                kind=page.kind,
            )
        article = _with_source(
            read_isolated(
                reader, page.data, self.article_id, limits, title_otherwise=self.article_id, address=page.address
            ),
            page.address,
        )
        return Loaded(article, _article_digest(article), page.etag, page.last_modified)


def web_scope(address: str, settings: Settings, held: Sequence[HeldPage], links: int | None) -> Scope:
    """The articles at an address: the page itself, or the pages that it names, and those it named before.

    Args:
        address: Of an article, sitemap, feed or list page.
        settings: Limits.
        held: The pages that the library holds from this address.
        links: How many pages to take; None takes an HTML page as an article.
    """
    address = urldefrag(address).url
    fetcher = Fetcher(settings)
    most = links if links is not None else settings.web_max_pages
    known = next((page.content for page in held if page.address == address), None)
    try:
        first = fetcher.fetch(address, *((known.etag, known.last_modified) if known is not None else ()))
    except ArticleError as error:
        return _scope(address, [WebPage(address, address, fetcher, settings, error)])
    try:
        named = _links(first, settings) if links is not None or "xml" in first.kind else Links(index=False)
    except ArticleError as error:
        return _scope(address, [WebPage(address, address, fetcher, settings, error)])
    if named.index:
        found = _from_index(named, fetcher, settings, most)
    elif links is not None:
        found = list(named.listed)
    else:
        return _scope(address, [WebPage(address, address, fetcher, settings, first)])
    allowed = _allowed(found[: 10 * most], fetcher)[:most]
    together = dict.fromkeys([*allowed, *(page.address for page in held)])
    return _scope(address, [WebPage(page, address, fetcher, settings) for page in together])


def page_id(address: str) -> str:
    """The id of the article at an address: server and path, without suffix; a query is told by its digest.

    Example:
        >>> page_id("https://bao.vn/tin/khanh-thanh-gian-bk24.html")
        'bao.vn/tin/khanh-thanh-gian-bk24'
    """
    parts = urlsplit(address)
    path = unquote(parts.path)
    steps = [step for step in path.split("/") if step.strip(".") and step.isprintable()]
    named = _PAGE_SUFFIX.sub("", "/".join([parts.hostname or "", *steps])).replace("#", "")
    exact = parts.query or len(named) > _LONGEST_ID or len(steps) != len([step for step in path.split("/") if step])
    if not exact:
        return str(PurePosixPath(named))
    return f"{PurePosixPath(named[:_LONGEST_ID])}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"


def _scope(address: str, pages: list[WebPage]) -> Scope:
    # A list shows the newest only, so that a page is gone when its server says so, not when it is listed no more.
    return Scope(address, address, tuple(sorted(pages, key=lambda page: page.article_id)), lambda _: False)


def _links(page: Page, settings: Settings) -> Links:
    return links_isolated(page.data, page.address, page.kind, settings.max_read_seconds)


def _from_index(first: Links, fetcher: Fetcher, settings: Settings, most: int) -> list[str]:
    pages = list(first.pages)
    for sitemap in first.further[: LIMITS.sitemaps]:
        if len(pages) >= most:
            break
        try:
            pages += _links(fetcher.fetch(sitemap), settings).pages
        except ArticleError:  # the other sitemaps may be there
            continue
    return list(dict.fromkeys(page for page in pages if is_address(page)))


def _allowed(pages: Sequence[str], fetcher: Fetcher) -> list[str]:
    """The pages that their sites let programs read (robots.txt)."""
    rules: dict[str, urllib.robotparser.RobotFileParser] = {}
    for page in pages:
        site = urljoin(page, "/robots.txt")
        if site not in rules:
            rules[site] = parser = urllib.robotparser.RobotFileParser()
            try:
                written = fetcher.fetch(site, first_bytes=LIMITS.robots_bytes).data.decode("utf-8", errors="replace")
                parser.parse(written.splitlines()[: LIMITS.robots_lines])
            except ArticleError:  # none: everything is allowed
                parser.parse([])
    return [page for page in pages if rules[urljoin(page, "/robots.txt")].can_fetch(USER_AGENT, page)]


def _with_source(article: Article, address: str) -> Article:
    return article if article.source else replace(article, source=address)


def _article_digest(article: Article) -> str:
    parts = [article.title, article.body, str(article.published), article.source, article.publisher, article.author]
    return content_digest(json.dumps(parts, ensure_ascii=False).encode())
