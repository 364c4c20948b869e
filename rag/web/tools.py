"""The endpoints as tools of Gradio's MCP server, with results that a model's client can read.

Gradio by itself hands out Python's notation of a result. Here the same tools give structured content with its schema,
and the same once more as JSON text, for clients that know no structured content.
"""

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any

import anyio
import gradio as gr
from gradio.utils import get_function_description
from pydantic import BaseModel

from rag.web.visitors import asked_by, visitor_of


class CitedQuote(BaseModel):
    """The words of an article that show a claim; `start` and `end` are their place in its body."""

    n: int
    article: str
    title: str
    published: str | None
    source: str | None
    start: int
    end: int
    quote: str


class AnswerResult(BaseModel):
    """What `ask` gives. `spans` are the short answers; `[n]` in `answer` names a citation."""

    question: str
    answer: str
    spans: list[str]
    abstained: bool
    confidence: float
    citations: list[CitedQuote]
    seconds: float


class FoundPassage(BaseModel):
    """A passage of an article; `start` and `end` are its place in the body."""

    article: str
    title: str
    passage: int
    start: int
    end: int
    text: str
    score: float


class SearchResult(BaseModel):
    """What `search` gives, best passage first."""

    question: str
    hits: list[FoundPassage]


_RESULTS: dict[str, type[BaseModel]] = {"ask": AnswerResult, "search": SearchResult}


def add_tools(page: gr.Blocks, functions: Sequence[Callable[..., dict[str, Any]]]) -> None:
    """Give the tools of a page's MCP server structured results.

    Args:
        page: Mounted with `mcp_server=True`, with the functions among its endpoints.
        functions: `ask` and `search`; a `HoidapError` goes to the client as it is said.
    """
    from mcp import types  # noqa: PLC0415 - half a second, and off by default

    gradio_server = page.mcp_server_obj
    assert gradio_server is not None  # noqa: S101 - `page` is mounted so
    server = gradio_server.mcp_server
    waiting = anyio.CapacityLimiter(page.max_threads)  # apart from the threads that serve pages
    by_name = {function.__name__: function for function in functions}

    async def list_tools() -> list[types.Tool]:
        return [_tool(name, function) for name, function in by_name.items()]

    def _tool(name: str, function: Callable[..., Any]) -> types.Tool:
        description, parameters, _ = get_function_description(function)
        inputs, _ = gradio_server.get_input_schema(name, parameters)
        outputs = _RESULTS[name].model_json_schema()
        return types.Tool(name=name, description=description, inputSchema=inputs, outputSchema=outputs)

    async def call_tool(name: str, arguments: dict[str, Any]) -> tuple[list[types.TextContent], dict[str, Any]]:
        call = functools.partial(by_name[name], **arguments)
        request = server.request_context.request
        with asked_by(visitor_of(request.scope) if request is not None else ""):
            result = await anyio.to_thread.run_sync(call, limiter=waiting)
        text = json.dumps(result, ensure_ascii=False, indent=1)
        return [types.TextContent(type="text", text=text)], result

    server.list_tools()(list_tools)  # type: ignore[no-untyped-call]
    server.call_tool()(call_tool)
