"""The one door of the site: who may knock (Host, Origin), at which addresses, in which protocol.

Stands in front of everything: pages, queue, uploads, MCP, downloads and login.
"""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web import words
from rag.web.journal import Journal
from rag.web.refusals import refusal

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on

# What Gradio's page and `gradio_client` ask for. Gradio serves much more, for components that are not on the page:
# files, proxies, streams, recordings, code assistants. What is not listed here is not there.
_READ = re.compile(
    r"(/en)?/?"
    r"|(/en)?/(config|theme\.css|favicon\.ico|robots\.txt|manifest\.json)/?"
    r"|(/en)?/(assets|static|svelte)/[^?#]+"
    r"|(/en)?/gradio_api/(info|openapi\.json|startup-events|login_check|app_id|user)/?"
    r"|(/en)?/gradio_api/(queue/data|queue/status|upload_progress|heartbeat/[\w~:-]+|call/\w+/[\w-]+|call/v2/\w+/[\w-]+)"
    r"|/(login|logout|feedback\.jsonl)|/evaluations/[^/]+/report\.html"
)
_WRITTEN = re.compile(
    r"/(login|logout)"
    r"|(/en)?/gradio_api/((run|api|call|call/v2)/\w+|queue/join|cancel|reset|upload)/?"
)
_TOOLS = re.compile(r"/gradio_api/mcp(/.*)?")
_READING = frozenset({"GET", "HEAD"})


class Doors:
    """ASGI middleware: refuses requests that another site, name or protocol sends, or that nothing here answers.

    A page on another site can make a visitor's browser send requests here, and by DNS rebinding even under that
    site's own name; neither gets past the check of `Host`, `Origin` and `Sec-Fetch-Site`.

    Args:
        app: What it wraps.
        host: Address that is listened on.
        names: Further names that the site is reached by, e.g. a proxy's.
        journal: Where refused names and sites are noted.
        with_tools: Whether there is an MCP server.
        behind_proxy: Whether a proxy is trusted to say who sent a request, and under which name.
    """

    def __init__(
        self, app: ASGIApp, host: str, names: Iterable[str], journal: Journal, *, with_tools: bool, behind_proxy: bool
    ) -> None:
        self._app = app
        self._named = frozenset(name.lower() for name in names)
        self._known = _LOOPBACK | self._named | {host.lower()}
        self._journal = journal
        self._any_address = host in _EVERY_ADDRESS
        self._with_tools, self._behind_proxy = with_tools, behind_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or refuse it."""
        if scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if not self._is_here(headers):
                self._journal.note("host refused", scope, host=headers.get("host", ""))
                await refusal(scope, words.WRONG_HOST, 421)(scope, receive, send)
                return
            if not self._is_own(headers, scope):
                self._journal.note("origin refused", scope, origin=headers.get("origin", ""), path=scope["path"])
                await refusal(scope, words.WRONG_ORIGIN, 403)(scope, receive, send)
                return
            if not self._answers(scope):
                await refusal(scope, words.NOTHING_THERE, 404)(scope, receive, send)
                return
            self._forget_claims(scope, headers)
        await self._app(scope, receive, send)

    def _is_here(self, headers: Headers) -> bool:
        """Whether the one `Host` is a name of this site. An address cannot be rebound, so any is one of a machine."""
        given = headers.getlist("host")
        name = _name_of(f"//{given[0]}") if len(given) == 1 else None
        return name is not None and (name in self._known or (self._any_address and _is_address(name)))

    def _is_own(self, headers: Headers, scope: Scope) -> bool:
        """Whether a request comes from a page of this site, from a program, or follows a link."""
        site = headers.get("sec-fetch-site", "none")
        if site not in {"none", "same-origin"}:
            follows = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
            if not (follows and scope["method"] in _READING):
                return False
        origins = headers.getlist("origin")
        return not origins or (len(origins) == 1 and self._is_own_origin(origins[0], headers["host"]))

    def _is_own_origin(self, origin: str, host: str) -> bool:
        """Whether `Origin` is this site; behind a proxy that sends another `Host`, by the names in the settings."""
        try:
            place = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        return place == host.lower() or _name_of(origin) in self._named

    def _forget_claims(self, scope: Scope, headers: Headers) -> None:
        """Take away what a request says of its sender, which Gradio would believe; the server has read it before."""
        name = _name_of(f"//{headers.get('x-forwarded-host', '')}")
        if not (self._behind_proxy and (name is None or name in self._known)):
            claims = (b"forwarded", b"x-forwarded-")
            scope["headers"] = [(key, value) for key, value in scope["headers"] if not key.startswith(claims)]

    def _answers(self, scope: Scope) -> bool:
        path, method = scope["path"], scope["method"]
        if _TOOLS.fullmatch(path):
            return self._with_tools
        if method in _READING:
            return _READ.fullmatch(path) is not None and ".." not in path
        return method == "POST" and _WRITTEN.fullmatch(path) is not None


def _name_of(address: str) -> str | None:
    """The name in an address, without its port; None where there is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or parts.path not in {"", "/"}:
        return None
    return parts.hostname.rstrip(".") if parts.hostname else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
