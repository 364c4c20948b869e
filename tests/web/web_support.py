"""What the browser tests share by import."""

from collections.abc import Callable

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
