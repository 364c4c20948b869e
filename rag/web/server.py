"""The site: its pages in each language, served from this machine and asking no other for anything."""

import asyncio
import contextlib
import functools
import logging
import socket
import threading
import time
from collections.abc import Iterator

import gradio as gr
import uvicorn
from fastapi import FastAPI

from rag.chat import Chatbot
from rag.errors import ModelError, SettingsError
from rag.feedback import FeedbackStore
from rag.settings import listed
from rag.store.library import Library
from rag.web.accounts import Accounts
from rag.web.api import endpoints
from rag.web.calls import Calls
from rag.web.doors import Doors
from rag.web.downloads import add_downloads
from rag.web.journal import Journal
from rag.web.limits import LIMITS
from rag.web.line import Line
from rag.web.login import add_login, logged_in_user
from rag.web.page import build_page
from rag.web.page_sessions import keep_little
from rag.web.protocol import PatientProtocol
from rag.web.rendering import asset
from rag.web.seals import Seals
from rag.web.security import SecurityHeaders
from rag.web.shelf import Shelf
from rag.web.site import Site
from rag.web.tools import add_tools
from rag.web.uploads import Uploads
from rag.web.words import Language

# Fonts of the machine itself: the page asks no other host for anything.
_FONTS = ("system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONOSPACE = ("ui-monospace", "Consolas", "monospace")
_PAGES: tuple[tuple[Language, str], ...] = (("en", "/en"), ("vi", "/"))  # the root last: it takes what is left
_STARTS_WITHIN = 30.0  # seconds
_ENDS_WITHIN = 10.0  # seconds, for what is being answered and for the models to load


def build_site(library: Library, host: str | None = None) -> FastAPI:
    """The site, not yet served.

    Args:
        library: What is asked.
        host: Address that is listened on; None for that of the settings.

    Raises:
        SettingsError: The file of users cannot be read.
    """
    settings = library.settings
    accounts = Accounts.read(settings.users_file) if settings.users_file is not None else None
    chatbot, line = Chatbot(library), Line(settings.answers_at_once, settings.max_waiting_questions)
    feedback = FeedbackStore(settings.data_dir / "feedback.sqlite3")
    uploads, seals = Uploads(settings), Seals(settings.data_dir / "answers.key")
    journal = Journal(settings.data_dir / "security.log")
    site = Site(
        library, chatbot, feedback, Shelf(library), line, endpoints(chatbot, line), accounts, uploads, seals, journal
    )
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    # Each wraps what was added before: a request meets the headers first, then the doors, the login, the calls.
    pages: dict[str, gr.Blocks] = {}
    app.add_middleware(Calls, uploads=uploads, may_change=site.user_may_change, journal=journal, pages=pages)
    if accounts is not None:
        add_login(app, accounts, settings.data_dir, journal)
    add_downloads(app, site)
    behind_proxy = bool(settings.trusted_proxies)
    app.add_middleware(
        Doors,
        host=host or settings.host,
        names=listed(settings.allowed_hosts),
        journal=journal,
        with_tools=settings.mcp,
        behind_proxy=behind_proxy,
    )
    app.add_middleware(SecurityHeaders)
    theme = gr.themes.Soft(primary_hue="teal", neutral_hue="slate", font=_FONTS, font_mono=_MONOSPACE)
    for language, path in _PAGES:
        page = build_page(site, language, with_endpoints=language == "vi")
        with_tools = settings.mcp and language == "vi"
        pages[path.rstrip("/")] = page
        # Gradio sets this in `launch` alone, and lets a call name any file of the machine until it is set.
        page.has_launched = True
        gr.mount_gradio_app(
            app,
            page,
            path,
            auth_dependency=logged_in_user if accounts is not None else None,
            mcp_server=with_tools,
            theme=theme,
            head=f"<style>{asset('page.css')}</style>",  # not `css`, which Gradio confines to what is below the body
            max_file_size=uploads.largest_file,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            pwa=False,
            enable_monitoring=False,
            show_error=False,  # what is meant to be read is a `gr.Error`, and shown; the rest stays inside
        )
        keep_little(app, page)
        if with_tools:
            add_tools(page, site.endpoints)
    warming = threading.Thread(target=_warm_up, args=(site.chatbot,), name="hoidap-warm-up", daemon=True)
    warming.start()
    app.state.end = functools.partial(_end, line, warming, uploads)
    return app


def _end(line: Line, warming: threading.Thread, uploads: Uploads) -> None:
    """Let what is under way come to its end: a process that ends in the middle of it is aborted."""
    line.close(_ENDS_WITHIN)
    warming.join(_ENDS_WITHIN)
    uploads.clear()


def _warm_up(chatbot: Chatbot) -> None:
    """Load the models while the page is already up."""
    try:
        chatbot.warm_up()
    except ModelError as error:  # the first question will say so where the user sees it
        logging.getLogger(__name__).warning("%s %s", error.message, error.remedy)


@contextlib.contextmanager
def running_page(library: Library, host: str, port: int) -> Iterator[str]:
    """Serve the page for the length of a `with` block.

    Args:
        library: What is asked.
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.

    Yields:
        The page's address.

    Raises:
        SettingsError: The port is taken, or the address is not this machine's; or the file of users cannot be read.
    """
    with contextlib.closing(_listening(host, port)) as listener:
        app = build_site(library, host)
        server = uvicorn.Server(_served(app, library.settings.trusted_proxies))
        logging.getLogger("uvicorn.error").addFilter(_no_farewell)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="hoidap-web", daemon=True)
        thread.start()
        _wait_until_started(server, thread)
        try:
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            app.state.end()
            server.should_exit = True
            thread.join()


def _served(app: FastAPI, trusted_proxies: str) -> uvicorn.Config:
    """How the site is served: what a request says of its sender is only believed of a proxy in the settings."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        log_level="warning",
        limit_concurrency=LIMITS.open_requests,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _no_farewell(record: logging.LogRecord) -> bool:
    """Leave out of the log that the streams of open pages end when the site does."""
    cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cancelled and "graceful shutdown" not in record.getMessage()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Không mở được trang tại {host}:{port} ({error}).", "Hãy chọn cổng khác bằng --port hoặc HOIDAP_PORT."
        ) from error
    return listener


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise SettingsError("Trang hỏi đáp không khởi động được.", "Hãy xem thông báo phía trên rồi thử lại.")
        time.sleep(0.02)
