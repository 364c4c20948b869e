"""The named endpoints over real HTTP, and how the site is served."""

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from rag.errors import SettingsError
from rag.store.library import Library
from rag.web.server import running_page


@pytest.fixture(scope="module")
def client(site: str) -> Client:
    return Client(site, verbose=False)


def test_ask_by_api_gives_the_same_json_as_the_command_line_and_takes_filters(client: Client) -> None:
    answer = client.predict("Doanh thu năm 2025 là bao nhiêu?", publishers=["Sài Gòn Giải Phóng"], api_name="/ask")
    assert {citation["article"] for citation in answer["citations"]} <= {"001-vsp-tong-ket-2025"}
    assert {"id", "question", "answer", "spans", "abstained", "confidence", "citations", "seconds"} <= set(answer)


def test_search_by_api_takes_filters_and_explains(client: Client) -> None:
    found = client.predict(
        "hội nghị tổng kết", limit=3, published_from="2020-12-01", published_to="31/12/2020", api_name="/search"
    )
    assert {hit["article"] for hit in found["hits"]} <= {"000-seed", "003-vsp-khai-thac-2020"}
    assert found["hits"][0]["details"]["cosine"] > 0.5


def test_a_wrong_day_by_api_is_said(client: Client) -> None:
    with pytest.raises(AppError, match="không phải một ngày"):
        client.predict("hội nghị", published_from="hôm qua", api_name="/search")


def test_only_ask_and_search_are_offered_to_callers(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert set(named) == {"/ask", "/search"}


def test_the_page_names_no_font_or_script_of_another_host_and_forbids_them(site: str) -> None:
    reply = httpx.get(site)
    assert "fonts.googleapis.com" not in reply.text
    assert '<script src="http' not in reply.text.replace(site, "")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_a_taken_port_is_said_with_the_remedy(site: str, web_library: Library) -> None:
    port = int(site.rpartition(":")[2])
    with pytest.raises(SettingsError, match=str(port)) as refused, running_page(web_library, "127.0.0.1", port):
        pass
    assert "--port" in refused.value.remedy
