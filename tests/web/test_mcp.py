"""The page as an MCP server: off by default; when on, its tools answer as the endpoints do."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
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


async def _talk(address: str) -> tuple[set[str], str]:
    async with (
        streamablehttp_client(f"{address}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = {tool.name for tool in (await session.list_tools()).tools}
        answer = await session.call_tool("ask", {"question": "Giàn BK-24 khánh thành khi nào?"})
        return tools, answer.content[0].text  # type: ignore[union-attr]


def test_the_tools_of_the_mcp_server_are_ask_and_search(mcp_site: str) -> None:
    with ThreadPoolExecutor(1) as own_thread:  # the browser tests keep an event loop in this one
        tools, answer = own_thread.submit(lambda: asyncio.run(_talk(mcp_site))).result(timeout=60)
    assert tools == {"ask", "search"}
    assert "02/09/2021" in answer


def test_there_is_no_mcp_server_unless_it_is_asked_for(site: str) -> None:
    assert httpx.post(f"{site}/gradio_api/mcp/", json={}).status_code == 404
