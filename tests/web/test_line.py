"""More people ask at once than are answered: who waits is told how long, who comes beyond the line is told so."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect
from support import OpenLibrary, Write
from web_support import logged_in

from rag.chat import Chatbot
from rag.errors import BusyError
from rag.web.line import Line
from rag.web.server import running_page

QUESTION = "Giàn BK-24 khánh thành khi nào?"


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, write: Write) -> Iterator[str]:
    """A page that answers one question at a time and lets two wait."""
    folder = tmp_path_factory.mktemp("line")
    write(folder / "bai.md", "Giàn BK-24 khánh thành ngày 02/09/2021 tại mỏ Bạch Hổ.")
    with open_library(folder / "data", answers_at_once=1, max_waiting_questions=2) as library:
        library.sync([folder / "bai.md"])
        with running_page(library, "127.0.0.1", 0) as address:
            yield address


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No answer begins before this is set."""
    go_on = threading.Event()
    events: Callable[..., Iterator[Any]] = Chatbot.events

    def held_events(*asked: Any, **more: Any) -> Iterator[Any]:
        assert go_on.wait(60)
        yield from events(*asked, **more)

    monkeypatch.setattr(Chatbot, "events", held_events)
    yield go_on
    go_on.set()


def test_callers_beyond_the_line_are_refused_with_the_reason_and_all_others_are_answered(
    small_site: str, held: threading.Event
) -> None:
    clients = [Client(small_site, verbose=False) for _ in range(7)]

    def ask(client: Client) -> str:
        try:
            return str(client.predict(QUESTION, api_name="/ask")["answer"])
        except AppError as error:
            if len(refused) == 3:
                held.set()
            refused.append(str(error))
            return "refused"

    refused: list[str] = []
    with ThreadPoolExecutor(len(clients)) as users:
        said = list(users.map(ask, clients, timeout=60))
    assert said.count("refused") == 4
    assert all("2 câu hỏi đang đợi" in message and "Hãy hỏi lại sau" in message for message in refused)
    assert all("02/09/2021" in answer for answer in said if answer != "refused")


def _asking(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(address)
    expect(page.locator(".example").first).to_be_visible()
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    return page


def test_who_waits_sees_the_place_and_the_time_and_a_place_that_is_left_is_free(
    browser: Browser, small_site: str, held: threading.Event
) -> None:
    held.set()
    Client(small_site, verbose=False).predict(QUESTION, api_name="/ask")  # timed: the wait can be estimated
    held.clear()
    first = _asking(browser, small_site)
    expect(first.locator(".turn[data-state=reading]")).to_be_visible()
    second = _asking(browser, small_site)
    expect(second.locator(".working")).to_contain_text("giây, trước bạn còn 1 câu hỏi")
    third = _asking(browser, f"{small_site}/en/")
    expect(third.locator(".working")).to_contain_text("s to wait. Questions ahead of yours: 2.")
    late = _asking(browser, small_site)
    expect(late.locator(".turn[data-state=refused]")).to_contain_text("2 câu hỏi đang đợi")

    second.locator("#stop").click()
    expect(second.locator(".turn[data-state=stopped]")).to_be_visible()
    expect(third.locator(".working")).to_contain_text("ahead of yours: 1.")
    third.context.close()  # leaves without a word
    deadline = time.monotonic() + 20
    while late.locator(".turn[data-state=waiting]").count() == 0 and time.monotonic() < deadline:
        if late.locator(".turn[data-state=refused]").count():
            late.locator(".turn .tools [data-action=ask]").click()
        late.wait_for_timeout(300)
    expect(late.locator(".working")).to_contain_text("trước bạn còn 1 câu hỏi")

    held.set()
    for page in (first, late):
        expect(page.locator(".turn[data-state=answered]")).to_contain_text("02/09/2021")
        page.context.close()
    second.context.close()


@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(1, 3), st.integers(0, 8))
def test_visitors_take_turns_and_none_is_kept_out_by_one_who_has_more(
    arrivals: list[str], at_once: int, most_waiting: int
) -> None:
    line = Line(at_once, most_waiting)
    inside = []
    for visitor in arrivals:
        manager = line.place(visitor)
        try:
            inside.append((manager, manager.__enter__()))
        except BusyError:
            counts = Counter(place.visitor for _, place in inside if not place.taken)
            waiting = [place.visitor for _, place in inside if not place.taken and line.waiting(place).ahead >= at_once]
            assert all(counts[other] <= counts[visitor] + 1 for other in waiting)
    here = sorted((place for _, place in inside if not place.taken), key=lambda place: line.waiting(place).ahead)
    assert [place.round for place in here[at_once:]] == sorted(place.round for place in here[at_once:])
    for visitor in "abc":
        assert [place.round for place in here if place.visitor == visitor] == sorted(
            {place.round for place in here if place.visitor == visitor}
        )
    for _, place in inside:
        if place.taken:
            with pytest.raises(BusyError):
                line.reached(place, 0)
    for manager, _ in inside:
        manager.__exit__(None, None, None)
    assert len(line) == 0


def test_one_user_with_many_questions_does_not_keep_another_waiting(
    locked_site: str, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    search: Callable[..., Any] = Chatbot.search

    def held_search(chatbot: Chatbot, question: str, *more: Any) -> Any:
        order.append(question)
        assert held.wait(60)
        return search(chatbot, question, *more)

    monkeypatch.setattr(Chatbot, "search", held_search)

    def ask(client: httpx.Client, question: str) -> int:
        asked = {"data": [question, 1, "", "", [], []]}
        return client.post("/gradio_api/run/search", json=asked, timeout=60).status_code

    with logged_in(locked_site, "nam") as nam, logged_in(locked_site, "hoa") as hoa, ThreadPoolExecutor(95) as threads:
        many = [threads.submit(ask, nam, "Nam hỏi?") for _ in range(90)]
        deadline = time.monotonic() + 40
        while sum(one.done() for one in many) < 90 - 66 and time.monotonic() < deadline:
            time.sleep(0.05)
        other = threads.submit(ask, hoa, "Hoa hỏi?")
        while sum(one.done() for one in many) < 90 - 65 and time.monotonic() < deadline:
            time.sleep(0.05)
        refused = Counter(one.result() for one in many if one.done())
        held.set()
        assert other.result(60) == 200
    assert refused == {503: 25}
    assert order.index("Hoa hỏi?") <= 4


@given(st.integers(1, 4), st.integers(0, 4), st.integers(0, 12))
def test_a_line_lets_in_as_many_as_it_holds_and_is_empty_when_all_have_left(
    at_once: int, most_waiting: int, visitors: int
) -> None:
    line = Line(at_once, most_waiting)
    inside = []
    for _ in range(visitors):
        place = line.place()
        try:
            inside.append((place, place.__enter__()))
        except BusyError:
            assert len(line) == at_once + most_waiting
    assert len(line) == min(visitors, at_once + most_waiting)
    ahead = [line.waiting(place).ahead for _, place in inside]
    assert ahead == list(range(len(inside)))
    assert [line.reached(place, 0) for _, place in inside] == [number < at_once for number in ahead]
    for manager, _ in inside:
        manager.__exit__(None, None, None)
    assert len(line) == 0
