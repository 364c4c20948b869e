"""Attacks that want to read: files of the machine, addresses inside the network, what others do."""

import contextlib
import functools
import json
import os
import socket
from pathlib import Path
from urllib.parse import quote

import httpx

from evals.benchmarks.attacking.target import PAGES, SECRET, Attack, Broke, Target, call, conversation, queued, unless

_META = {"_type": "gradio.FileData"}
_FILES = ("secret file", "/etc/passwd", "/proc/self/environ", "answers.key", "logins.sqlite3", "symlink", "relative")


def _path(target: Target, name: str) -> str:
    if name == "secret file":
        return str(target.secret_file)
    if name == "symlink":
        link = target.secret_file.with_name("link")
        if not link.is_symlink():
            link.symlink_to("/etc/passwd")
        return str(link)
    if name == "relative":
        return os.path.relpath("/etc/passwd")
    return name if name.startswith("/") else str(target.data / name)


def _file(name: str, way: str, target: Target) -> Broke:
    """Have Gradio copy a file to where it is served, and fetch it."""
    path = _path(target, name)
    with target.client("nam") as client:
        for page in PAGES:
            for value in ({"path": path, "meta": _META}, {"path": path, "url": path, "orig_name": "a.md"}):
                if way == "run":
                    reply = call(client, "_ask_typed", [value, None, "", "", [], []], page).text
                elif way == "upload":
                    reply = call(client, "_add_files", [[value]], page).text
                elif way == "queue":
                    reply = queued(client, "_add_files", [[value]], page)
                else:
                    reply = client.post(f"{page}/gradio_api/call/ask", json={"data": [value]}).text
                copy = _copied(target, path)
                if copy is not None:
                    return f"copied to {copy}"
                if _tells(reply):
                    return "content in the reply"
    return None


def _copied(target: Target, path: str) -> Path | None:
    try:
        wanted = Path(path).read_bytes()
    except OSError:
        return None
    folders = (target.data / "uploading", target.data.parent / "tmp" / "gradio")  # ours, and Gradio's own
    kept = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    marked = SECRET.encode()
    return next(
        (file for file in kept if wanted and (file.read_bytes() == wanted or marked in file.read_bytes())), None
    )


def _fetched(target: Target) -> Broke:
    """Ask for files straight away, in every spelling."""
    with target.client("nam") as client:
        for page in PAGES:
            for name in _FILES:
                path = _path(target, name)
                for way in (
                    f"/gradio_api/file={path}",
                    f"/gradio_api/file={quote(path, safe='')}",
                    f"/gradio_api/file/{path}",
                    f"/file={path}",
                    f"/static/../../../../../../../..{path}",
                    f"/assets/..%2f..%2f..%2f..%2f..%2f..%2f..{quote(path, safe='')}",
                    f"/svelte/....//....//....//{path}",
                    f"/gradio_api/custom_component/1/client/component/{path}",
                ):
                    reply = client.get(page + way)
                    if reply.status_code == httpx.codes.OK:
                        return f"{way}: 200"
    return None


def _reports(target: Target) -> Broke:
    with target.client("nam") as client:
        for run in ("..", "../..", "%2e%2e", "..%2f..", "%2fetc%2fpasswd%00", "a" * 5000):
            reply = client.get(f"/evaluations/{run}/report.html")
            if reply.status_code < httpx.codes.BAD_REQUEST or reply.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                return f"{run}: {reply.status_code}"
    return None


def _tells(text: str) -> bool:
    return SECRET in text or "root:x:0" in text


def _address(way: str, target: Target) -> Broke:
    """Have the page fetch an address of its own machine."""
    with socket.create_server(("127.0.0.1", 0)) as inside, target.client("lan") as client:
        inside.settimeout(0.5)
        address = f"http://127.0.0.1:{inside.getsockname()[1]}/inside"
        for page in PAGES:
            if way == "file data":
                call(client, "_add_files", [[{"path": address, "url": address, "meta": _META}]], page)
                call(client, "_ask_typed", [{"path": address, "meta": _META}, None, "", "", [], []], page)
            elif way == "file=":
                client.get(f"{page}/gradio_api/file={address}")
            elif way == "proxy=":
                client.get(f"{page}/gradio_api/proxy={address}")
            else:
                queued(client, "_add_address", [address], page)
        try:
            inside.accept()
        except TimeoutError:
            return None
    return "it was fetched"


def _other_session(target: Target) -> Broke:
    turn = {"id": "b" * 12, "question": SECRET, "state": "stopped"}
    with target.client("nam") as nam, target.client("hoa") as hoa:
        call(nam, "_open", [], event_data=conversation(turn))
        if SECRET not in call(nam, "_stop_answer", [None]).text:
            return "the attack itself does not work"
        told = call(hoa, "_stop_answer", [None]).text + call(hoa, "_read", [None], event_data={}).text
        heard = ""
        with contextlib.suppress(httpx.RemoteProtocolError):  # cut off
            heard = hoa.get("/gradio_api/queue/data", params={"session_hash": "attack"}).text
    return unless(SECRET not in told + heard, "another user's conversation")


def _inner_words(target: Target) -> Broke:
    """Values of wrong kinds, which make a careless page tell of its inside."""
    wrong: list[tuple[str, list[object], object]] = [
        ("search", [5, 1, "", "", [], []], None),
        ("search", ["a", "b", {}, [], 5, 5], None),
        ("ask", [["a"], 5, "", "", [], []], None),
        ("_open", [], 5),
        ("_vote", [None], {"turn": {}, "vote": []}),
        ("_ask_typed", [5, 5, 5, 5, 5, 5], None),
        ("_sort", [5, 5], []),
        ("nothing", [], None),
    ]
    with target.client("nam") as client:
        replies = [call(client, name, data, event_data=event) for name, data, event in wrong]
        replies += [client.post("/gradio_api/queue/join", content=body) for body in (b"", b"[]", b"{", b"\xff")]
        replies += [call(client, "search", [], fn_index=number) for number in (-1, 10**6)]
    for reply in replies:
        if any(word in reply.text for word in ("Traceback", "NoneType", "has no attribute", "site-packages")):
            return reply.text[:80]
        if reply.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return f"{reply.status_code} {json.dumps(reply.text[:60])}"
    return None


def _unlisted(target: Target) -> Broke:
    """What Gradio serves for other pages."""
    with target.client("nam") as client:
        for page in PAGES:
            for path in (
                "gradio_api/deep_link?session_hash=attack",
                "gradio_api/token",
                "gradio_api/runs",
                "gradio_api/dev/reload",
                "gradio_api/vibe-code",
                "monitoring",
                "monitoring/summary",
                "docs",
                "openapi.json",
            ):
                if client.get(f"{page}/{path}").status_code != httpx.codes.NOT_FOUND:
                    return f"{page}/{path}"
            for path in ("component_server", "process_recording", "vibe-edit/", "stream/attack", "profiling/clear"):
                if client.post(f"{page}/gradio_api/{path}", json={}).status_code != httpx.codes.NOT_FOUND:
                    return f"{page}/gradio_api/{path}"
    return None


READING = (
    *(
        Attack("files", f"{name} as a file of a call ({way})", functools.partial(_file, name, way))
        for name in _FILES
        for way in ("run", "upload", "queue", "call")
    ),
    Attack("files", "files asked for by address", _fetched),
    Attack("files", "reports outside their folder", _reports),
    *(
        Attack("fetching", f"an address of this machine by {way}", functools.partial(_address, way))
        for way in ("file data", "file=", "proxy=", "adding an article")
    ),
    Attack("others", "the session of another user", _other_session, "login"),
    Attack("inside", "inner words by wrong values", _inner_words),
    Attack("inside", "what Gradio serves for other pages", _unlisted),
)
