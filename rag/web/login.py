"""The login: a page for people, cookies for `gradio_client`, and Basic authentication for other programs."""

import base64
import binascii
import secrets
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import LibraryError
from rag.web import words
from rag.web.accounts import Accounts
from rag.web.rendering import Renderer, asset
from rag.web.words import Language

_OPEN_PATHS = frozenset({"/login", "/logout"})
_SESSION_SECONDS = 14 * 24 * 3600
_MOST_FAILURES = 10  # of one name from one address, within `_FORGIVEN_AFTER`
_MOST_FROM_ONE_ADDRESS = 50
_FORGIVEN_AFTER = 300.0  # seconds


def logged_in_user(request: Request) -> str | None:
    """Who sent a request; None for nobody."""
    user = request.session.get("user")
    return str(user) if user is not None else None


def add_login(app: FastAPI, accounts: Accounts, data_dir: Path) -> None:
    """Let nobody reach the app who has not logged in.

    Args:
        app: The site; nothing is mounted on it yet.
        accounts: Who may log in.
        data_dir: Where the key that signs the session cookies is kept.

    Raises:
        LibraryError: The key cannot be written.
    """
    failures = _Failures()

    @app.get("/login")
    def show(lang: Language = "vi") -> HTMLResponse:
        return _login_page(lang)

    @app.post("/login")
    async def log_in(
        request: Request,
        username: Annotated[str, Form()],
        password: Annotated[str, Form()],
        lang: Annotated[Language, Form()] = "vi",
    ) -> Response:
        by_hand = "text/html" in request.headers.get("accept", "")
        address = request.client.host if request.client else ""
        if failures.too_many(username, address):
            return _refused(lang, words.LOGIN_TOO_MANY, 429, by_hand=by_hand)
        if not await run_in_threadpool(accounts.knows, username, password):
            failures.count(username, address)
            return _refused(lang, words.LOGIN_WRONG, 401, by_hand=by_hand)
        request.session["user"] = username
        home = "/en/" if lang == "en" else "/"
        return RedirectResponse(home, 303) if by_hand else JSONResponse({"success": True})

    @app.post("/logout")
    def log_out(request: Request) -> RedirectResponse:
        request.session.clear()
        return RedirectResponse("/login", 303)

    app.add_middleware(_Gate, accounts=accounts, failures=failures)
    app.add_middleware(
        SessionMiddleware,
        secret_key=_session_key(data_dir),
        session_cookie="hoidap_session",
        max_age=_SESSION_SECONDS,
        same_site="lax",
    )


def _login_page(language: Language, problem: str = "", status: int = 200) -> HTMLResponse:
    page = Renderer(language).html("login", style=asset("login.css"), problem=problem)
    return HTMLResponse(page, status)


def _refused(language: Language, problem: words.Text, status: int, *, by_hand: bool) -> Response:
    if by_hand:
        return _login_page(language, problem(language), status)
    return JSONResponse({"detail": problem(language)}, status)


def _session_key(data_dir: Path) -> str:
    """The key of this data directory, made once, so that a restart logs nobody out."""
    path = data_dir / "session.key"
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise LibraryError(
            f"Không ghi được khóa phiên đăng nhập {path} ({error.strerror}).",
            "Hãy kiểm tra quyền ghi của thư mục dữ liệu.",
        ) from error


class _Failures:
    """Wrong passwords of late, by address and by name from an address: a guesser locks out nobody elsewhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[tuple[str, str], list[float]] = defaultdict(list)

    def too_many(self, name: str, address: str) -> bool:
        """Whether this address has to wait."""
        since = time.monotonic() - _FORGIVEN_AFTER
        with self._lock:
            for key in [key for key, times in self._times.items() if times[-1] < since]:
                del self._times[key]
            recent = {key: sum(at > since for at in times) for key, times in self._times.items() if key[0] == address}
        return recent.get((address, name), 0) >= _MOST_FAILURES or sum(recent.values()) >= _MOST_FROM_ONE_ADDRESS

    def count(self, name: str, address: str) -> None:
        """Note a wrong password."""
        with self._lock:
            self._times[address, name].append(time.monotonic())


class _Gate:
    """ASGI middleware: only the login page is there for those who are not logged in.

    Args:
        app: What it wraps.
        accounts: Who may log in.
        failures: Wrong passwords of late.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, failures: _Failures) -> None:
        self._app, self._accounts, self._failures = app, accounts, failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer it with the login page or with 401."""
        if scope["type"] == "lifespan" or scope["path"] in _OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks another protocol
            return
        request = Request(scope, receive)
        user = logged_in_user(request) or await run_in_threadpool(self._basic, request)
        if user in self._accounts:
            request.session["user"] = user
            await self._app(scope, receive, send)
            return
        language: Language = "en" if scope["path"].startswith("/en") else "vi"
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            reply: Response = RedirectResponse(f"/login?lang={language}", 303)
        else:
            reply = JSONResponse(
                {"detail": words.LOGIN_NEEDED(language)}, 401, headers={"WWW-Authenticate": 'Basic realm="hoidap"'}
            )
        await reply(scope, receive, send)

    def _basic(self, request: Request) -> str | None:
        """The user that a program names in an `Authorization: Basic` header, when the password is right."""
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        address = request.client.host if request.client else ""
        if self._failures.too_many(name, address):
            return None
        if self._accounts.knows(name, password):
            return name
        self._failures.count(name, address)
        return None
