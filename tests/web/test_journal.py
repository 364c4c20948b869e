"""The security log holds who did what, without secrets, and cannot be made to say what did not happen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import OpenLibrary, Write
from web_support import call, logged_in, queued

from rag.web.journal import Journal
from rag.web.server import running_page

_FILE = {"_type": "gradio.FileData"}


@pytest.fixture
def watched(open_library: OpenLibrary, users_file: Path, write: Write, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a site with a login, and its security log."""
    write(tmp_path / "articles" / "bai.md", "Giàn BK-24 khánh thành ngày 02/09/2021.")
    with open_library(tmp_path / "data", users_file=users_file) as library:
        library.sync([tmp_path / "articles"])
        with running_page(library, "127.0.0.1", 0) as address:
            yield address, tmp_path / "data" / "security.log"


def _entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_users_and_strangers_do_is_noted_and_no_secret_is(watched: tuple[str, Path]) -> None:
    address, log = watched
    forged = 'lan"}\n{"event": "login", "user": "lan'
    httpx.post(f"{address}/login", data={"username": forged, "password": "mật khẩu đoán"})
    httpx.get(address, headers={"Host": "evil.example"})
    httpx.post(f"{address}/login", headers={"Origin": "http://evil.example"})
    with logged_in(address, "lan") as lan, logged_in(address, "nam") as nam:
        (path,) = lan.post("/gradio_api/upload", files={"files": ("cau.txt", "Cầu\nCầu dài 5 km.".encode())}).json()
        queued(lan, "_add_files", [[{"path": path, "meta": _FILE}]])
        assert call(lan, "_delete", [], event_data={"article": "cau"}).status_code == 200
        lan.get("/feedback.jsonl")
        nam.post("/gradio_api/upload", files={"files": ("x.txt", b"x")})
        call(nam, "_add_files", [[{"path": "/etc/passwd", "meta": _FILE}]])
        lan.post("/logout")
        token = lan.cookies.get("hoidap_session") or nam.cookies["hoidap_session"]
    seen = [(entry["event"], entry["user"]) for entry in _entries(log)]
    assert seen == [
        ("login failed", None),
        ("host refused", None),
        ("origin refused", None),
        ("login", "lan"),
        ("login", "nam"),
        ("upload", "lan"),
        ("articles added", "lan"),
        ("article deleted", "lan"),
        ("votes exported", "lan"),
        ("upload refused", "nam"),
        ("call refused", "nam"),
        ("logout", "lan"),
    ]
    assert {entry["address"] for entry in _entries(log)} == {"127.0.0.1"}
    text = log.read_text(encoding="utf-8")
    assert token not in text
    assert "mật khẩu" not in json.dumps(_entries(log), ensure_ascii=False)
    assert log.stat().st_mode & 0o077 == 0


def test_the_log_is_bounded_and_stays_the_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.web.journal._LARGEST", 2000)
    journal = Journal(tmp_path / "security.log")
    for _ in range(200):
        journal.note("login", {"type": "http", "client": ("203.0.113.1", 1)}, name="x" * 10_000)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["security.log", *(f"security.log.{number}" for number in (1, 2, 3))]
    assert all(file.stat().st_size <= 2000 and file.stat().st_mode & 0o077 == 0 for file in files)


def test_a_flood_of_refusals_does_not_push_out_what_others_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.web.journal.time.monotonic", lambda: 600.0)
    journal = Journal(tmp_path / "security.log")
    journal.note("login", {"type": "http", "client": ("203.0.113.2", 1)})
    for number in range(1000):
        journal.note("host refused", {"type": "http", "client": ("203.0.113.1", number)}, host="x" * 200)
    journal.note("host refused", {"type": "http", "client": ("203.0.113.3", 1)})
    noted = [(entry["event"], entry["address"]) for entry in _entries(tmp_path / "security.log")]
    assert (noted[0], noted[-1]) == (("login", "203.0.113.2"), ("host refused", "203.0.113.3"))
    assert len(noted) < 100
