"""What a request to Gradio may hold: how much, how deep, no files but uploads, and only one's own session.

Stands behind the login and in front of Gradio, which takes more from a caller than its page ever sends.
"""

import contextlib
import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

import gradio as gr
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import words
from rag.web.api import BUSY
from rag.web.bodies import BodyTooLargeError, BodyTooSlowError, BoundedBody, given_again, whole_body
from rag.web.journal import Journal
from rag.web.limits import LIMITS
from rag.web.refusals import refusal
from rag.web.uploads import Uploads
from rag.web.visitors import user_of, visitor_of
from rag.web.words import Text

_CALL = re.compile(r"(?P<page>/en)?/gradio_api/((?P<way>run|api|call|call/v2)/(?P<name>\w+)|queue/join|cancel|reset)/?")
_DIRECT = re.compile(r"(/en)?/gradio_api/(run|api)/\w+/?")
_UPLOAD = re.compile(r"(/en)?/gradio_api/upload/?")
_LISTENED = re.compile(r"(?P<page>/en)?/gradio_api/queue/data")
_HEARTBEAT = re.compile(r"((?:/en)?/gradio_api/heartbeat/)([^/]+)")
_SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
_SESSION_HASH = "session_hash"
_FAILED = 500
_NOTED = frozenset({403, 413})


class _RefusedError(Exception):
    """A request that is not handed on.

    Args:
        problem: Why, for the one who sent it.
        status: Of the reply.
    """

    def __init__(self, problem: Text, status: int) -> None:
        super().__init__(problem.en)
        self.problem, self.status = problem, status


class Calls:
    """ASGI middleware: hands Gradio what its page could have sent, and refuses the rest.

    Args:
        app: What it wraps.
        uploads: Where uploaded files wait to be read.
        may_change: Whether a user of this name (None: nobody is logged in) may upload.
        journal: Where uploads and refusals are noted.
        pages: Gradio's pages by their path, without a slash at the end.
    """

    def __init__(
        self,
        app: ASGIApp,
        uploads: Uploads,
        may_change: Callable[[str | None], bool],
        journal: Journal,
        pages: Mapping[str, gr.Blocks],
    ) -> None:
        self._app, self._uploads, self._may_change, self._pages = app, uploads, may_change, pages
        self._journal = journal
        self._key = secrets.token_bytes(32)
        self._open = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visitor = visitor_of(scope)
        if self._open[visitor] >= LIMITS.open_requests_of_one:
            await refusal(scope, words.TOO_MANY_REQUESTS, 429, Retry_After="5")(scope, receive, send)
            return
        self._open[visitor] += 1
        try:
            if scope["method"] == "POST" and _UPLOAD.fullmatch(scope["path"]):
                await self._upload(scope, receive, send)
            else:
                await self._app(scope, await self._checked(scope, receive), _politely(scope, send))
        except _RefusedError as refused:
            if refused.status in _NOTED:
                is_upload = _UPLOAD.fullmatch(scope["path"]) is not None
                self._journal.note("upload refused" if is_upload else "call refused", scope, why=refused.problem.en)
            await refusal(scope, refused.problem, refused.status, Connection="close")(scope, receive, send)
        finally:
            self._open[visitor] -= 1
            if not self._open[visitor]:
                del self._open[visitor]

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        """The request as Gradio may see it: `scope` is changed, the body is what this gives.

        Raises:
            _RefusedError: It holds what it must not.
        """
        user, path = user_of(scope), scope["path"]
        if scope["method"] != "POST":
            self._own_session_asked_for(scope, user)
            return receive
        _declared_size(scope, LIMITS.body)
        try:
            body = await whole_body(receive, LIMITS.body, LIMITS.body_seconds)
        except BodyTooLargeError as error:
            raise _RefusedError(words.TOO_LARGE, 413) from error
        except BodyTooSlowError as error:
            raise _RefusedError(words.TOO_SLOW, 408) from error
        if called := _CALL.fullmatch(path):
            body = self._call(body, called, user)
            headers = MutableHeaders(scope=scope)
            del headers["transfer-encoding"], headers["content-encoding"]
            headers["content-type"] = "application/json"
            headers["content-length"] = str(len(body))
        return given_again(body, receive)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand an upload on, as far as there is room for it.

        Raises:
            _RefusedError: It may not be, or is too large.
        """
        if not self._may_change(user_of(scope)):
            raise _RefusedError(words.ONLY_ADMINS, 403)
        _declared_size(scope, self._uploads.largest_request)
        if not self._uploads.has_room():
            raise _RefusedError(words.UPLOADS_FULL, 503)
        body = BoundedBody(receive, self._uploads.largest_request, LIMITS.upload_seconds)

        async def unless_cut(message: Message) -> None:
            if not (body.too_large or body.too_slow):  # what Gradio makes of a body that breaks off is no reply
                await send(message)

        with contextlib.suppress(ClientDisconnect):
            await self._app(scope, body.receive, unless_cut)
            self._journal.note("upload", scope, bytes=body.size)
        if body.too_large:
            raise _RefusedError(words.TOO_LARGE, 413)
        if body.too_slow:
            raise _RefusedError(words.TOO_SLOW, 408)

    def _call(self, body: bytes, called: re.Match[str], user: str | None) -> bytes:
        """A call as JSON, read and written anew, so that Gradio reads what was checked.

        Raises:
            _RefusedError: It is no such JSON, or names a file that it must not.
        """
        try:
            call = json.loads(body.decode(), parse_constant=_no_number)
            if not isinstance(call, dict):
                raise _RefusedError(words.UNREADABLE_CALL, 400)
            for file in _files(call):
                if not self._may_change(user):
                    raise _RefusedError(words.ONLY_ADMINS, 403)
                if not self._uploads.has(Path(file)):
                    raise _RefusedError(words.NO_FILES_HERE, 403)
            self._check_function(call, called)
            if call.get(_SESSION_HASH) is not None:
                call[_SESSION_HASH] = self._own(call[_SESSION_HASH], user)
            return json.dumps(call, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:  # UnicodeError and JSONDecodeError among them
            raise _RefusedError(words.UNREADABLE_CALL, 400) from error

    def _check_function(self, call: Mapping[str, Any], called: re.Match[str]) -> None:
        """See that what is called is there, and is given as many values as it takes.

        Raises:
            _RefusedError: It is not, or there are too few.
        """
        data, number, name = call.get("data"), call.get("fn_index"), called["name"]
        if not isinstance(data, list) or called["way"] == "call/v2":  # Gradio itself says what is wrong with these
            return
        functions = self._pages[called["page"] or ""].fns
        named = (function for function in functions.values() if function.api_name == name)
        found = next(named, None) if number is None else functions.get(number) if type(number) is int else None
        if found is None:
            raise _RefusedError(words.NOTHING_THERE, 404)
        needed = sum(not block.skip_api for block in found.inputs) if called["way"] == "call" else len(found.inputs)
        if len(data) < needed and not found.cancels:
            raise _RefusedError(words.TOO_FEW_VALUES, 422)

    def _own_session_asked_for(self, scope: Scope, user: str | None) -> None:
        """Put the visitor's own session in the place of the one that is asked for.

        Raises:
            _RefusedError: There is none to listen to.
        """
        if heartbeat := _HEARTBEAT.fullmatch(scope["path"]):
            scope["path"] = heartbeat[1] + self._own(heartbeat[2], user)
            scope["raw_path"] = scope["path"].encode()
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if any(name == _SESSION_HASH for name, _ in pairs):
            own = [(name, self._own(value, user) if name == _SESSION_HASH else value) for name, value in pairs]
            scope["query_string"] = urlencode(own).encode()
            if listened := _LISTENED.fullmatch(scope["path"]):
                queue = self._pages[listened["page"] or ""]._queue  # noqa: SLF001 - where Gradio keeps who listens
                if dict(own)[_SESSION_HASH] not in queue.pending_messages_per_session:
                    raise _RefusedError(words.NOTHING_THERE, 404)  # Gradio would break off the reply, and log that

    def _own(self, session: object, user: str | None) -> str:
        """The session of this user: another's of the same name is another session.

        Raises:
            _RefusedError: This is no name of a session.
        """
        if not isinstance(session, str) or not _SESSION.fullmatch(session):
            raise _RefusedError(words.UNREADABLE_CALL, 400)
        if user is None:
            return session
        return f"{session}-{hashlib.blake2b(user.encode(), key=self._key, digest_size=12).hexdigest()}"


def _politely(scope: Scope, send: Send) -> Send:
    """As `send`, with another status where a call went wrong: Gradio says 500 to all that."""
    if not _DIRECT.fullmatch(scope["path"]):
        return send
    failed, body = False, b""

    async def said(message: Message) -> None:
        nonlocal failed, body
        if message["type"] == "http.response.start" and message["status"] == _FAILED:
            failed = True
        elif failed and message["type"] == "http.response.body":
            body += message.get("body", b"")
            if not message.get("more_body", False):
                await _failure(scope, body)(scope, _nothing, send)
        else:
            await send(message)

    return said


def _failure(scope: Scope, body: bytes) -> Response:
    """The reply to a call that went wrong: a problem that was said to the caller, or one that is not told."""
    try:
        failed = json.loads(body)
    except ValueError:
        failed = {}
    said = failed.get("error")
    if not isinstance(said, str):
        return refusal(scope, words.CALL_FAILED, _FAILED)
    return JSONResponse({"error": said, "detail": said}, 503 if failed.get("title") == BUSY else 422)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _declared_size(scope: Scope, most: int) -> None:
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise _RefusedError(words.TOO_LARGE, 413)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _files(value: Any, depth: int = 0) -> list[str]:  # noqa: ANN401 - JSON
    """The paths of what Gradio would take for files, wherever they are in a call.

    Raises:
        ValueError: It is nested too deep, or a path is no text.
    """
    if depth > LIMITS.depth:
        raise ValueError(depth)
    if isinstance(value, dict):
        within = [found for one in value.values() for found in _files(one, depth + 1)]
        if "path" not in value:
            return within
        if not isinstance(value["path"], str):
            raise ValueError(value)  # noqa: TRY004 - as all that is wrong with a call
        return [value["path"], *within]
    if isinstance(value, list):
        return [found for one in value for found in _files(one, depth + 1)]
    return []
