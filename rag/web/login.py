"""The login: a page for people, cookies for `gradio_client`, and Basic authentication for other programs."""

import base64
import binascii
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import BusyError
from rag.web import words
from rag.web.accounts import Accounts
from rag.web.journal import Journal
from rag.web.limits import LIMITS
from rag.web.refusals import language_of, refusal
from rag.web.rendering import Renderer, asset
from rag.web.sessions import Sessions
from rag.web.tries import TooManyTriesError, Tries
from rag.web.visitors import address_of, set_user, user_of
from rag.web.words import Language

_OPEN_PATHS = frozenset({"/login", "/logout"})
_COOKIE = "hoidap_session"
_RETRY_SOON = "30"  # seconds, for programs


def logged_in_user(request: Request) -> str | None:
    """Who sent a request; None for nobody."""
    return user_of(request.scope)


def add_login(app: FastAPI, accounts: Accounts, data_dir: Path, journal: Journal) -> None:
    """Let nobody reach the app who has not logged in.

    Args:
        app: The site; nothing is mounted on it yet.
        accounts: Who may log in.
        data_dir: Where logins are kept over a restart.
        journal: Where logins are noted.

    Raises:
        LibraryError: They cannot be kept there.
    """
    tries, sessions = _NotedTries(accounts, journal), Sessions(data_dir / "logins.sqlite3")

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
        try:
            right = await tries.are_right(username, password, request.scope)
        except TooManyTriesError:
            return _refused(lang, words.LOGIN_TOO_MANY, 429, by_hand=by_hand)
        except BusyError:
            return _refused(lang, words.LOGIN_BUSY, 503, by_hand=by_hand)
        if not right:
            return _refused(lang, words.LOGIN_WRONG, 401, by_hand=by_hand)
        set_user(request.scope, username)
        journal.note("login", request.scope)
        home = "/en/" if lang == "en" else "/"
        reply: Response = RedirectResponse(home, 303) if by_hand else JSONResponse({"success": True})
        sessions.closed(request.cookies.get(_COOKIE, ""))
        reply.set_cookie(
            _COOKIE,
            sessions.opened(username, accounts.password_hashes[username]),
            max_age=LIMITS.login_seconds,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return reply

    # Both ways: Gradio has a `GET /logout` of its own, which knows nothing of our logins.
    @app.post("/logout")
    @app.get("/logout")
    def log_out(request: Request) -> RedirectResponse:
        token = request.cookies.get(_COOKIE, "")
        user = sessions.user_of(token, accounts.password_hashes)
        if user is not None:
            set_user(request.scope, user)
            journal.note("logout", request.scope)
        sessions.closed(token)
        reply = RedirectResponse("/login", 303)
        reply.delete_cookie(_COOKIE, secure=request.url.scheme == "https", httponly=True, samesite="lax")
        return reply

    app.add_middleware(_Gate, accounts=accounts, tries=tries, sessions=sessions)


def _login_page(language: Language, problem: str = "", status: int = 200) -> HTMLResponse:
    page = Renderer(language).html("login", style=asset("login.css"), problem=problem)
    return HTMLResponse(page, status)


def _refused(language: Language, problem: words.Text, status: int, *, by_hand: bool) -> Response:
    if by_hand:
        return _login_page(language, problem(language), status)
    return JSONResponse({"detail": problem(language)}, status)


class _NotedTries:
    """Checks names and passwords, and notes what was wrong.

    Args:
        accounts: Who may log in.
        journal: Where it is noted.
    """

    def __init__(self, accounts: Accounts, journal: Journal) -> None:
        self._tries, self._journal = Tries(accounts), journal

    async def are_right(self, name: str, password: str, scope: Scope) -> bool:
        """Whether this is the name and password of a user.

        Raises:
            TooManyTriesError: Too many were wrong of late.
            BusyError: Too many are being checked.
        """
        try:
            right = await self._tries.is_right(name, password, address_of(scope))
        except TooManyTriesError:
            self._journal.note("login blocked", scope, name=name)
            raise
        if not right:
            self._journal.note("login failed", scope, name=name)
        return right


class _Gate:
    """ASGI middleware: only the login page is there for those who are not logged in.

    Args:
        app: What it wraps.
        accounts: Who may log in.
        tries: Checks their passwords.
        sessions: Who has logged in.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, tries: _NotedTries, sessions: Sessions) -> None:
        self._app, self._accounts, self._tries, self._sessions = app, accounts, tries, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer it with the login page or with 401."""
        if scope["type"] != "http" or scope["path"] in _OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            user = self._by_cookie(request) or await self._by_password(request)
        except TooManyTriesError:
            await refusal(scope, words.LOGIN_TOO_MANY, 429)(scope, receive, send)
            return
        except BusyError:
            await refusal(scope, words.LOGIN_BUSY, 503, Retry_After=_RETRY_SOON)(scope, receive, send)
            return
        if user is not None:
            set_user(scope, user)
            await self._app(scope, receive, send)
            return
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            reply: Response = RedirectResponse(f"/login?lang={language_of(scope)}", 303)
        else:
            reply = refusal(scope, words.LOGIN_NEEDED, 401, WWW_Authenticate='Basic realm="hoidap"')
        await reply(scope, receive, send)

    def _by_cookie(self, request: Request) -> str | None:
        """The user of the login that the cookie names, as long as the user and the password are the same."""
        token = request.cookies.get(_COOKIE)
        return self._sessions.user_of(token, self._accounts.password_hashes) if token else None

    async def _by_password(self, request: Request) -> str | None:
        """The user that a program names in an `Authorization: Basic` header, when the password is right.

        Raises:
            TooManyTriesError: Too many passwords were wrong of late.
            BusyError: Too many are being checked.
        """
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return name if await self._tries.are_right(name, password, request.scope) else None
