"""The pages that a sitemap, a feed or a list page names."""

from collections.abc import Iterable, Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree, html

from rag.loaders.fetch import Page
from rag.vietnamese.syllables import syllables

_FEWEST_SYLLABLES = 4  # of a link that is a headline, not a menu entry
_NO_PAGES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".mp4", ".mp3", ".zip", ".rar", ".css", ".js", ".xml")


def is_index(page: Page) -> bool:
    """Whether the page is a sitemap or a feed, which is no article itself."""
    return "xml" in page.kind.replace("xhtml+xml", "") and _root_name(page.data) in _ROOTS


def indexed_pages(page: Page) -> tuple[list[str], list[str]]:
    """What a sitemap or feed names: pages, newest first where days are given, and further sitemaps."""
    root = _parsed(page.data)
    if root is None:
        return [], []
    name = etree.QName(root).localname
    if name == "sitemapindex":
        return [], list(_texts(root, "loc"))
    if name == "urlset":
        return [address for _, address in sorted(_dated(root), key=lambda entry: entry[0], reverse=True)], []
    if name == "feed":
        links = (link for entry in _named(root, "entry") for link in _named(entry, "link"))
        found = [link.get("href") for link in links if link.get("rel", "alternate") == "alternate"]
        return [urljoin(page.address, address) for address in found if address], []
    return [address for item in _named(root, "item") for address in _texts(item, "link")], []


def listed_pages(page: Page) -> list[str]:
    """The articles that a list page links to: links within its site whose words are a headline, in order."""
    try:
        document = html.document_fromstring(page.data)
    except (etree.LxmlError, ValueError):
        return []
    site, found = urlsplit(page.address).netloc, []
    for link in document.iter("a"):
        try:
            address = urldefrag(urljoin(page.address, link.get("href") or "")).url
            parts = urlsplit(address)
        except ValueError:
            continue
        words = syllables(" ".join("".join(str(text) for text in link.itertext()).split()) or link.get("title") or "")
        here = parts.netloc == site and parts.scheme in ("http", "https") and address != page.address
        if here and len(words) >= _FEWEST_SYLLABLES and not parts.path.lower().endswith(_NO_PAGES):
            found.append(address)
    return list(dict.fromkeys(found))


_ROOTS = ("urlset", "sitemapindex", "rss", "feed", "RDF")


def _root_name(data: bytes) -> str:
    root = _parsed(data)
    return "" if root is None else str(etree.QName(root).localname)


def _parsed(data: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def _named(within: etree._Element, name: str) -> Iterator[etree._Element]:
    return (one for one in within.iter() if isinstance(one.tag, str) and etree.QName(one).localname == name)


def _texts(within: etree._Element, name: str) -> Iterator[str]:
    return (one.text.strip() for one in _named(within, name) if one.text and one.text.strip())


def _dated(root: etree._Element) -> Iterable[tuple[str, str]]:
    for entry in _named(root, "url"):
        for address in _texts(entry, "loc"):
            yield next(_texts(entry, "lastmod"), ""), address
