"""The pages that a sitemap, a feed or a list page names."""

from collections.abc import Iterable, Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree, html

from rag.loaders.source import Links
from rag.vietnamese.syllables import syllables

_FEWEST_SYLLABLES = 4  # of a link that is a headline, not a menu entry
_ROOTS = ("urlset", "sitemapindex", "rss", "feed", "RDF")
_NO_PAGES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".mp4", ".mp3", ".zip", ".rar", ".css", ".js", ".xml")


def links_of(data: bytes, address: str, media_type: str) -> Links:
    """What a page names.

    Args:
        data: The page.
        address: Where it came from.
        media_type: What its server says that it is, lower case.
    """
    root = _parsed(data) if "xml" in media_type.replace("xhtml+xml", "") else None
    if root is None or etree.QName(root).localname not in _ROOTS:
        return Links(index=False, listed=tuple(_listed_pages(data, address)))
    pages, further = _indexed_pages(root)
    return Links(
        index=True,
        pages=_others(pages, address),
        further=_others(further, address),
    )


def _others(links: list[str], address: str) -> tuple[str, ...]:
    """Where these links lead, without malformed ones and without the page itself."""
    found = dict.fromkeys(_absolute(link, address) for link in links)
    return tuple(one for one in found if one not in ("", address))


def _absolute(link: str, address: str) -> str:
    """The address that a link leads to, without its fragment; empty where it is malformed."""
    try:
        found = urldefrag(urljoin(address, link)).url
        return found if urlsplit(found).hostname else ""
    except ValueError:
        return ""


def _indexed_pages(root: etree._Element) -> tuple[list[str], list[str]]:
    name = etree.QName(root).localname
    if name == "sitemapindex":
        return [], list(_texts(root, "loc"))
    if name == "urlset":
        return [loc for _, loc in sorted(_dated(root), key=lambda entry: entry[0], reverse=True)], []
    if name == "feed":
        links = (link for entry in _named(root, "entry") for link in _named(entry, "link"))
        found = [link.get("href") for link in links if link.get("rel", "alternate") == "alternate"]
        return [link for link in found if link], []
    return [link for item in _named(root, "item") for link in _texts(item, "link")], []


def _listed_pages(data: bytes, address: str) -> list[str]:
    """The articles that a list page links to: links within its site whose words are a headline, in order."""
    try:
        document = html.document_fromstring(data)
    except (etree.LxmlError, ValueError):
        return []
    site, found = urlsplit(address).netloc, []
    for link in document.iter("a"):
        linked = _absolute(link.get("href") or "", address)
        parts = urlsplit(linked)
        words = syllables(" ".join("".join(str(text) for text in link.itertext()).split()) or link.get("title") or "")
        here = parts.netloc == site and parts.scheme in ("http", "https") and linked != address
        if here and len(words) >= _FEWEST_SYLLABLES and not parts.path.lower().endswith(_NO_PAGES):
            found.append(linked)
    return list(dict.fromkeys(found))


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
