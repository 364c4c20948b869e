"""Attacks that want to keep the page from answering: too large, too deep, too many, too slow."""

import functools
import json
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx

from evals.benchmarks.attacking.target import PAGES, Attack, Broke, Target, call, conversation, queued, unless
from evals.benchmarks.processes import resident_megabytes

_MEGABYTE = b"x" * 1_000_000
_REFUSED = frozenset({400, 403, 408, 413, 422, 429, 503})
_QUESTION = ["Giàn BK-24 khánh thành khi nào?", 1, "", "", [], []]
_SLOW_HEAD = 15.0  # seconds after which a head that is not whole must have been given up
_SLOW_BODY = 30.0
_AT_ONCE = 90  # questions of one visitor
_ANSWERED_WITHIN = 10.0  # seconds, for one question of another beside them


def _pieces(megabytes: int) -> Iterator[bytes]:
    yield b'{"data": ["'
    for _ in range(megabytes):
        yield _MEGABYTE
    yield b'"]}'


def _memory(target: Target, most: float, attack: Callable[[], object]) -> Broke:
    """Run an attack; it succeeds if the page holds so many more MB afterwards."""
    before = resident_megabytes(target.pid)
    attack()
    grown = resident_megabytes(target.pid) - before
    return unless(grown <= most, f"+{grown:.0f} MB")


def _large(path: str, target: Target) -> Broke:
    def send() -> None:
        with target.client("nam") as client:
            for body in (_pieces(300), b'{"data": ["' + _MEGABYTE * 3 + b'"]}'):
                try:
                    statuses.append(client.post(path, content=body).status_code)
                except httpx.TransportError:  # cut off
                    statuses.append(413)

    statuses: list[int] = []
    grown = _memory(target, 30, send)
    return grown or unless(set(statuses) <= _REFUSED | {404}, str(statuses))


def _nested(target: Target) -> Broke:
    bodies = (
        "[" * 1_000_000,
        '{"data": [' + '{"a": ' * 100_000,
        '{"data": ' + "[" * 900 + "]" * 900 + "}",
        '{"data": [' + "9" * 1_000_000 + "]}",
        '{"data": [1e999999, NaN, -Infinity]}',
        '{"data": ["\\ud800"], "session_hash": "\\udfff"}',
        '{"data": [], "session_hash": "' + "a" * 100_000 + '"}',
    )
    with target.client("nam") as client:
        for body in bodies:
            status = client.post("/gradio_api/run/search", content=body).status_code
            if status not in _REFUSED:
                return f"{body[:20]}: {status}"
    return None


def _conversations(target: Target) -> Broke:
    """60 forged conversations, as large as a request may be, each in a session of its own."""
    scores = dict.fromkeys(("total", "cosine", "lexical", "sentence", "time"), 0)
    passage = {"article": "a", "title": "b", "start": 0, "end": 1, "text": "c", **scores}
    turn = {"id": "e" * 12, "question": "Câu?", "state": "answered", "text": "ệ" * 500, "ranking": [passage] * 150}

    def send() -> None:
        with target.client("nam") as client:
            for number in range(60):
                turns = [{**turn, "id": f"{number:06}{place:06}"} for place in range(60)]
                call(client, "_open", [], event_data=conversation(*turns), session_hash=f"forged{number}")

    return _memory(target, 100, send)


def _sessions(target: Target) -> Broke:
    def send() -> None:
        with target.client("nam") as client:
            for number in range(1000):
                call(client, "_search", ["", None], PAGES[number % 2], session_hash=f"new{number}")

    return _memory(target, 150, send)


def _upload(way: str, target: Target) -> Broke:
    """Files that are too large, or kept for ever, or that want to lie elsewhere."""
    waiting = target.data / "uploading"
    with target.client("lan") as client:
        statuses = []
        for number in range(4):
            try:
                if way == "large":
                    reply = client.post("/gradio_api/upload", files={"files": ("a.txt", _MEGABYTE * 60)})
                elif way == "names":
                    names = ("../../evil.txt", "/etc/evil.txt", "a\x00.txt", "..", "x" * 400 + ".txt")
                    sent = {"files": (names[number], uuid.uuid4().bytes)}
                    reply = client.post("/gradio_api/upload", files=sent)
                else:
                    head = b"--x\r\nContent-Disposition: form-data; name=files; filename=a.txt\r\n\r\n"
                    kind = {"Content-Type": "multipart/form-data; boundary=x"}
                    body = (part for part in (head, *[_MEGABYTE] * 900))
                    reply = client.post("/gradio_api/upload", content=body, headers=kind)
                statuses.append(reply.status_code)
            except httpx.TransportError:
                statuses.append(413)
        size = sum(file.stat().st_size for file in waiting.rglob("*") if file.is_file())
    if way == "names":
        outside = [file for file in target.data.rglob("*evil*") if waiting not in file.parents]
        return unless(not outside and 500 not in statuses, f"{outside} {statuses}")  # noqa: PLR2004 - a status
    return unless(200 not in statuses and size <= 2_600_000_000, f"{statuses}, {size / 1e6:.0f} MB kept")  # noqa: PLR2004


def _slow(request: bytes, drop: bytes, within: float, target: Target) -> Broke:
    """200 connections that send a byte now and then; meanwhile the page has to answer."""
    place = urlsplit(target.address)
    lines = [socket.create_connection((place.hostname or "", place.port or 80)) for _ in range(200)]
    started = time.monotonic()
    try:
        for line in lines:
            line.sendall(request)
            line.settimeout(0)
        if httpx.get(f"{target.address}/login", timeout=20).status_code >= 500:  # noqa: PLR2004 - a status
            return "the page does not answer"
        open_lines = set(lines)
        while open_lines and time.monotonic() - started < within:
            time.sleep(0.5)
            for line in list(open_lines):
                try:
                    line.send(drop)
                    if line.recv(4096) is not None:
                        open_lines.discard(line)
                except BlockingIOError:
                    continue
                except OSError:
                    open_lines.discard(line)
        return unless(not open_lines, f"{len(open_lines)} of {len(lines)} still open after {within:.0f} s")
    finally:
        for line in lines:
            line.close()


def _slow_head(target: Target) -> Broke:
    return _slow(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", b"a", _SLOW_HEAD, target)


def _slow_body(target: Target) -> Broke:
    head = b"POST /gradio_api/run/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\n"
    return _slow(head, b"a", _SLOW_BODY, target)


def _crowd(target: Target) -> Broke:
    """One visitor with 90 questions at once, beside another one with one."""
    over = threading.Event()
    statuses = Counter[int]()

    def ask() -> None:
        with target.client("nam") as client:
            while not over.is_set():
                statuses[call(client, "ask", [_QUESTION[0], None, "", "", [], []]).status_code] += 1

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in range(_AT_ONCE):
            threads.submit(ask)
        time.sleep(3)
        took = []
        # Without a login two visitors differ by their address alone.
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        cookies = {} if not target.with_login else {"hoidap_session": _login_of(target, "hoa")}
        with httpx.Client(base_url=target.address, transport=transport, cookies=cookies, timeout=60) as other:
            for _ in range(3):
                started = time.monotonic()
                reply = call(other, "ask", [_QUESTION[0], None, "", "", [], []])
                took.append(time.monotonic() - started if reply.status_code == httpx.codes.OK else float("inf"))
        over.set()
    if set(statuses) - _REFUSED - {200}:
        return str(dict(statuses))
    return unless(max(took) <= _ANSWERED_WITHIN, f"the other waited {max(took):.1f} s")


def _login_of(target: Target, name: str) -> str:
    with target.client(name):
        return target.cookies[name]


def _questions(target: Target) -> Broke:
    """Questions that a careless pattern never gets through."""
    slowest = 0.0
    texts = (
        "a" * 500,
        "(" * 500,
        "1." * 250,
        " " * 499 + "?",
        "ai là " * 80,
        "\u0301" * 500,
        "\u202e" * 500,
        "%s{0}" * 100,
    )
    with target.client("nam") as client:
        for text in texts:
            started = time.monotonic()
            status = call(client, "search", [text, 1, "", "", [], []]).status_code
            slowest = max(slowest, time.monotonic() - started)
            if status >= 500:  # noqa: PLR2004 - a status
                return f"{text[:10]!r}: {status}"
    return unless(slowest < 5, f"{slowest:.1f} s")  # noqa: PLR2004 - seconds


def _streams(target: Target) -> Broke:
    """More open streams than one visitor may have; the page still answers others and, afterwards, this one."""
    place = urlsplit(target.address)
    cookie = f"Cookie: hoidap_session={_login_of(target, 'nam')}\r\n" if target.with_login else ""
    lines = []
    try:
        for number in range(400):
            line = socket.create_connection((place.hostname or "", place.port or 80))
            head = f"GET /gradio_api/heartbeat/stream{number} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}\r\n"
            line.sendall(head.encode())
            lines.append(line)
        lines[-1].settimeout(20)
        refused = lines[-1].recv(100)
        other = httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"), timeout=20)
        answered = other.get(f"{target.address}/login").status_code < 500  # noqa: PLR2004 - a status
    finally:
        for line in lines:
            line.close()
    return unless(refused.startswith((b"HTTP/1.1 429", b"HTTP/1.1 503")) and answered, refused[:20].decode("latin-1"))


def _bomb(target: Target) -> Broke:
    """An article whose front matter grows without end, uploaded by one who may."""
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))]
    text = "\n".join(["---", "title: bom", *lines, "publisher: *a8", "---", "Thân bài."])
    started = time.monotonic()
    with target.client("lan") as client:
        sent = client.post("/gradio_api/upload", files={"files": ("bom.md", text.encode())})
        if sent.status_code != httpx.codes.OK:
            return sent.text[:60]
        told = queued(client, "_add_files", [[{"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}]])
        took = time.monotonic() - started
        answers = call(client, "search", _QUESTION).status_code == httpx.codes.OK
    return unless(answers and took < 20 and '"success":true' in told, f"{took:.0f} s, {json.dumps(told[-80:])}")  # noqa: PLR2004


FLOODING = (
    *(
        Attack("size", f"300 MB to {path}", functools.partial(_large, path))
        for path in (
            *("/gradio_api/run/search", "/gradio_api/queue/join", "/gradio_api/call/ask", "/gradio_api/cancel"),
            *("/gradio_api/call/v2/ask", "/gradio_api/mcp/", "/login"),
        )
    ),
    Attack("size", "JSON too deep, too long numbers, half characters", _nested),
    Attack("memory", "60 forged conversations", _conversations),
    Attack("memory", "1,000 sessions", _sessions),
    *(Attack("uploads", f"uploads: {way}", functools.partial(_upload, way)) for way in ("large", "endless", "names")),
    Attack("uploads", "an article that grows while it is read", _bomb),
    Attack("time", "200 slow heads", _slow_head),
    Attack("time", "200 slow bodies", _slow_body),
    Attack("time", "90 questions of one visitor at once", _crowd),
    Attack("time", "400 open streams of one visitor", _streams),
    Attack("time", "questions for slow patterns", _questions),
)
