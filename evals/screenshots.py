"""The screenshots of the README: `python -m evals.screenshots [FOLDER]` takes them anew, with a Chromium."""

import subprocess
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import Browser, Page, sync_playwright

from evals.benchmarks.serving import served
from evals.benchmarks.web_load import BROWSER_FLAGS, browser_path
from evals.workspace import CORPUS, REPOSITORY
from rag.errors import SettingsError

_ASKED = "Đảng bộ BMĐH có tổng số bao nhiêu đảng viên?"
_ASKED_WITHOUT_ACCENTS = "ai la bi thu dang uy bmdh"
_EVALUATED = "60"  # questions of the run that is shown


def take(browser: Browser, address: str, folder: Path) -> None:
    """Chat with an open source, phone (dark), library and evaluation, as PNG files."""
    page = browser.new_page(viewport={"width": 1360, "height": 860})
    page.goto(address)
    _ask(page, _ASKED)
    page.locator(".chip").first.click()
    page.locator("mark.cited").wait_for()
    _shoot(page, folder / "chat.png")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Thư viện").click()
    page.locator(".shelf .link").first.click()
    page.locator("#reader-panel .body").wait_for()
    _shoot(page, folder / "library.png")
    page.get_by_role("tab", name="Đánh giá").click()
    page.locator(".evaluation").wait_for()
    _shoot(page, folder / "evaluation.png")
    phone = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark", device_scale_factor=2)
    phone.goto(address)
    _ask(phone, _ASKED_WITHOUT_ACCENTS)
    _shoot(phone, folder / "phone.png")


def _ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn[data-state=answered]").wait_for()


def _shoot(page: Page, path: Path) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)  # scrolling is smooth
    page.screenshot(path=path)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=REPOSITORY / "docs" / "screenshots")
def main(folder: Path) -> None:
    """Index the corpus, measure a part of the dev set where `hoidap eval` is there, serve, and take the pictures."""
    found = browser_path()
    if found is None:
        raise SettingsError("Không có Chromium trên máy này.", "Hãy cài Chromium rồi chạy lại.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hoidap-screenshots-") as data:
        hoidap = [sys.executable, "-c", "from rag.cli import main; main()"]
        for command in (["index", str(CORPUS)], ["eval", "--limit", _EVALUATED]):
            subprocess.run([*hoidap, *command, "--data", data], cwd=REPOSITORY, check=False)  # noqa: S603 - our own
        with served(Path(data)) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=list(BROWSER_FLAGS))
            take(browser, site.address, folder)
            browser.close()


if __name__ == "__main__":
    main()
