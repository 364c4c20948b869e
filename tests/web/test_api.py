"""The named endpoints over real HTTP, and how the site is served."""

import re
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from web_support import Visit, call

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


ENOUGH = ["hội nghị", 3, "", "", [], []]


@pytest.mark.parametrize("page", ["", "/en"])
@pytest.mark.parametrize(
    ("name", "data", "event", "status"),
    [
        ("search", [5, *ENOUGH[1:]], None, 422),
        ("search", [None, *ENOUGH[1:]], None, 422),
        ("search", [["a"], *ENOUGH[1:]], None, 422),
        ("search", ["hội nghị", "ba", *ENOUGH[2:]], None, 422),
        ("search", [*ENOUGH[:2], 5, *ENOUGH[3:]], None, 422),
        ("search", [*ENOUGH[:4], "CafeF", []], None, 422),
        ("search", [*ENOUGH[:4], [{"a": 1}], []], None, 422),
        ("search", ["", *ENOUGH[1:]], None, 422),
        ("search", ["x" * 10_000, *ENOUGH[1:]], None, 422),
        ("search", [], None, 422),
        ("ask", ["Ai?", "history", "", "", [], []], None, 422),
        ("ask", ["Ai?", [5], "", "", [], []], None, 422),
        ("ask", ["Ai?", [{"role": 1}], "", "", [], []], None, 422),
        ("nothing", [], None, 404),
        ("_ask_chosen", [None, "", "", [], []], 5, 200),
        ("_vote", [None], {"turn": ["a"], "vote": {}}, 200),
        ("_vote", [None], ["a"], 200),
        ("_open", [], {"conversation": {"a": 1}}, 422),
        ("_open", [], None, 422),
        ("_read", [None], {"article": ["a"], "start": {}, "end": []}, 200),
        ("_sort", ["", None], {"column": {"a": 1}}, 200),
        ("_ask_typed", ["", None, "", "", "CafeF", {"a": 1}], None, 422),
        ("_ask_typed", [None, None, None, None, None, None], None, 200),
    ],
)
def test_values_of_a_wrong_kind_are_said_and_nothing_of_the_inside_is(
    site: str, page: str, name: str, data: list[Any], event: Any, status: int
) -> None:
    if page and name in {"ask", "search"}:
        status = 404  # they are on one page only
    with httpx.Client(base_url=site, timeout=30) as client:
        reply = call(client, name, data, page, event_data=event)
    assert reply.status_code == status, reply.text
    for inner in ("Traceback", "object has no", "pydantic", "component", "rag/", "NoneType"):
        assert inner not in reply.text or status == 200
    if status != 200:
        assert reply.json()["detail"]


def test_an_unknown_function_of_the_page_is_not_there(site: str) -> None:
    for number in (-1, 10_000, True):
        asked = {"data": [], "fn_index": number, "session_hash": "abc"}
        assert httpx.post(f"{site}/gradio_api/queue/join", json=asked).status_code == 404


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_each_script_in_the_page_runs_by_a_nonce_of_its_own_reply_alone(site: str, path: str) -> None:
    nonces = []
    for _ in range(2):
        reply = httpx.get(site + path, headers={"Accept": "text/html", "Accept-Encoding": "br, gzip"})
        policy = reply.headers["content-security-policy"]
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
        scripts = re.findall(r"<script[^>]*>", reply.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_a_script_that_got_into_the_page_would_not_run(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = true'>");
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
