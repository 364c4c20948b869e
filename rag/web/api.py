"""The same answers by HTTP: the named Gradio endpoints `ask` and `search`, for gradio_client and plain requests."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from rag.chat import Chatbot
from rag.contracts import answer_result, search_filter, search_result
from rag.errors import HoidapError
from rag.web.line import Line

_MOST_HITS = 100


def endpoints(chatbot: Chatbot, line: Line) -> tuple[Callable[..., dict[str, Any]], ...]:
    """The functions that become endpoints, each under its own name.

    Args:
        chatbot: What answers.
        line: Where the callers wait for their turn, with those who ask on the page.

    Example:
        >>> from gradio_client import Client  # doctest: +SKIP
        >>> client = Client("http://127.0.0.1:7860")  # doctest: +SKIP
        >>> client.predict("Ai là Bí thư?", published_from="2020-12-01", api_name="/ask")["answer"]  # doctest: +SKIP
    """

    def ask(
        question: str,
        history: list[dict[str, str]] | None = None,
        published_from: str = "",
        published_to: str = "",
        publishers: list[str] | None = None,
        articles: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question in Vietnamese from the indexed articles, with exact quotes."""
        with _said_to_the_caller(), line.turn():
            chosen = search_filter(published_from, published_to, publishers or (), articles or ())
            return answer_result(None, chatbot.ask(question, history or (), chosen))

    def search(
        question: str,
        limit: int = 10,
        published_from: str = "",
        published_to: str = "",
        publishers: list[str] | None = None,
        articles: list[str] | None = None,
    ) -> dict[str, Any]:
        """Find the passages nearest to a question in Vietnamese, each with the details of its score."""
        with _said_to_the_caller(), line.turn():
            chosen = search_filter(published_from, published_to, publishers or (), articles or ())
            query, hits = chatbot.search(question, (), chosen, min(max(1, limit), _MOST_HITS))
            return search_result(None, question, query, hits, explain=True)

    return ask, search


@contextlib.contextmanager
def _said_to_the_caller() -> Iterator[None]:
    """What the user can mend goes to the caller as it is, without a trace in the log."""
    try:
        yield
    except HoidapError as error:
        raise gr.Error(str(error), print_exception=False) from error
