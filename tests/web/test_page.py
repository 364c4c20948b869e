"""The chat page over real HTTP, and how it shows what it was given."""

import datetime
from collections.abc import Iterator

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from rag.answering.answer import Answer, Citation
from rag.chat import Chatbot
from rag.errors import SettingsError
from rag.store.library import Library
from rag.web.markdown import answer_markdown, escape
from rag.web.server import running_page


@pytest.fixture(scope="module")
def page(corpus_library: Library) -> Iterator[str]:
    with running_page(corpus_library, "127.0.0.1", 0) as address:
        yield address


@pytest.fixture(scope="module")
def client(page: str) -> Client:
    return Client(page, verbose=False)


def test_a_question_typed_without_accents_gets_a_cited_answer(client: Client) -> None:
    shown = client.predict("ai la bi thu dang uy bmdh", api_name="/chat")
    assert "Trần Quốc Thắng" in shown
    assert "\\[1\\]" in shown
    assert "> " in shown


def test_what_the_articles_do_not_hold_is_not_answered(client: Client) -> None:
    shown = client.predict("Cách nấu phở bò ngon nhất?", api_name="/chat")
    assert "Không tìm thấy" in shown
    assert "không phải câu trả lời" in shown


def test_an_over_long_question_gets_a_message_with_the_limit(client: Client) -> None:
    assert "500 ký tự" in client.predict("a" * 501, api_name="/chat")


def test_ask_by_api_gives_the_same_json_as_the_command_line_and_takes_filters(client: Client) -> None:
    answer = client.predict("Doanh thu năm 2025 là bao nhiêu?", publishers=["Sài Gòn Giải Phóng"], api_name="/ask")
    assert {citation["article"] for citation in answer["citations"]} <= {"001-vsp-tong-ket-2025"}
    assert set(answer) == {"id", "question", "answer", "spans", "abstained", "confidence", "citations", "seconds"}


def test_search_by_api_takes_filters_and_explains(client: Client) -> None:
    found = client.predict(
        "hội nghị tổng kết", limit=3, published_from="2020-12-01", published_to="31/12/2020", api_name="/search"
    )
    assert {hit["article"] for hit in found["hits"]} <= {"000-seed", "003-vsp-khai-thac-2020"}
    assert found["hits"][0]["details"]["cosine"] > 0.5


def test_a_wrong_day_by_api_is_said(client: Client) -> None:
    with pytest.raises(AppError, match="không phải một ngày"):
        client.predict("hội nghị", published_from="hôm qua", api_name="/search")


def test_the_page_names_no_font_or_script_of_another_host(page: str) -> None:
    html = httpx.get(page).text
    assert "fonts.googleapis.com" not in html
    assert '<script src="http' not in html.replace(page, "")


def test_a_taken_port_is_said_with_the_remedy(page: str, corpus_library: Library) -> None:
    port = int(page.rpartition(":")[2])
    with pytest.raises(SettingsError, match=str(port)) as refused, running_page(corpus_library, "127.0.0.1", port):
        pass
    assert "--port" in refused.value.remedy


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](//evil/x.png)"])
def test_markup_in_articles_is_shown_not_run(chatbot: Chatbot, hostile: str) -> None:
    query = chatbot.search("hội nghị", limit=1)[0]
    citation = Citation(1, "a", hostile, datetime.date(2020, 1, 2), f"javascript:{hostile}", 0, len(hostile), hostile)
    answer = Answer(
        hostile, f"{hostile} [1]", (hostile,), abstained=False, confidence=0.9, citations=(citation,), query=query
    )
    shown = answer_markdown(answer)
    assert "<script" not in shown
    assert "](javascript" not in shown
    assert "](//evil" not in shown


def test_marks_that_turn_the_direction_of_text_are_dropped() -> None:
    assert escape("a\u202eb\u2066c") == "abc"
