"""Headers of every reply: what a browser may do with the page."""

import secrets
from collections.abc import MutableMapping
from html.parser import HTMLParser
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing may come from or go to another host. Scripts in the page run only with the nonce of this reply; Gradio makes
# functions out of our scripts and templates (unsafe-eval) and styles its components in the page (unsafe-inline).
_POLICY = """
    default-src 'self' data: blob:;
    script-src 'self' 'unsafe-eval' blob:{nonce};
    style-src 'self' 'unsafe-inline';
    object-src 'none';
    base-uri 'self';
    form-action 'self';
    frame-ancestors 'self'
"""
_FEATURES = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
_PAGES = frozenset({"/", "/en", "/en/"})


class SecurityHeaders:
    """ASGI middleware: no outside host, no script but the page's own, no framing by others, no guessing of types.

    Args:
        app: What it wraps.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on and add the headers to the reply."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] != "GET" or scope["path"] not in _PAGES:
            await self._app(scope, receive, _with_headers(send))
            return
        plain = MutableHeaders(raw=list(scope["headers"]))
        del plain["accept-encoding"]  # a compressed page has no place for a nonce
        page = _Page(send)
        await self._app({**scope, "headers": plain.raw}, receive, page.send)


def _with_headers(send: Send, nonce: str = "") -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = " ".join(_POLICY.format(nonce=nonce).split())
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"  # without it our own forms would send `Origin: null`
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Permissions-Policy"] = _FEATURES
        await send(message)

    return sending


class _Page:
    """Gives the scripts of an HTML page the nonce that its policy names, once the page is there as a whole.

    Args:
        send: Where it goes.
    """

    def __init__(self, send: Send) -> None:
        self._nonce = secrets.token_urlsafe(16)
        self._send = _with_headers(send, f" 'nonce-{self._nonce}'")
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """As ASGI's `send`."""
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            body = with_nonce(self._body.decode(), self._nonce).encode()
            headers = MutableHeaders(scope=self._start)
            headers["content-length"] = str(len(body))
            headers["cache-control"] = "no-store"
            await self._send(self._start)
            message = {"type": "http.response.body", "body": body}
        await self._send(message)


def with_nonce(page: str, nonce: str) -> str:
    """An HTML page with a nonce on each of its scripts, and on nothing that only looks like one.

    Example:
        >>> with_nonce("<!-- <script> --><script>1 < 2</script>", "n")
        '<!-- <script> --><script nonce="n">1 < 2</script>'
    """
    found = _Scripts(page)
    parts, done = [], 0
    for place in found.places:
        parts.append(page[done:place])
        done = place
        parts.append(f' nonce="{nonce}"')
    return "".join([*parts, page[done:]])


class _Scripts(HTMLParser):
    """Finds the scripts of a page.

    Attributes:
        places: Where the name of each ends.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self._line_starts = [0]
        for line in page.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self.places: list[int] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        """Note a script."""
        if tag == "script":
            line, column = self.getpos()
            self.places.append(self._line_starts[line - 1] + column + len("<script"))
