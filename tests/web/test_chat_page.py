"""The chat in a real browser: what a visitor sees and does."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from web_support import Visit, ask

from rag.chat import Chatbot
from rag.store.library import Library
from rag.web import chat_actions
from rag.web.turns import Asking, events_of


def test_a_click_on_a_citation_shows_the_article_with_exactly_the_quoted_words_highlighted(
    visit: Visit, web_library: Library
) -> None:
    page = visit()
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    turn.locator(".chip").first.click()
    mark = page.locator("#source-panel mark.cited")
    expect(mark).to_be_in_viewport()
    quoted = mark.text_content() or ""
    article = web_library.article("000-seed")
    assert article is not None
    assert quoted in article.body
    assert "Trần Quốc Thắng" in quoted
    assert page.locator("#source-panel .body").text_content() == article.body
    assert turn.locator(".card-text").first.text_content() == f"“{quoted}”"
    expect(page.locator("#source-panel h2")).to_have_text(article.title)
    expect(page.locator("#source-panel .card-meta")).to_contain_text("30/12/2020")


def test_a_question_typed_without_accents_is_understood_and_explained(visit: Visit) -> None:
    turn = ask(visit(), "ai la bi thu dang uy bmdh")
    expect(turn.locator(".understood")).to_contain_text("ai là bí thư đảng ủy Bộ máy Điều hành")
    expect(turn.locator(".answered")).to_contain_text("Trần Quốc Thắng")
    turn.locator("summary").click()
    expect(turn.locator(".why dl")).to_contain_text("bmđh → Bộ máy Điều hành", ignore_case=True)
    expect(turn.locator(".why tbody tr").first).to_contain_text("Hội nghị tổng kết công tác Đảng năm 2020")


def test_what_the_articles_do_not_hold_is_not_answered_and_the_closest_passages_are_offered(visit: Visit) -> None:
    page = visit()
    turn = ask(page, "Cách nấu phở bò ngon nhất?")
    expect(turn.locator(".refusal")).to_contain_text("Không tìm thấy")
    expect(turn.locator(".searched")).to_contain_text("toàn bộ thư viện")
    expect(turn.locator(".chip")).to_have_count(0)
    turn.locator(".card").first.click()
    expect(page.locator("#source-panel mark.cited")).to_be_in_viewport()


def test_the_keyboard_alone_asks_opens_a_source_and_comes_back(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#question textarea")).to_be_focused()
    turn = ask(page, "Đảng bộ BMĐH có bao nhiêu đảng viên chính thức?")
    chip = turn.locator(".chip").first
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source-panel .source")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#source-panel")).to_be_hidden()
    expect(chip).to_be_focused()


def test_talk_gets_a_reply_without_sources_and_a_vague_question_choices_to_click(visit: Visit) -> None:
    page = visit()
    greeted = ask(page, "xin chào")
    expect(greeted.locator(".sentence")).to_contain_text("Xin chào!")
    expect(greeted.locator(".card, .why, [data-action=vote-right]")).to_have_count(0)
    vague = ask(page, "Hội nghị diễn ra khi nào?")
    choice = vague.locator(".choices button").first
    headline = choice.inner_text()
    choice.click()
    answered = page.locator(".turn").nth(2)
    expect(answered.locator(".card-title").first).to_have_text(headline)
    expect(answered.locator(".choices")).to_have_count(0)


def test_every_control_has_a_name_for_screen_readers(visit: Visit) -> None:
    page = visit()
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    turn.locator(".chip").first.click()
    expect(page.locator("#source-panel mark.cited")).to_be_visible()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("main button, main a, main textarea, main select")]
            .filter((node) => node.checkVisibility())
            .filter((node) => !(node.innerText?.trim() || node.getAttribute("aria-label") || node.labels?.length))
            .map((node) => node.outerHTML.slice(0, 200))"""
    )
    assert nameless == []
    assert page.locator("[role=log]").get_attribute("aria-live") == "polite"
    assert page.evaluate("document.documentElement.lang") == "vi"


def test_two_visitors_do_not_see_each_others_conversation(visit: Visit, browser: Browser, site: str) -> None:
    mine = visit()
    ask(mine, "Ai là Bí thư Đảng ủy BMĐH?")
    other = browser.new_context().new_page()
    other.goto(site)
    expect(other.locator(".welcome")).to_be_visible()
    ask(other, "Giàn BK-21 đón dòng dầu đầu tiên khi nào?")
    expect(other.locator(".turn")).to_have_count(1)
    expect(other.locator(".kept button[data-action=open]")).to_have_count(1)
    expect(mine.locator(".turn")).to_have_count(1)
    expect(mine.locator(".turn")).to_contain_text("Bí thư")
    other.context.close()


def test_earlier_conversations_stay_in_the_browser_and_can_be_gone_on_with_and_deleted(visit: Visit) -> None:
    page = visit()
    ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    page.locator("#new-conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, "Giàn BK-21 đón dòng dầu đầu tiên khi nào?")
    page.close()

    again = visit()
    kept = again.locator(".kept button[data-action=open]")
    expect(kept).to_have_text(["Giàn BK-21 đón dòng dầu đầu tiên khi nào?", "Ai là Bí thư Đảng ủy BMĐH?"])
    kept.nth(1).click()
    expect(again.locator(".turn")).to_contain_text("Trần Quốc Thắng")
    ask(again, "Đảng bộ BMĐH có bao nhiêu đảng viên chính thức?")
    expect(kept).to_have_text(["Ai là Bí thư Đảng ủy BMĐH?", "Giàn BK-21 đón dòng dầu đầu tiên khi nào?"])
    again.on("dialog", lambda dialog: dialog.accept())
    again.locator(".kept button[data-action=forget]").first.click()
    expect(kept).to_have_text(["Giàn BK-21 đón dòng dầu đầu tiên khi nào?"])


def test_a_question_is_edited_and_asked_again_in_its_place(visit: Visit) -> None:
    page = visit()
    turn = ask(page, "Cách nấu phở bò ngon nhất?")
    turn.locator("[data-action=edit]").click()
    turn.locator(".editing textarea").fill("Ai là Bí thư Đảng ủy BMĐH?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answered")).to_contain_text("Trần Quốc Thắng")
    expect(page.locator(".turn")).to_have_count(1)
    page.locator(".turn [data-action=ask]").click()
    expect(page.locator(".turn")).to_have_attribute("data-state", "answered")
    expect(page.locator(".turn")).to_have_count(1)


def test_a_slow_answer_is_stopped_and_asked_again(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow_events_of(chatbot: Chatbot) -> Asking:
        def slowly(*asked: Any) -> Iterator[object]:
            for event in events_of(chatbot)(*asked):
                yield event
                for _ in range(200):
                    time.sleep(0.05)
                    yield object()

        return slowly

    page = visit()
    with monkeypatch.context() as slow:
        slow.setattr(chat_actions, "events_of", slow_events_of)
        page.locator("#question textarea").fill("Ai là Bí thư Đảng ủy BMĐH?")
        page.keyboard.press("Enter")
        expect(page.locator(".turn .working")).to_be_visible()
        page.locator("#stop").click()
        expect(page.locator(".turn")).to_have_attribute("data-state", "stopped")
        expect(page.locator(".turn")).to_contain_text("Đã dừng")
    page.locator(".turn .tools [data-action=ask]").click()
    expect(page.locator(".turn .answered")).to_contain_text("Trần Quốc Thắng")
    expect(page.locator(".turn")).to_have_count(1)


def test_an_answer_is_copied_and_a_conversation_taken_home_with_its_citations(visit: Visit) -> None:
    page = visit()
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    turn.locator("[data-action=copy]").click()
    expect(turn.locator("[data-action=copy]")).to_have_attribute("aria-label", "Đã sao chép")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Trần Quốc Thắng" in copied
    assert "\\[1\\] **Đảng ủy Bộ máy Điều hành Vietsovpetro" in copied
    with page.expect_download() as download:
        page.locator("[data-action=export]").click()
    exported = download.value.path().read_text(encoding="utf-8")
    assert exported == f"{copied}\n"
    assert download.value.suggested_filename.endswith(".md")


def test_filters_restrict_the_answer_and_are_said_when_nothing_is_found(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Từ ngày").fill("2024-01-01")
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    days = turn.locator(".card-meta").all_text_contents()
    assert days
    assert all(int(day[-4:]) >= 2024 for day in days)
    page.get_by_label("Từ ngày").fill("2099-01-01")
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    expect(turn.locator(".searched")).to_contain_text("Bộ lọc không để lại đoạn nào")
    page.get_by_role("button", name="Bỏ bộ lọc").click()
    expect(page.get_by_label("Từ ngày")).to_have_value("")
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    expect(turn.locator(".answered")).to_contain_text("Trần Quốc Thắng")


def test_an_over_long_question_is_refused_with_the_limit(visit: Visit) -> None:
    page = visit()
    page.locator("#question textarea").fill("a" * 501)
    page.keyboard.press("Enter")
    expect(page.locator(".turn[data-state=refused]")).to_contain_text("500 ký tự")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_usable_390_pixels_wide(browser: Browser, site: str, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if scheme == "dark" else "light", has_touch=True
    )
    page = context.new_page()
    page.goto(site)
    _fits(page)
    page.locator(".example").first.tap()
    expect(page.locator(".turn")).to_have_attribute("data-state", "answered")
    _fits(page)
    page.locator(".chip").first.tap()
    expect(page.locator("mark.cited")).to_be_in_viewport()
    _fits(page)
    page.locator("[data-action=close-source]").tap()
    expect(page.locator("#side")).not_to_be_in_viewport()
    page.locator("[data-action=menu]").tap()
    expect(page.locator("#side")).to_be_in_viewport()
    page.locator("#new-conversation").tap()
    expect(page.locator("#side")).not_to_be_in_viewport()
    expect(page.locator(".welcome")).to_be_visible()
    context.close()


def _fits(page: Page) -> None:
    expect(page.locator("#ask")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_page_speaks_english_at_its_own_address(visit: Visit) -> None:
    page = visit()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    expect(turn.locator(".figures")).to_contain_text("Confidence")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", name="Bạn muốn biết điều gì?")).to_be_visible()


def test_light_and_dark_are_switched_and_remembered(visit: Visit) -> None:
    page = visit()
    before = page.evaluate("document.body.classList.contains('dark')")
    page.locator("[data-action=theme]").click()
    page.reload()
    expect(page.locator(".example").first).to_be_visible()
    page.wait_for_function(f"document.body.classList.contains('dark') === {str(not before).lower()}")


def test_using_the_page_asks_no_other_host_for_anything(visit: Visit, site: str) -> None:
    page = visit("/en/")
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.reload()
    turn = ask(page, "Ai là Bí thư Đảng ủy BMĐH?")
    turn.locator(".chip").first.click()
    expect(page.locator("mark.cited")).to_be_visible()
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
