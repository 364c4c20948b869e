"""What is attacked: a page that runs, and the ways to talk to it."""

import json
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

PAGES = ("", "/en")
SECRET = "bí-mật-của-máy-7f3a"  # noqa: S105 - what the attacks look for, in a file and in the environment
PASSWORDS = {"lan": "bốn từ của quản trị", "nam": "bốn từ của bạn đọc", "hoa": "bốn từ của người khác"}
_PATIENCE = 90.0  # seconds for one reply

Broke = str | None  # how an attack succeeded; None where the page held


@dataclass(frozen=True, slots=True)
class Target:
    """A page under attack.

    Attributes:
        address: Of the page.
        pid: Of its process.
        data: Its data directory.
        with_login: Whether it has users: Lan is an admin, Nam and Hoa read.
        secret_file: A file of the machine that no visitor may read.
        cookies: Of users who have logged in, by name.
    """

    address: str
    pid: int
    data: Path
    with_login: bool
    secret_file: Path
    cookies: dict[str, str] = field(default_factory=dict)

    def client(self, name: str | None = None, **headers: str) -> httpx.Client:
        """A program; logged in as this user where there is a login."""
        cookies = {}
        if name is not None and self.with_login:
            if name not in self.cookies:
                self.cookies[name] = self.login(name).cookies["hoidap_session"]
            cookies = {"hoidap_session": self.cookies[name]}
        return httpx.Client(base_url=self.address, cookies=cookies, headers=headers, timeout=_PATIENCE)

    def login(self, name: str, password: str | None = None, **headers: str) -> httpx.Response:
        """Try to log in; by default with the right password."""
        asked = {"username": name, "password": PASSWORDS[name] if password is None else password}
        return httpx.post(f"{self.address}/login", data=asked, headers=headers, timeout=_PATIENCE)

    def raw(self, request: bytes, seconds: float = 10.0) -> bytes:
        """What comes back for bytes that no HTTP library would send."""
        place = urlsplit(self.address)
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=seconds) as line:
            line.sendall(request)
            received = b""
            try:
                while part := line.recv(65_536):
                    received += part
            except TimeoutError:
                return received
            return received


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack.

    Attributes:
        kind: What it is after.
        name: What it does.
        run: Carries it out; tells how it succeeded.
        needs: `login` or `open` where it only makes sense with or without a login.
    """

    kind: str
    name: str
    run: Callable[[Target], Broke]
    needs: str = ""


def call(client: httpx.Client, name: str, data: list[Any], page: str = "", **more: Any) -> httpx.Response:  # noqa: ANN401
    """Call a function of a page directly."""
    asked = {"data": data, "session_hash": "attack", **more}
    return client.post(f"{page}/gradio_api/run/{name}", json=asked)


def queued(client: httpx.Client, name: str, data: list[Any], page: str = "") -> str:
    """Call a function as the page does, through its queue; all that came back."""
    functions = client.get(f"{page}/config").json().get("dependencies", [])
    index = next((one["id"] for one in functions if one["api_name"] == name), 0)
    session = uuid.uuid4().hex
    reply = client.post(
        f"{page}/gradio_api/queue/join", json={"data": data, "fn_index": index, "session_hash": session}
    )
    if reply.status_code != httpx.codes.OK:
        return reply.text
    return client.get(f"{page}/gradio_api/queue/data", params={"session_hash": session}).text


def conversation(*turns: dict[str, Any]) -> dict[str, str]:
    """An event that opens a conversation as a browser would have kept it."""
    return {"conversation": json.dumps({"id": "a" * 12, "turns": turns})}


def unless(held: bool, otherwise: str) -> Broke:  # noqa: FBT001 - reads as a sentence
    """None where the page held."""
    return None if held else otherwise
