"""The Gradio app: a chat over one library, and how it is served."""

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gradio as gr

from rag.chat import Answered, Chatbot
from rag.errors import HoidapError, SettingsError
from rag.store.library import Library
from rag.web import words
from rag.web.api import endpoints
from rag.web.markdown import answer_markdown, escape

# Fonts of the machine itself: the page asks no other host for anything.
_FONTS = ("system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONOSPACE = ("ui-monospace", "Consolas", "monospace")
_SIMULTANEOUS = 2  # questions worked on at once, one a core


def build_app(library: Library) -> gr.Blocks:
    """The page, not yet served."""
    chatbot = gr.Chatbot(
        label=words.TITLE,
        show_label=False,
        latex_delimiters=[],  # a dollar sign in an article is money
        placeholder=words.DESCRIPTION,
        height="70vh",
        buttons=["copy"],
    )
    bot = Chatbot(library)
    page = gr.ChatInterface(
        _responder(bot),
        chatbot=chatbot,
        textbox=gr.Textbox(
            placeholder=words.PLACEHOLDER, show_label=False, container=False, autofocus=True, submit_btn=words.ASK
        ),
        title=words.TITLE,
        examples=list(words.EXAMPLES),
        examples_label=words.EXAMPLES_LABEL,
        flagging_mode="never",
        analytics_enabled=False,
        concurrency_limit=_SIMULTANEOUS,
        api_name="chat",
    )
    with page:
        for endpoint in endpoints(bot):
            gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=_SIMULTANEOUS)  # type: ignore[attr-defined]
    return page


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
        SettingsError: The port is taken, or the address is not this machine's.
    """
    app = build_app(library)
    theme = gr.themes.Soft(primary_hue="teal", neutral_hue="slate", font=_FONTS, font_mono=_MONOSPACE)
    try:
        _, address, _ = app.launch(
            server_name=host,
            server_port=port or _free_port(host),
            theme=theme,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            enable_monitoring=False,
            ssr_mode=False,
            footer_links=[],
        )
    except OSError as error:
        raise SettingsError(
            f"Không mở được trang tại {host}:{port} ({error}).", "Hãy chọn cổng khác bằng --port hoặc HOIDAP_PORT."
        ) from error
    try:
        yield address.rstrip("/")
    finally:
        app.close(verbose=False)


def _free_port(host: str) -> int:
    """A port that nobody listens on; Gradio takes 0 at its word."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _responder(chatbot: Chatbot) -> Callable[[str, list[Mapping[str, Any]]], str]:
    def respond(message: str, history: list[Mapping[str, Any]]) -> str:
        """Answer a question in Vietnamese from the indexed articles, with exact quotes, as Markdown."""
        try:
            answers = (
                event.answer for event in chatbot.events(message, _plain(history)) if isinstance(event, Answered)
            )
            return answer_markdown(next(answers))
        except HoidapError as error:
            return f"{escape(error.message)} {escape(error.remedy)}"

    return respond


def _plain(history: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Gradio's messages as the chatbot takes them: text parts only."""
    return [{"role": message["role"], "content": _text(message["content"])} for message in history]


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(_text(part) for part in content)
    return str(content.get("text", "")) if isinstance(content, Mapping) else ""
