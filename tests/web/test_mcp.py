"""The page as an MCP server: off by default; when on, its tools answer as the endpoints do."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import CallToolResult, TextContent, Tool
from support import OpenLibrary, Write

from rag.web.server import running_page


@pytest.fixture(scope="module")
def mcp_site(tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, write: Write) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mcp")
    write(folder / "bai.md", "Giàn BK-24 khánh thành ngày 02/09/2021 tại mỏ Bạch Hổ.")
    with open_library(folder / "data", mcp=True) as library:
        library.sync([folder / "bai.md"])
        with running_page(library, "127.0.0.1", 0) as address:
            yield address


Talk = tuple[dict[str, Tool], list[CallToolResult]]


async def _talk(address: str) -> Talk:
    async with (
        streamablehttp_client(f"{address}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        question = "Giàn BK-24 khánh thành khi nào?"
        asked = [("ask", {"question": question}), ("search", {"question": question, "limit": 1})]
        wrong = [("ask", {"question": question, "published_from": "hôm qua"}), ("search", {})]
        return tools, [await session.call_tool(*call) for call in asked + wrong]


@pytest.fixture(scope="module")
def talk(mcp_site: str) -> Talk:
    """The tools, and what they say to two good calls and two wrong ones."""
    with ThreadPoolExecutor(1) as own_thread:  # the browser tests keep an event loop in this one
        return own_thread.submit(lambda: asyncio.run(_talk(mcp_site))).result(timeout=60)


def _text(result: CallToolResult) -> str:
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


def test_the_tools_of_the_mcp_server_are_ask_and_search_and_say_what_they_take(talk: Talk) -> None:
    tools, _ = talk
    assert set(tools) == {"ask", "search"}
    assert "30/12/2020" in tools["ask"].inputSchema["properties"]["published_from"]["description"]
    assert tools["ask"].inputSchema["required"] == ["question"]
    assert "citations" in (tools["ask"].outputSchema or {})["properties"]


def test_a_tool_gives_structured_content_and_the_same_as_json_with_its_accents(talk: Talk) -> None:
    _, (answer, found, *_) = talk
    for result in (answer, found):
        assert not result.isError
        assert result.structuredContent == json.loads(_text(result))
    assert answer.structuredContent is not None
    assert found.structuredContent is not None
    (citation,) = answer.structuredContent["citations"]
    assert "02/09/2021" in citation["quote"]
    assert "khánh thành" in _text(answer)
    assert [hit["article"] for hit in found.structuredContent["hits"]] == ["bai"]


def test_what_is_wrong_is_said_to_the_client_of_a_tool(talk: Talk) -> None:
    _, (*_, day, nothing) = talk
    assert day.isError
    assert _text(day) == "“hôm qua” không phải một ngày. Hãy ghi theo dạng 2020-12-30 hoặc 30/12/2020."
    assert nothing.isError
    assert "question" in _text(nothing)


def test_there_is_no_mcp_server_unless_it_is_asked_for(site: str) -> None:
    assert httpx.post(f"{site}/gradio_api/mcp/", json={}).status_code == 404
