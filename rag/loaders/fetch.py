"""Fetch web pages safely: only public addresses, checked where the connection is made; limits on size and time."""

import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from rag import __version__
from rag.errors import ArticleError
from rag.limits import LIMITS
from rag.loaders.addresses import require_public
from rag.loaders.source import SourceGoneError
from rag.settings import Settings

USER_AGENT = f"hoidap/{__version__}"
_NOT_MODIFIED = 304
_GONE = (404, 410)
_REFUSED = (401, 403, 451)
_FIRST_ERROR = 400
_UNPACKED_AT_ONCE = 65_536  # bytes


@dataclass(frozen=True, slots=True)
class Page:
    """What a server sent.

    Attributes:
        address: Where it came from in the end.
        data: The content; empty where it has not changed.
        kind: Media type, lower case.
        unchanged: Whether the server says that it is what it was.
        etag: To ask with next time.
        last_modified: As `etag`.
    """

    address: str
    data: bytes
    kind: str
    unchanged: bool
    etag: str | None
    last_modified: str | None


class Fetcher:
    """Fetches pages, one at a time, with a pause between two of one site. Close it after use, or use `with`.

    Proxies of the environment are not used: what they connect to could not be checked.

    Args:
        settings: Limits, and whether private addresses are allowed.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last: dict[str, float] = {}
        self._clock = _Clock()
        self._client = httpx.Client(
            transport=_GuardedTransport(self._clock, allow_private=settings.web_allow_private),
            timeout=settings.web_timeout_seconds,
            # Only what is unpacked here, a little at a time: httpx unpacks a whole bomb of brotli or zstd at once.
            headers={"User-Agent": USER_AGENT, "Accept-Language": "vi, en;q=0.5", "Accept-Encoding": "gzip, identity"},
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def fetch(
        self, address: str, etag: str | None = None, last_modified: str | None = None, first_bytes: int | None = None
    ) -> Page:
        """Fetch a page, following redirects.

        Args:
            address: With `http://` or `https://`.
            etag: Of the version that is known; the server then sends only another one.
            last_modified: As `etag`.
            first_bytes: How much of it is wanted; a longer page is cut off there. None wants all, within the limit.

        Raises:
            PrivateAddressError: It, or a redirect from it, leads into this machine or a private network.
            SourceGoneError: The server says that there is no such page.
            ArticleError: It cannot be fetched within the limits.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value is not None}
        current = address
        for _ in range(LIMITS.redirects + 1):
            self._require_web(current)
            self._wait_for_turn(current)
            self._clock.deadline = time.monotonic() + self._settings.web_timeout_seconds
            try:
                answer = self._once(current, headers, first_bytes)
            except (httpx.HTTPError, httpx.InvalidURL, httpcore.NetworkError, httpcore.TimeoutException) as error:
                raise _unreachable(current, error) from error
            if isinstance(answer, Page):
                return answer
            current = _joined(current, answer)
        raise ArticleError(
            "Địa chỉ {address} chuyển hướng quá {limit} lần.",
            "Hãy dùng địa chỉ cuối cùng của trang.",
            address=address,
            limit=LIMITS.redirects,
        )

    def _require_web(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if (
            host is None
            or len(address) > LIMITS.field_characters
            or parts.scheme not in ("http", "https")
            or parts.username is not None
        ):
            raise ArticleError(
                "Địa chỉ {address} không hợp lệ.",
                "Hãy dùng địa chỉ dạng https://máy-chủ/trang, không kèm mật khẩu.",
                address=address,
            )

    def _wait_for_turn(self, address: str) -> None:
        site = urlsplit(address).netloc
        pause = self._last.get(site, -1e9) + self._settings.web_delay_seconds - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._last[site] = time.monotonic()

    def _once(self, address: str, headers: Mapping[str, str], first_bytes: int | None) -> Page | str:
        """One request: the page, or where it redirects to."""
        with self._client.stream("GET", address, headers=dict(headers)) as response:
            if response.has_redirect_location:
                return str(response.headers.get("location", ""))
            if response.status_code in _GONE:
                raise SourceGoneError(
                    "Trang {address} không còn (HTTP {status}).",
                    "Hãy kiểm tra lại địa chỉ.",
                    address=address,
                    status=response.status_code,
                )
            if response.status_code >= _FIRST_ERROR:
                denied = response.status_code in _REFUSED
                raise ArticleError(
                    "Máy chủ trả lời HTTP {status} cho {address}.",
                    "Trang này không cho tải tự động; hãy chép bài vào tệp .txt." if denied else "Hãy thử lại sau.",
                    status=response.status_code,
                    address=address,
                )
            unchanged = response.status_code == _NOT_MODIFIED
            return Page(
                address,
                b"" if unchanged else self._body(response, address, first_bytes),
                response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                unchanged,
                _mark(response, "etag"),
                _mark(response, "last-modified"),
            )

    def _body(self, response: httpx.Response, address: str, first_bytes: int | None) -> bytes:
        most = int(self._settings.max_file_megabytes * 1e6)
        body = bytearray()
        for part in _unpacked(response, address):
            body += part
            if first_bytes is not None and len(body) >= first_bytes:
                return bytes(body[:first_bytes])
            if len(body) > most:
                raise ArticleError(
                    "Trang {address} lớn hơn giới hạn {limit:g} MB.",
                    "Hãy tăng HOIDAP_MAX_FILE_MEGABYTES.",
                    address=address,
                    limit=most / 1e6,
                )
            if len(body) > max(LIMITS.page_ratio_from_bytes, LIMITS.page_ratio * response.num_bytes_downloaded):
                raise ArticleError(
                    "Trang {address} nén bất thường ({received} byte bung ra hơn {unpacked}).",
                    "Trang này có thể gây hại nên không được đọc.",
                    address=address,
                    received=response.num_bytes_downloaded,
                    unpacked=len(body),
                )
        return bytes(body)


def _unpacked(response: httpx.Response, address: str) -> Iterator[bytes]:
    """The body in small parts, unpacked where it is packed with gzip.

    Raises:
        ArticleError: It is packed in a way that was not asked for, or wrongly.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        yield from response.iter_raw()
        return
    problem = ArticleError(
        "Trang {address} được nén theo cách không đọc được ({encoding}).",
        "Hãy lưu trang thành tệp rồi index tệp đó.",
        address=address,
        encoding=encoding[:40],
    )
    if encoding not in ("gzip", "x-gzip"):
        raise problem
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for part in response.iter_raw():
            packed = part
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, _UNPACKED_AT_ONCE)
                packed = unpacker.unconsumed_tail
    except zlib.error as error:
        raise problem from error


def _mark(response: httpx.Response, name: str) -> str | None:
    """A header by which the server knows a version, unless it is too long to keep."""
    value: str | None = response.headers.get(name)
    return value if value is None or len(value) <= LIMITS.field_characters else None


def _joined(address: str, link: str) -> str:
    """Where a redirect leads; a malformed one to itself, which is refused as an address."""
    try:
        return urljoin(address, link)
    except ValueError:
        return link


def _no_host(host: str) -> ArticleError:
    return ArticleError("Không có máy chủ nào tên {host}.", "Hãy kiểm tra địa chỉ và kết nối mạng.", host=host)


def _unreachable(address: str, error: Exception) -> ArticleError:
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return ArticleError(
            "Trang {address} không trả lời kịp.",
            "Hãy thử lại sau, hoặc tăng HOIDAP_WEB_TIMEOUT_SECONDS.",
            address=address,
        )
    return ArticleError(
        "Không tải được {address} ({reason}).", "Hãy kiểm tra địa chỉ và kết nối mạng.", address=address, reason=error
    )


class _Clock:
    """When the page that is being fetched is late."""

    def __init__(self) -> None:
        self.deadline = float("inf")

    def remaining(self, timeout: float | None) -> float:
        """Seconds that a step may take.

        Raises:
            httpcore.ReadTimeout: None are left.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(left, timeout)


class _GuardedTransport(httpx.BaseTransport):
    """httpx's transport over a pool whose connections are checked."""

    def __init__(self, clock: _Clock, *, allow_private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=2,
            network_backend=_GuardedBackend(clock, allow_private=allow_private),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        inner = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=b"",
            extensions=request.extensions,
        )
        try:
            response = self._pool.handle_request(inner)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _as_httpx(error) from error
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_stream()
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _as_httpx(error) from error

    def close(self) -> None:
        self._response.close()


def _as_httpx(error: Exception) -> httpx.HTTPError:
    if isinstance(error, httpcore.TimeoutException):
        return httpx.ReadTimeout(str(error))
    return httpx.ReadError(str(error) or type(error).__name__)


class _GuardedBackend(httpcore.NetworkBackend):
    """Looks a name up once, checks what it leads to, and connects to just that: a second look-up cannot differ."""

    def __init__(self, clock: _Clock, *, allow_private: bool) -> None:
        self._clock = clock
        self._allow_private = allow_private
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise _no_host(host) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._allow_private:
            for address in addresses:
                require_public(host, address)
        problem: Exception = _no_host(host)
        for address in addresses:
            try:
                stream = self._backend.connect_tcp(
                    address, port, self._clock.remaining(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _TimedStream(stream, self._clock)
        raise problem


class _TimedStream(httpcore.NetworkStream):
    """A connection that is given up when the page is late, however slowly its bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.remaining(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, self._clock.remaining(timeout)), self._clock
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        return self._stream.get_extra_info(info)
