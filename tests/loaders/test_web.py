"""Web addresses, over a real server on loopback: what is taken, asked again, refused."""

import gzip
import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from documents import page, pdf
from support import OpenLibrary

from rag.embedding import PassageEmbeddings
from rag.errors import ArticleError
from rag.loaders.addresses import PrivateAddressError, require_public
from rag.loaders.fetch import Fetcher
from rag.loaders.isolation import links_isolated
from rag.loaders.source import SourceGoneError
from rag.settings import Settings
from rag.store.library import Library


@dataclass
class Reply:
    """What the server says at one path."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0  # between two bytes


@dataclass
class Site:
    """A web server on loopback."""

    address: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    accepted: list[str | None] = field(default_factory=list)  # encodings, as each request named them
    times: list[float] = field(default_factory=list)

    def put(self, path: str, text: str, **headers: str) -> None:
        self.replies[path] = Reply(page(text).encode(), headers=headers)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            made.accepted.append(self.headers.get("Accept-Encoding"))
            made.times.append(time.monotonic())
            reply = made.replies.get(self.path, Reply(b"none", status=404))
            etag = reply.headers.get("ETag")
            unchanged = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if unchanged else reply.status)
            self.send_header("Content-Type", reply.kind)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            body = b"" if unchanged else reply.body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for start in range(0, len(body), 1 if reply.pause else max(1, len(body))):
                    self.wfile.write(body[start : start + 1] if reply.pause else body)
                    time.sleep(reply.pause)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def web_library(tmp_path: Path, open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings) -> Iterator[Library]:
    with open_library(
        tmp_path / "data", tiny_embeddings, web_allow_private=True, web_delay_seconds=0, web_timeout_seconds=3
    ) as library:
        yield library


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    limits = {"web_delay_seconds": 0, "web_timeout_seconds": 1, "max_file_megabytes": 1}
    with Fetcher(Settings.load(data_dir=tmp_path, web_allow_private=True, **limits)) as made:
        yield made


def test_a_page_becomes_an_article_with_its_address_as_source(web_library: Library, site: Site) -> None:
    site.put("/tin/bk-24.html", "Ông B phát biểu.")
    summary = web_library.sync([f"{site.address}/tin/bk-24.html"])
    assert summary.added == ["127.0.0.1/tin/bk-24"]
    article = web_library.article("127.0.0.1/tin/bk-24")
    assert article.title == "Khánh thành giàn BK-24"
    assert (article.source, article.author) == (f"{site.address}/tin/bk-24.html", "Trần Văn A")
    assert "Ông B phát biểu." in article.body


def test_only_a_page_that_changed_is_read_again(web_library: Library, site: Site) -> None:
    address = f"{site.address}/a"
    site.put("/a", "Bài thứ nhất.", ETag='"1"')
    web_library.sync([address])
    again = web_library.sync([address])
    assert (again.unchanged, again.passages_embedded) == (["127.0.0.1/a"], 0)
    site.put("/a", "Bài thứ nhất.", ETag='"2"')  # another mark, the same text
    assert not web_library.sync([address]).changed
    assert web_library.articles()[0].etag == '"2"'
    site.put("/a", "Bài thứ hai.", ETag='"3"')
    assert web_library.sync([address]).updated == ["127.0.0.1/a"]
    assert "Bài thứ hai." in web_library.article("127.0.0.1/a").body


def test_a_page_that_is_gone_is_removed_and_one_that_fails_is_kept(web_library: Library, site: Site) -> None:
    address = f"{site.address}/a"
    site.put("/a", "Bài thứ nhất.")
    web_library.sync([address])
    site.replies["/a"] = Reply(b"broken", status=500)
    failed = web_library.sync([address])
    assert "HTTP 500" in failed.failed[0].message
    assert [record.id for record in web_library.articles()] == ["127.0.0.1/a"]
    del site.replies["/a"]
    assert web_library.sync([address]).removed == ["127.0.0.1/a"]
    assert "HTTP 404" in web_library.sync([address]).failed[0].message


def test_a_list_page_is_followed_as_far_as_asked_and_what_leaves_the_list_stays(
    web_library: Library, site: Site
) -> None:
    links = [f'<li><a href="/tin/{number}">Tin số {number} hôm nay đây</a></li>' for number in range(5)]
    menu = '<a href="/lien-he">Liên hệ</a><a href="https://khac.vn/a">Một trang ở nơi khác hẳn</a>'
    site.replies["/"] = Reply((menu + "".join(links)).encode())
    site.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /tin/1\n", "text/plain")
    for number in range(5):
        site.put(f"/tin/{number}", f"Nội dung của tin số {number}.", ETag=f'"{number}"')
    first = web_library.sync([f"{site.address}/"], links=3)
    assert first.added == ["127.0.0.1/tin/0", "127.0.0.1/tin/2", "127.0.0.1/tin/3"]
    assert not any(path in site.asked for path in ("/tin/1", "/tin/4", "/lien-he"))

    site.replies["/"] = Reply((menu + links[4]).encode())
    del site.replies["/tin/3"]
    second = web_library.sync([f"{site.address}/"], links=3)
    assert (second.added, second.removed) == (["127.0.0.1/tin/4"], ["127.0.0.1/tin/3"])
    assert second.unchanged == ["127.0.0.1/tin/0", "127.0.0.1/tin/2"]


def test_sitemaps_and_feeds_are_known_as_such(web_library: Library, site: Site) -> None:
    for name in ("cu", "moi", "rss", "atom"):
        site.put(f"/{name}", f"Nội dung của bài {name}.")
    base = site.address
    site.replies["/sitemap.xml"] = Reply(
        f"<sitemapindex><sitemap><loc>{base}/one.xml</loc></sitemap></sitemapindex>".encode(), "application/xml"
    )
    site.replies["/one.xml"] = Reply(
        (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"<url><loc>{base}/cu</loc><lastmod>2020-01-01</lastmod></url>"
            f"<url><loc>{base}/moi</loc><lastmod>2021-01-01</lastmod></url></urlset>"
        ).encode(),
        "text/xml",
    )
    site.replies["/rss.xml"] = Reply(
        f"<rss><channel><item><link>{base}/rss</link></item></channel></rss>".encode(), "application/rss+xml"
    )
    site.replies["/atom.xml"] = Reply(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{base}/atom"/></entry></feed>'.encode(),
        "application/atom+xml",
    )
    assert web_library.sync([f"{base}/sitemap.xml"], links=1).added == ["127.0.0.1/moi"]
    assert web_library.sync([f"{base}/sitemap.xml"]).added == ["127.0.0.1/cu"]
    assert web_library.sync([f"{base}/rss.xml"]).added == ["127.0.0.1/rss"]
    assert web_library.sync([f"{base}/atom.xml"]).added == ["127.0.0.1/atom"]


def test_a_pdf_at_an_address_is_read_and_a_picture_refused(web_library: Library, site: Site) -> None:
    site.replies["/a.pdf"] = Reply(pdf([["Tiêu đề của bài", "Nội dung của bài viết."]]), "application/pdf")
    site.replies["/b.png"] = Reply(b"\x89PNG", "image/png")
    summary = web_library.sync([f"{site.address}/a.pdf", f"{site.address}/b.png"])
    assert summary.added == ["127.0.0.1/a"]
    assert "image/png" in summary.failed[0].message


def test_pages_of_one_site_are_asked_for_with_a_pause(tmp_path: Path, site: Site) -> None:
    site.put("/a", "Bài.")
    with Fetcher(Settings.load(data_dir=tmp_path, web_allow_private=True, web_delay_seconds=0.3)) as fetcher:
        for _ in range(3):
            fetcher.fetch(f"{site.address}/a")
    assert min(after - before for before, after in zip(site.times, site.times[1:], strict=False)) >= 0.2


# What must not be reached.


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "http://0.0.0.0:9/", "http://2130706433:9/",
     "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]:9/"],
)  # fmt: skip
def test_this_machine_and_private_networks_are_refused(tmp_path: Path, address: str) -> None:
    with Fetcher(Settings.load(data_dir=tmp_path)) as fetcher, pytest.raises(PrivateAddressError) as refused:
        fetcher.fetch(address)
    assert "HOIDAP_WEB_ALLOW_PRIVATE" in refused.value.remedy


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.53", "169.254.1.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
     "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "2002:0a00:0001::1", "64:ff9b::7f00:1",
     "::127.0.0.1", "::a00:1", "64:ff9b:1::7f00:1", "64:ff9b:1::1.1.1.1", "::ffff:0:127.0.0.1", "fec0::1", "5f00::1",
     "2a00:1450::5efe:127.0.0.1", "2a00:1450::200:5efe:10.0.0.1", "3fff::1", "2001:0:a00:1::1"],
)  # fmt: skip
def test_each_kind_of_inner_address_is_refused(address: str) -> None:
    with pytest.raises(PrivateAddressError):
        require_public("bao.vn", address)


def test_public_addresses_are_let_through() -> None:
    for address in ("1.1.1.1", "203.162.4.1", "2606:4700:4700::1111", "64:ff9b::1.1.1.1", "2a00:1450::5efe:1.1.1.1"):
        require_public("bao.vn", address)


def test_a_name_that_leads_inside_is_refused_where_it_is_connected_to(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server may say a public address first and an inner one later: only the one connected to counts."""
    looked_up: list[object] = []

    def answer(host: object, port: int, **_: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    port = site.address.rpartition(":")[2]
    with Fetcher(Settings.load(data_dir=tmp_path)) as fetcher, pytest.raises(PrivateAddressError, match=r"bao\.vn"):
        fetcher.fetch(f"http://bao.vn:{port}/a")
    assert looked_up == ["bao.vn"]  # once: what was checked is what would have been connected to
    assert site.asked == []


def test_a_redirect_inside_is_refused(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first server counts as public here, the one it sends to does not."""
    monkeypatch.setattr(
        "rag.loaders.fetch.require_public",
        lambda host, address: None if address == "127.0.0.1" else require_public(host, address),
    )
    with Fetcher(Settings.load(data_dir=tmp_path, web_delay_seconds=0)) as fetcher:
        for inside in ("http://169.254.169.254/latest", "http://127.0.0.2:1/", "//10.0.0.1/a"):
            site.replies["/a"] = Reply(status=302, headers={"Location": inside})
            with pytest.raises(PrivateAddressError):
                fetcher.fetch(f"{site.address}/a")
        for elsewhere in ("file:///etc/passwd", "ftp://bao.vn/", "gopher://bao.vn/"):
            site.replies["/a"] = Reply(status=302, headers={"Location": elsewhere})
            with pytest.raises(ArticleError, match="không hợp lệ"):
                fetcher.fetch(f"{site.address}/a")


def test_redirects_are_followed_but_not_for_ever(fetcher: Fetcher, site: Site) -> None:
    site.replies["/a"] = Reply(status=301, headers={"Location": "/b"})
    site.put("/b", "Bài.")
    assert fetcher.fetch(f"{site.address}/a").address == f"{site.address}/b"
    site.replies["/loop"] = Reply(status=302, headers={"Location": "/loop"})
    with pytest.raises(ArticleError, match="chuyển hướng quá 5 lần"):
        fetcher.fetch(f"{site.address}/loop")


def too_large(site: Site) -> None:
    site.replies["/a"] = Reply(b"x" * 1_100_000)


def too_tight(site: Site) -> None:
    site.replies["/a"] = Reply(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})


def too_slow(site: Site) -> None:
    site.replies["/a"] = Reply(b"x" * 1000, pause=0.05)


def packed_otherwise(site: Site) -> None:
    """A bomb: 1,137 bytes of brotli are 2.9 GB. What was not asked for is not even unpacked."""
    site.replies["/a"] = Reply(b"\x1b" * 1000, headers={"Content-Encoding": "br"})


def packed_twice(site: Site) -> None:
    site.replies["/a"] = Reply(
        gzip.compress(gzip.compress(bytes(10_000_000))), headers={"Content-Encoding": "gzip, gzip"}
    )


def packed_wrongly(site: Site) -> None:
    site.replies["/a"] = Reply(b"no gzip", headers={"Content-Encoding": "gzip"})


def sent_nowhere(site: Site) -> None:
    site.replies["/a"] = Reply(status=302, headers={"Location": "http://[bao/"})


def not_there(site: Site) -> None:
    site.replies.clear()


def forbidden(site: Site) -> None:
    site.replies["/a"] = Reply(b"", status=403)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (too_large, "lớn hơn giới hạn 1 MB"),
        (too_tight, "nén bất thường|lớn hơn giới hạn"),
        (too_slow, "không trả lời kịp"),
        (packed_otherwise, "nén theo cách không đọc được"),
        (packed_twice, "nén theo cách không đọc được"),
        (packed_wrongly, "nén theo cách không đọc được"),
        (sent_nowhere, "không hợp lệ"),
        (not_there, "HTTP 404"),
        (forbidden, "HTTP 403"),
    ],
)
def test_what_a_server_must_not_do_is_said(
    fetcher: Fetcher, site: Site, given: Callable[[Site], None], message: str
) -> None:
    given(site)
    with pytest.raises(ArticleError, match=message) as refused:
        fetcher.fetch(f"{site.address}/a")
    assert refused.value.remedy


def test_only_gzip_is_asked_for_and_is_unpacked(fetcher: Fetcher, site: Site) -> None:
    text = page("Ông B phát biểu.").encode()
    site.replies["/a"] = Reply(gzip.compress(text), headers={"Content-Encoding": "gzip"})
    assert fetcher.fetch(f"{site.address}/a").data == text
    assert site.accepted == ["gzip, identity"]


def test_malformed_addresses_in_a_sitemap_are_passed_over_and_a_robots_file_of_any_length_is_read_as_far_as_it_counts(
    web_library: Library, site: Site
) -> None:
    pages = "".join(f"<url><loc>{loc}</loc></url>" for loc in ("http://[bao/", "//", "/a", "/closed"))
    site.replies["/sitemap.xml"] = Reply(f"<urlset>{pages}</urlset>".encode(), "application/xml")
    closed = b"User-agent: *\nDisallow: /closed\n"
    site.replies["/robots.txt"] = Reply(closed + b"Disallow: /x\n" * 1_500_000, "text/plain")
    site.put("/a", "Bài thứ nhất.")
    site.put("/closed", "Bài thứ hai.")
    summary = web_library.sync([f"{site.address}/sitemap.xml"])
    assert (summary.added, summary.failed) == (["127.0.0.1/a"], [])


@pytest.mark.parametrize("address", ["http://", "http://a:b@bao.vn/", "http://bao.vn:99999/", "http://[bao/"])
def test_an_address_that_is_none_is_refused(fetcher: Fetcher, address: str) -> None:
    with pytest.raises(ArticleError):
        fetcher.fetch(address)


def test_a_server_that_is_not_there_is_said(fetcher: Fetcher) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(ArticleError, match="Không tải được"):
        fetcher.fetch(f"http://127.0.0.1:{port}/")
    assert issubclass(SourceGoneError, ArticleError)


def test_a_list_page_of_any_bytes_does_not_break(site: Site, fetcher: Fetcher) -> None:
    for body in (b"", b"\0" * 100, b"<a" * 50_000, b"<div>" * 100_000 + b"<a href=/x>mot hai ba bon nam</a>"):
        site.replies["/a"] = Reply(body)
        links_isolated(fetcher.fetch(f"{site.address}/a").data, site.address, "text/html", 10)
