"""Attacks on the running page: files of the machine, other sites, forged names; what is too large, deep or slow."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from starlette.routing import Mount
from support import OpenLibrary
from web_support import call, logged_in, queued

from rag.store.library import Library
from rag.web.limits import LIMITS
from rag.web.server import build_site, running_page

PAGES = ("", "/en")
_FILE = {"_type": "gradio.FileData"}


@pytest.fixture
def anyone(site: str) -> Iterator[httpx.Client]:
    """A program at a page without a login."""
    with httpx.Client(base_url=site, timeout=30) as client:
        yield client


@pytest.fixture(params=["open", "reader", "admin"])
def somebody(request: pytest.FixtureRequest, site: str, locked_site: str) -> Iterator[httpx.Client]:
    """A program at a page without a login, and as a reader and as an admin at one with."""
    names = {"reader": "nam", "admin": "lan"}
    client = httpx.Client(base_url=site, timeout=30) if request.param == "open" else None
    with client or logged_in(locked_site, names[request.param]) as opened:
        yield opened


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("target", ["/etc/passwd", "/proc/self/environ", "users", "logins", "relative", "link"])
def test_no_file_of_the_machine_is_read(
    somebody: httpx.Client, page: str, target: str, users_file: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to("/etc/passwd")
    logins = users_file.parent / "logins.sqlite3"
    path = {"users": str(users_file), "logins": str(logins), "relative": "../../../etc/passwd", "link": str(link)}.get(
        target, target
    )
    for file in ({"path": path, "meta": _FILE}, {"path": path}, {"path": path, "url": path, "meta": _FILE}):
        for reply in (
            call(somebody, "_ask_typed", [file, None, "", "", [], []], page),
            call(somebody, "_add_files", [[file]], page),
            call(somebody, "_search", [file, None], page),
            call(somebody, "_read", [], page, event_data=file),
            somebody.post(
                f"{page}/gradio_api/queue/join", json={"data": [[file]], "fn_index": 0, "session_hash": "abc"}
            ),
            somebody.post(f"{page}/gradio_api/call/ask", json={"data": [file]}),
        ):
            assert reply.status_code == 403, (reply.url, reply.text)
    for asked in (f"{page}/gradio_api/file={path}", f"{page}/gradio_api/file/{path}", f"{page}/file={path}"):
        assert somebody.get(asked).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_gradio_itself_refuses_files_that_were_not_uploaded(
    anyone: httpx.Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second lock holds alone: our own check of a call is taken away."""
    monkeypatch.setattr("rag.web.calls._files", lambda _: [])
    before = _uploaded()
    for name, data in (("_ask_typed", [{"path": "/etc/passwd", "meta": _FILE}, None, "", "", [], []]),):
        assert call(anyone, name, data, page).status_code == 500
    assert _uploaded() == before


def _uploaded() -> set[Path]:
    return {
        found for found in Path(os.environ["GRADIO_TEMP_DIR"]).rglob("*") if found.is_file() and found.stat().st_size
    }


@pytest.mark.parametrize("page", PAGES)
def test_no_web_address_is_fetched_for_a_caller(somebody: httpx.Client, page: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.3)
        address = f"http://127.0.0.1:{inside.getsockname()[1]}/secret"
        for file in ({"path": address, "meta": _FILE}, {"path": address, "url": address}):
            assert call(somebody, "_add_files", [[file]], page).status_code == 403
            assert call(somebody, "_ask_typed", [file, None, "", "", [], []], page).status_code == 403
        assert somebody.get(f"{page}/gradio_api/file={address}").status_code == 404
        assert somebody.get(f"{page}/gradio_api/proxy={address}").status_code == 404
        with pytest.raises(TimeoutError):
            inside.accept()


@pytest.mark.parametrize("page", PAGES)
def test_an_upload_of_an_admin_becomes_an_article_and_leaves_no_copy(locked_site: str, page: str) -> None:
    before = _uploaded()
    with logged_in(locked_site, "lan") as admin:
        sent = {"files": ("cau.txt", "Cầu Thị Nại\nCầu dài 2.475 mét.".encode())}
        (path,) = admin.post(f"{page}/gradio_api/upload", files=sent).json()
        assert _uploaded() != before
        assert "Cầu Thị Nại" in queued(admin, "_add_files", [[{"path": path, "meta": _FILE}]], page)
    assert _uploaded() == before


@pytest.mark.parametrize("page", PAGES)
def test_only_those_who_may_change_the_library_upload(locked_site: str, page: str) -> None:
    sent = {"files": ("bai.txt", b"x")}
    with logged_in(locked_site, "nam") as reader:
        assert reader.post(f"{page}/gradio_api/upload", files=sent).status_code == 403
    assert httpx.post(f"{locked_site}{page}/gradio_api/upload", files=sent).status_code == 401


HOSTS = (
    "evil.example",
    "evil.example:7860",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "localhost@evil.example",
    "",
    "[::1",
)
ASKED = ("/", "/en/", "/config", "/gradio_api/info", "/gradio_api/mcp/", "/feedback.jsonl", "/login")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ASKED)
def test_another_name_for_this_machine_is_refused(site: str, locked_site: str, host: str, path: str) -> None:
    for address in (site, locked_site):
        assert httpx.get(address + path, headers={"Host": host}).status_code in {400, 421}


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/run/search", "/login"])
def test_nothing_is_done_under_another_name_or_for_another_site(site: str, locked_site: str, path: str) -> None:
    port = urlsplit(site).port
    for address in (site, locked_site):
        assert httpx.post(address + path, headers={"Host": f"evil.example:{port}"}).status_code == 421
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": f"http://evil.example:{port}"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:1"},
            {"Origin": f"http://127.0.0.1:{port}@evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        ):
            reply = httpx.post(address + path, headers=headers)
            assert reply.status_code == 403, headers
            assert "access-control-allow-origin" not in reply.headers


def test_another_site_may_link_here_but_neither_frame_nor_read_the_page(anyone: httpx.Client) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert anyone.get("/", headers=link).status_code == 200
    assert anyone.get("/", headers={**link, "Sec-Fetch-Dest": "iframe"}).status_code == 403
    assert anyone.get("/config", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}).status_code == 403
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    assert anyone.options("/gradio_api/queue/join", headers=asked).status_code == 403


def test_what_a_request_says_of_its_sender_is_not_believed(anyone: httpx.Client) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "8.8.8.8"}
    assert "evil.example" not in anyone.get("/config", headers=forged).text
    assert "evil.example" not in anyone.get("/", headers=forged).text


def test_names_of_a_proxy_are_set(open_library: OpenLibrary, tmp_path: Path) -> None:
    with (
        open_library(tmp_path / "data", allowed_hosts="hoidap.example, tin.example") as library,
        running_page(library, "127.0.0.1", 0) as address,
    ):
        assert httpx.get(address, headers={"Host": "hoidap.example"}).status_code == 200
        origin = {"Origin": "https://tin.example", "Host": "127.0.0.1"}
        assert httpx.post(f"{address}/gradio_api/cancel", headers=origin, json={}).status_code == 422
        assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/deep_link?session_hash=abc",
        "/gradio_api/runs",
        "/gradio_api/token",
        "/gradio_api/dev/reload",
        "/gradio_api/custom_component/1/client/component/style.css",
        "/gradio_api/stream/abc/1/1/playlist.m3u8",
        "/gradio_api/vibe-code",
        "/monitoring",
        "/assets/../../../../../../etc/passwd",
        "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/pwa_icon",
        "/login/",
        "/docs",
    ],
)
def test_what_gradio_serves_for_other_pages_is_not_there(anyone: httpx.Client, page: str, path: str) -> None:
    with socket.create_connection((anyone.base_url.host, anyone.base_url.port or 80)) as plain:
        plain.sendall(f"GET {page}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert plain.makefile("rb").readline().split()[1] == b"404"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "path", ["/gradio_api/component_server", "/gradio_api/process_recording", "/gradio_api/vibe-edit/"]
)
def test_what_gradio_does_for_other_pages_is_not_done(anyone: httpx.Client, page: str, path: str) -> None:
    assert anyone.post(page + path, json={}).status_code == 404


@pytest.mark.parametrize("path", ["/gradio_api/run/search", "/gradio_api/queue/join", "/gradio_api/call/ask", "/login"])
def test_bodies_are_limited(anyone: httpx.Client, locked_site: str, path: str) -> None:
    large = b'{"data": ["' + b"x" * LIMITS.body + b'"]}'
    clients = [anyone] if path != "/login" else [httpx.Client(base_url=locked_site)]
    for client in clients:
        assert client.post(path, content=large).status_code == 413
        pieces = (large[start : start + 100_000] for start in range(0, len(large), 100_000))
        assert client.post(path, content=pieces).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"data": ' + "[" * 60 + "]" * 60 + "}",
        '{"data": [NaN]}',
        '{"data": [' + "9" * 6000 + "]}",
        '{"data": ["\\ud800", 1, "", "", [], []]}',
        '{"data": ["", 1, "", "", [], []], "session_hash": "../../x"}',
        '{"data": ["", 1, "", "", [], []], "session_hash": {"a": 1}}',
        "[]",
        "",
        "\xff",
    ],
)
def test_a_call_that_cannot_be_read_is_refused_politely(anyone: httpx.Client, body: str) -> None:
    reply = anyone.post("/gradio_api/run/search", content=body.encode("latin-1"))
    assert (reply.status_code, reply.json()) == (400, {"detail": "Không đọc được nội dung gửi lên."})


def test_who_sends_a_head_too_slowly_is_cut_off(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.web.protocol.HEAD_SECONDS", 0.5)
    place = urlsplit(site)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        assert slow.recv(1) == b""


def test_a_websocket_is_refused(site: str) -> None:
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "YQ==",
    }
    reply = httpx.get(f"{site}/gradio_api/queue/join", headers=asked)
    assert (reply.status_code, reply.json()["detail"]) == (404, "Không có gì tại địa chỉ này.")


def test_a_session_of_another_user_is_another_session(locked_site: str) -> None:
    turn = {"id": "a" * 12, "question": "Bí mật của Nam?", "state": "stopped"}
    kept = json.dumps({"id": "b" * 12, "turns": [turn]})
    with logged_in(locked_site, "nam") as nam, logged_in(locked_site, "hoa") as hoa:
        event = {"conversation": kept}
        assert "Bí mật của Nam" in call(nam, "_open", [], event_data=event, trigger_id=None).text
        assert "Bí mật của Nam" in call(nam, "_stop_answer", [None]).text
        assert "Bí mật của Nam" not in call(hoa, "_stop_answer", [None]).text


def test_a_forged_conversation_is_cut_to_what_may_be_kept(anyone: httpx.Client) -> None:
    turns = [
        {"id": f"{number:012}", "question": f"Câu {number}?", "state": "stopped", "text": "x" * 20_000}
        for number in range(90)
    ]
    event = {"conversation": json.dumps({"id": "a", "turns": turns})}
    shown = call(anyone, "_open", [], event_data=event)
    assert shown.status_code == 200
    assert "Câu 89?" in shown.text
    assert "Câu 0?" not in shown.text
    assert len(shown.content) < 4 * LIMITS.conversation_characters
    many = {**turns[0], "spans": [""] * 10_000}
    assert call(anyone, "_open", [], event_data={"conversation": json.dumps({"turns": [many]})}).status_code == 422


@pytest.mark.parametrize("page", PAGES)
def test_sessions_of_open_pages_are_limited(web_library: Library, page: str) -> None:
    app = build_site(web_library)
    mounted = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == page)
    blocks = mounted.get_blocks()
    for number in range(LIMITS.sessions + 20):
        _ = blocks.state_holder[f"session-{number}"]
    assert len(blocks.state_holder.session_data) == LIMITS.sessions
    states = [block for block in blocks.blocks.values() if isinstance(block, gr.State)]
    assert len(states) == 2
    assert all(state.time_to_live == LIMITS.session_seconds for state in states)
