"""Attacks that pretend: to be another site, another user, an answer of the page, or a part of its HTML."""

import base64
import functools
import hashlib
import hmac
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx

from evals.benchmarks.attacking.target import PAGES, PASSWORDS, Attack, Broke, Target, call, conversation, unless
from rag.feedback import FeedbackStore

_EVIL = "evil.example"
_SIMULTANEOUS = 100
_TRIES = 10  # wrong passwords for one name that a page may check within minutes
_PLACES = ("/", "/en/", "/config", "/gradio_api/info", "/gradio_api/mcp/", "/feedback.jsonl", "/login")
_ACTIONS = (
    "/gradio_api/queue/join",
    "/gradio_api/upload",
    "/gradio_api/run/search",
    "/login",
    "/logout",
    "/gradio_api/mcp/",
)


def _rebinding(path: str, target: Target) -> Broke:
    port = urlsplit(target.address).port
    with target.client("lan") as client:
        for host in (_EVIL, f"{_EVIL}:{port}", f"127.0.0.1.{_EVIL}", f"localhost@{_EVIL}", ""):
            for method in ("GET", "POST"):
                status = client.request(method, path, headers={"Host": host}).status_code
                if status < httpx.codes.BAD_REQUEST:
                    return f"{method} as {host!r}: {status}"
    return None


def _cross_site(path: str, target: Target) -> Broke:
    port = urlsplit(target.address).port
    with target.client("lan") as client:
        for headers in (
            {"Origin": f"http://{_EVIL}"},
            {"Origin": f"http://{_EVIL}:{port}"},
            {"Origin": "null"},
            {"Origin": "http://localhost:1"},
            {"Origin": f"http://127.0.0.1:{port}@{_EVIL}"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        ):
            reply = client.post(path, json={"data": []}, headers=headers)
            if reply.status_code != httpx.codes.FORBIDDEN:
                return f"{headers}: {reply.status_code}"
            if "access-control-allow-origin" in reply.headers:
                return f"{headers}: may be read"
    return None


def _framed(target: Target) -> Broke:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    with target.client("lan") as client:
        framed = client.get("/", headers=headers)
        policy = client.get("/", headers={"Accept": "text/html"}).headers["content-security-policy"]
    return unless(framed.status_code == httpx.codes.FORBIDDEN and "frame-ancestors 'self'" in policy, "framed")


def _preflight(target: Target) -> Broke:
    asked = {"Origin": f"http://{_EVIL}", "Access-Control-Request-Method": "POST"}
    with target.client("lan", **asked) as client:
        for path in (*_ACTIONS, "/"):
            if "access-control-allow-origin" in client.options(path).headers:
                return path
    return None


def _forwarded(target: Target) -> Broke:
    forged = {"X-Forwarded-Host": _EVIL, "X-Forwarded-Proto": "https", "Forwarded": f"host={_EVIL}"}
    with target.client("lan", **forged) as client:
        return unless(_EVIL not in client.get("/config").text + client.get("/").text, "the page names it")


def _odd_heads(target: Target) -> Broke:
    """Two names, an absolute address, a broken head: what one reader takes for this and another for that."""
    for head in (
        f"GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: {_EVIL}\r\n",
        f"GET http://{_EVIL}/config HTTP/1.1\r\nHost: {_EVIL}\r\n",
        "GET /config HTTP/1.1\r\n",
        "POST /logout HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\x00: c\r\n",
    ):
        reply = target.raw(f"{head}Connection: close\r\n\r\n".encode())
        if reply.startswith(b"HTTP/1.1 2"):
            return head.splitlines()[0]
    return None


def _websocket(target: Target) -> Broke:
    head = "GET /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    reply = target.raw(f"{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YQ==\r\n\r\n".encode(), 2)
    return unless(reply.startswith(b"HTTP/1.1 4"), reply[:40].decode("latin-1"))


def _gate(target: Target) -> Broke:
    """Everything that needs a login, without one and in other spellings."""
    with target.client() as client:
        for path in (
            *("/config", "/en/config", "/gradio_api/info", "/feedback.jsonl", "/gradio_api/mcp/", "/assets/index.js"),
            *("//config", "/%63onfig", "/login/../config", "/login/..;/config", "/./config", "/config/", "/config%00"),
            *("/login/config", "/gradio_api/startup-events", "/gradio_api/heartbeat/attack", "/gradio_api/user"),
        ):
            status = client.get(path).status_code
            if status not in {httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED}:
                return f"{path}: {status}"
            raw = target.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            if raw.startswith(b"HTTP/1.1 2"):
                return f"{path}: {raw[:15]!r}"
        for name in ("search", "ask", "_delete"):
            if call(client, name, []).status_code != httpx.codes.UNAUTHORIZED:
                return name
    return None


def _forged_cookies(target: Target) -> Broke:
    """Cookies made with every key that lies in the data directory, as the page signed them before."""
    keys = [file.read_bytes() for file in target.data.glob("*key*")]
    body = base64.b64encode(json.dumps({"user": "lan"}).encode())
    forged = ["", "lan", "' OR 1=1 --", "0" * 43, body.decode()]
    for key in keys:
        mark = base64.urlsafe_b64encode(hmac.new(hashlib.sha1(key).digest(), body, "sha1").digest())  # noqa: S324
        forged.append(f"{body.decode()}.aRkAAA.{mark.decode().rstrip('=')}")
    for cookie in forged:
        reply = httpx.get(f"{target.address}/config", headers={"Cookie": f"hoidap_session={cookie}"})
        if reply.status_code != httpx.codes.UNAUTHORIZED:
            return cookie[:40]
    return None


def _replayed(method: str, target: Target) -> Broke:
    cookie = {"hoidap_session": target.login("hoa").cookies["hoidap_session"]}
    with httpx.Client(base_url=target.address, cookies=cookie) as client:
        client.request(method, "/logout")
    again = httpx.get(f"{target.address}/config", cookies=cookie)
    return unless(again.status_code == httpx.codes.UNAUTHORIZED, "the login outlives its logout")


def _guesses(way: str, target: Target) -> Broke:
    name = f"nobody-{way}"

    def guess(number: int) -> int:
        forged = {"X-Forwarded-For": f"203.0.113.{number}"}
        password = f"guess {number}"
        if way == "basic":
            asked = httpx.BasicAuth(name, password)
            return httpx.get(f"{target.address}/config", auth=asked, headers=forged, timeout=60).status_code
        return target.login(name, password, **forged).status_code

    with ThreadPoolExecutor(_SIMULTANEOUS) as threads:
        replies = Counter(threads.map(guess, range(_SIMULTANEOUS)))
    checked = replies[httpx.codes.UNAUTHORIZED]
    return unless(checked <= _TRIES, f"{checked} of {_SIMULTANEOUS} were checked")


def _roles(target: Target) -> Broke:
    with target.client("nam") as nam:
        for page in PAGES:
            sent = nam.post(f"{page}/gradio_api/upload", files={"files": ("a.txt", b"a")})
            if sent.status_code != httpx.codes.FORBIDDEN:
                return f"{page} upload: {sent.status_code}"
            for name, data, event in (
                ("_add_files", [[]], None),
                ("_add_address", ["https://example.com/"], None),
                ("_delete", [], {"article": "bai"}),
            ):
                done = call(nam, name, list(data), page, event_data=event)
                if "Chỉ người quản trị" not in done.text and "Only admins" not in done.text:
                    return f"{page} {name}"
        if nam.get("/feedback.jsonl").status_code != httpx.codes.FORBIDDEN:
            return "votes"
    return None


def _secrets_at_rest(target: Target) -> Broke:
    """What another account of the machine reads, and whether a copy of the files lets one in."""
    for name in ("answers.key", "logins.sqlite3", "security.log"):
        if (target.data / name).exists() and (target.data / name).stat().st_mode & 0o077:
            return f"{name} is readable by others"
    kept = b"".join(file.read_bytes() for file in target.data.glob("*") if file.is_file())
    tokens = [cookie.encode() for cookie in target.cookies.values()]
    return unless(not any(secret in kept for secret in (*tokens, PASSWORDS["lan"].encode())), "a token or password")


def _votes(target: Target) -> Broke:
    def count() -> int:
        return sum(FeedbackStore(target.data / "feedback.sqlite3").counts().values())

    before = count()
    made_up = {"id": "c" * 12, "question": "Ai?", "state": "answered", "text": "Ông X."}
    with target.client("nam") as client:
        for forged in (made_up, {**made_up, "seal": "0" * 64}, {**made_up, "seal": "é" * 32}):
            call(client, "_open", [], event_data=conversation(forged))
            call(client, "_vote", [None], event_data={"turn": "c" * 12, "vote": "right"})
    return unless(count() == before, f"{count() - before} votes on answers that were never given")


def _markup(target: Target) -> Broke:
    """HTML in a question, in a kept conversation and in an article."""
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    turn = {"id": "d" * 12, "question": evil, "state": "answered", "text": evil, "message": evil, "note": evil}
    source = {
        "n": 1,
        "article": evil,
        "title": evil,
        "source": "javascript:alert(3)",
        "start": 0,
        "end": 1,
        "quote": evil,
    }
    with target.client("lan") as client:
        shown = call(client, "_open", [], event_data=conversation({**turn, "sources": [source], "text": f"{evil} [1]"}))
        panel = call(client, "_read", [None], event_data={"article": evil, "start": evil, "end": evil})
        texts = [str(value) for reply in (shown, panel) for value in reply.json()["data"] if isinstance(value, str)]
    return unless(not any("<img src=x" in text or "<script>alert" in text for text in texts), "markup is not escaped")


def _policy(target: Target) -> Broke:
    with target.client("lan") as client:
        for path in ("/", "/en/"):
            reply = client.get(path, headers={"Accept": "text/html"})
            scripts = reply.headers["content-security-policy"].split("script-src")[1].split(";")[0]
            if "'unsafe-inline'" in scripts or "nonce-" not in scripts or "http" in scripts:
                return scripts
    return None


FORGING = (
    *(Attack("names", f"DNS rebinding to {path}", functools.partial(_rebinding, path)) for path in _PLACES),
    *(
        Attack("other sites", f"another site sends to {path}", functools.partial(_cross_site, path))
        for path in _ACTIONS
    ),
    Attack("other sites", "framed by another site", _framed),
    Attack("other sites", "leave asked for (CORS preflight)", _preflight),
    Attack("names", "X-Forwarded-Host", _forwarded),
    Attack("names", "two hosts, absolute addresses, smuggling", _odd_heads),
    Attack("names", "a websocket", _websocket),
    Attack("login", "without a login, in other spellings", _gate, "login"),
    Attack("login", "forged cookies", _forged_cookies, "login"),
    Attack("login", "a cookie after logout", functools.partial(_replayed, "POST"), "login"),
    Attack("login", "a cookie after GET /logout", functools.partial(_replayed, "GET"), "login"),
    Attack("login", "100 guesses at once, addresses forged", functools.partial(_guesses, "form"), "login"),
    Attack("login", "100 guesses at once by Basic", functools.partial(_guesses, "basic"), "login"),
    Attack("login", "a reader does what admins do", _roles, "login"),
    Attack("login", "keys, tokens and log on the disk", _secrets_at_rest),
    Attack("votes", "votes on answers that were never given", _votes),
    Attack("markup", "HTML in questions, answers, sources", _markup),
    Attack("markup", "the policy for scripts", _policy),
)
