"""The same answers by HTTP: the named Gradio endpoints `ask` and `search`, for gradio_client and plain requests."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import gradio as gr
from pydantic import ValidationError, validate_call

from rag.chat import Chatbot
from rag.contracts import answer_result, search_filter, search_result
from rag.errors import BusyError, HoidapError
from rag.web import words
from rag.web.line import Line
from rag.web.visitors import asking_visitor

BUSY = "Đang bận"  # title of the error by which a program can tell that it may ask again later
_MOST_HITS = 100

Endpoint = Callable[..., dict[str, Any]]


def endpoints(chatbot: Chatbot, line: Line) -> tuple[Endpoint, ...]:
    """The functions that become endpoints and tools, each under its own name.

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
        """Answer a question in Vietnamese from the indexed articles, with exact quotes.

        Where `abstained` is true, the articles do not hold the answer.

        Args:
            question: The question, in Vietnamese, with or without accents.
            history: The conversation before it, as messages with `role` (user, assistant) and `content`.
            published_from: Only articles from this day on, as 2020-12-30 or 30/12/2020.
            published_to: Only articles up to this day, likewise.
            publishers: Only articles of these publishers.
            articles: Only the articles of these ids.
        """
        with line.turn(asking_visitor()):
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
        """Find the passages nearest to a question in Vietnamese, each with the details of its score.

        Args:
            question: The question, or words to look for, with or without accents.
            limit: Most passages returned, up to 100.
            published_from: Only articles from this day on, as 2020-12-30 or 30/12/2020.
            published_to: Only articles up to this day, likewise.
            publishers: Only articles of these publishers.
            articles: Only the articles of these ids.
        """
        with line.turn(asking_visitor()):
            chosen = search_filter(published_from, published_to, publishers or (), articles or ())
            query, hits = chatbot.search(question, (), chosen, min(max(1, limit), _MOST_HITS))
            return search_result(None, question, query, hits, explain=True)

    return ask, search


def said_to_the_caller(endpoint: Endpoint) -> Endpoint:
    """The endpoint with what the user can mend handed to the caller as it is, without a trace in the log."""
    checked: Endpoint = validate_call(endpoint)

    @functools.wraps(endpoint)
    def saying(*given: Any, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as the endpoint takes them
        try:
            return checked(*given, **named)
        except ValidationError as error:
            raise gr.Error(_wrong_value(endpoint, error), print_exception=False) from error
        except BusyError as error:
            raise gr.Error(str(error), print_exception=False, title=BUSY) from error
        except HoidapError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return saying


def _wrong_value(endpoint: Endpoint, error: ValidationError) -> str:
    """Which argument of an endpoint is of a wrong kind."""
    argument = error.errors()[0]["loc"][0]
    name = list(inspect.signature(endpoint).parameters)[argument] if isinstance(argument, int) else argument
    return words.WRONG_VALUE("vi", name=name)
