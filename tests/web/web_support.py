"""What the browser tests share by import."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
# A browser that calls nobody by itself, in a container without user namespaces or a graphics card.
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

Visit = Callable[..., Page]


def ask(page: Page, question: str) -> Locator:
    """Type a question, press Enter, and wait for the end of its answer."""
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(before)
    expect(turn).to_have_attribute("data-state", "answered")
    return turn


def logged_in(address: str, name: str) -> httpx.Client:
    """A program that has logged in as one of the users of `locked_site`."""
    asked = {"username": name, "password": f"mật khẩu của {name.title()}"}
    reply = httpx.post(f"{address}/login", data=asked, timeout=30)
    assert reply.status_code == 200, reply.text
    return httpx.Client(base_url=address, timeout=30, cookies=reply.cookies)


def call(client: httpx.Client, name: str, data: list[Any], page: str = "", **more: Any) -> httpx.Response:
    """Call a function of a page directly, without its queue."""
    return client.post(f"{page}/gradio_api/run/{name}", json={"data": data, "session_hash": "abc", **more})


def queued(client: httpx.Client, name: str, data: list[Any], page: str = "") -> str:
    """Call a function of a page as the page does, through its queue; gives all that came back."""
    functions = client.get(f"{page}/config").json()["dependencies"]
    index = next(one["id"] for one in functions if one["api_name"] == name)
    session = uuid.uuid4().hex
    asked = {"data": data, "fn_index": index, "session_hash": session}
    assert client.post(f"{page}/gradio_api/queue/join", json=asked).status_code == 200
    return client.get(f"{page}/gradio_api/queue/data", params={"session_hash": session}).text
