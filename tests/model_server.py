"""A small OpenAI-compatible server that says what a test tells it to, over real HTTP.

Also a program of its own, so that a test can kill it: `python model_server.py ADDRESS_FILE "a sentence" "another"`
says the sentences and then hangs.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

# What one request gets: pieces of text, or something else done to the connection.
Script = Callable[["Reply"], None]


class Reply:
    """The open answer to one request."""

    def __init__(self, handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        self._handler = handler
        self.request = request

    def open(self, status: int = 200, kind: str = "text/event-stream") -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()

    def raw(self, data: str) -> None:
        self._handler.wfile.write(data.encode())
        self._handler.wfile.flush()

    def piece(self, text: str | None, reason: str | None = None, usage: dict[str, int] | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text} if text is not None else {}, "finish_reason": reason}
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
        self.raw(f"data: {json.dumps({**chunk, 'choices': [] if usage else [choice], 'usage': usage})}\n\n")

    def close_properly(self) -> None:
        self.piece(None, "stop")
        self.piece(None, usage={"prompt_tokens": 321, "completion_tokens": 12, "total_tokens": 333})
        self.raw("data: [DONE]\n\n")


def says(*pieces: str, pause: float = 0.0) -> Script:
    """A whole answer, in pieces."""

    def script(reply: Reply) -> None:
        reply.open()
        for piece in pieces:
            reply.piece(piece)
            time.sleep(pause)
        reply.close_properly()

    return script


def breaks_off(*pieces: str) -> Script:
    """An answer whose connection is cut."""

    def script(reply: Reply) -> None:
        reply.open()
        for piece in pieces:
            reply.piece(piece)

    return script


def sends(text: str, status: int = 200, kind: str = "text/event-stream") -> Script:
    """Exactly these characters."""

    def script(reply: Reply) -> None:
        reply.open(status, kind)
        reply.raw(text)

    return script


def hangs(released: threading.Event, *pieces: str) -> Script:
    """Says something and then nothing more until released."""

    def script(reply: Reply) -> None:
        reply.open()
        for piece in pieces:
            reply.piece(piece)
        released.wait(30)

    return script


@dataclass
class ModelServer:
    """A running server.

    Attributes:
        scripts: What the next requests get, one each; the last stays for all that follow.
        requests: What was asked.
    """

    scripts: list[Script] = field(default_factory=lambda: [says("…")])
    requests: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""

    def running(self) -> Iterator["ModelServer"]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append(json.loads(body))
                script = server.scripts.pop(0) if len(server.scripts) > 1 else server.scripts[0]
                try:
                    script(Reply(self, server.requests[-1]))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Quiet."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
            http.daemon_threads = True
            self.address = f"http://127.0.0.1:{http.server_address[1]}/v1"
            thread = threading.Thread(target=http.serve_forever, daemon=True)
            thread.start()
            yield self
            http.shutdown()
            thread.join()

    @property
    def prompt(self) -> str:
        """All that was said to the model last."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


def main(port_file: Path, pieces: list[str]) -> None:
    """Stream the pieces, then wait to be killed."""
    server = ModelServer(scripts=[hangs(threading.Event(), *pieces)])
    for running in server.running():
        port_file.write_text(running.address, encoding="utf-8")
        time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
