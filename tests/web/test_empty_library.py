"""`hoidap serve` before there is any article."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support import ROOT
from web_support import ask


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[str]:
    """The address of a page that `hoidap serve` opened over a data directory that does not exist yet."""
    serve = [sys.executable, "-c", "from rag.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [*serve, "--data", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
    ) as process:
        assert process.stdout is not None
        try:
            said = next(line for line in process.stdout if "http://" in line)
            yield said.split("Trang hỏi đáp: ")[1].split()[0]
        finally:
            process.terminate()


def _opened(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(address)
    return page


def test_an_empty_library_says_so_and_works_as_soon_as_an_article_is_uploaded(
    browser: Browser, empty_site: str, tmp_path: Path
) -> None:
    english = _opened(browser, f"{empty_site}/en/")
    expect(english.get_by_role("heading", name="The library holds no article yet")).to_be_visible()
    page = _opened(browser, empty_site)
    expect(page.get_by_role("heading", name="Thư viện chưa có bài viết nào")).to_be_visible()
    expect(page.locator(".welcome")).to_contain_text("hoidap index")
    page.locator("#question textarea").fill("Giàn BK-24 khánh thành khi nào?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn[data-state=refused]")).to_contain_text("Hãy thêm bài ở thẻ Thư viện")

    page.locator("#new-conversation").click()
    page.locator("[data-action=add-articles]").click()
    expect(page.locator("#shelf-list")).to_contain_text("Thư viện chưa có bài nào")
    article = tmp_path / "bai.md"
    article.write_text("---\ntitle: Tin BK-24\n---\nGiàn BK-24 khánh thành ngày 02/09/2021.", encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files(article)
    expect(page.locator("#shelf-change .good")).to_contain_text("Tin BK-24")
    page.get_by_role("tab", name="Trò chuyện").click()
    expect(page.locator(".welcome")).to_contain_text("Bạn muốn biết điều gì?")
    expect(page.locator(".example")).to_have_count(1)  # and none about articles that are not there
    page.locator(".example").click()
    expect(page.locator("#source-panel .body")).to_contain_text("Giàn BK-24 khánh thành")
    expect(ask(page, "Giàn BK-24 khánh thành khi nào?").locator(".answered")).to_contain_text("02/09/2021")
    english.context.close()
    page.context.close()
