"""A real page over the indexed corpus, and a real browser to look at it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from support import OpenLibrary, Write
from web_support import BROWSER_FLAGS, BROWSER_NAMES, Visit

from rag.store.library import Library
from rag.web.accounts import account_line
from rag.web.server import running_page

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def web_library(tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, corpus: Path) -> Iterator[Library]:
    """The corpus in a library of its own: the page writes uploads and feedback."""
    with open_library(tmp_path_factory.mktemp("web"), max_upload_files=3, max_file_megabytes=0.2) as opened:
        opened.sync([corpus])
        yield opened


@pytest.fixture(scope="session")
def site(web_library: Library) -> Iterator[str]:
    """The address of the page."""
    with running_page(web_library, "127.0.0.1", 0) as address:
        yield address


@pytest.fixture(scope="session")
def users_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lan is an admin, Nam and Hoa are readers; the password is "mật khẩu của " and the name."""
    path = tmp_path_factory.mktemp("users") / "users.txt"
    users = (("lan", "admin"), ("nam", "reader"), ("hoa", "reader"))
    lines = [account_line(name, role, f"mật khẩu của {name.title()}") for name, role in users]
    path.write_text("\n".join(["# người dùng", *lines, ""]), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def locked_site(
    tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, users_file: Path, write: Write
) -> Iterator[str]:
    """The address of a page with a login and an MCP server, over one article."""
    folder = tmp_path_factory.mktemp("locked")
    write(folder / "bai.md", "Giàn BK-24 khánh thành ngày 02/09/2021.")
    with open_library(folder / "data", users_file=users_file, mcp=True) as library:
        library.sync([folder])
        with running_page(library, "127.0.0.1", 0) as address:
            yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """This machine's Chromium; tests that need it are left out where there is none."""
    found = next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(BROWSER_FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of a visitor of their own: storage, cookies."""
    opened = browser.new_context(
        viewport={"width": 1300, "height": 850}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield opened
    opened.close()


@pytest.fixture
def visit(context: BrowserContext, site: str) -> Visit:
    """Opens the page, ready to be used: `visit()`, `visit("/en/")`."""

    def opened(path: str = "/") -> Page:
        page = context.new_page()
        page.goto(site + path)
        expect(page.locator("#question textarea")).to_be_visible()
        expect(page.locator(".example, .turn").first).to_be_visible()
        return page

    return opened
