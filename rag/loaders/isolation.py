"""Documents from anywhere are taken apart in a process of their own, with a limit on time and memory."""

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, cast

import rag
from rag.errors import ArticleError
from rag.loaders.extracted import Extracted
from rag.loaders.worker import write_request

_START = "from rag.loaders.worker import main; main()"
_START_SECONDS = 30.0  # importing the readers, on a slow disk; paid by the first document


class _Worker:
    """One process, started when needed, ended when it is late and at exit."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._late = False

    def ask(self, request: dict[str, Any], data: bytes, seconds: float) -> dict[str, Any] | None:
        """The answer, or None where the process took too long or died of the request."""
        with self._lock:
            first = self.process is None or self.process.poll() is not None
            if first:
                self._start()
            process = cast("subprocess.Popen[bytes]", self.process)
            self._late = False
            timer = threading.Timer(seconds + (_START_SECONDS if first else 0.0), self._end_late, [process])
            timer.start()
            try:
                write_request(cast("IO[bytes]", process.stdin), request, data)
                return _read_answer(cast("IO[bytes]", process.stdout))
            except (OSError, EOFError):
                self.end()
                return None
            finally:
                timer.cancel()

    @property
    def late(self) -> bool:
        """Whether the last request took too long."""
        return self._late

    def _start(self) -> None:
        code = str(Path(rag.__file__).parents[1])
        path = os.pathsep.join([code, *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )

    def _end_late(self, process: "subprocess.Popen[bytes]") -> None:
        self._late = True
        process.kill()

    def end(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                try:
                    cast("IO[bytes]", stream).close()
                except OSError:  # what was still to be written has no reader
                    continue


def _read_answer(stream: IO[bytes]) -> dict[str, Any]:
    head = stream.read(4)
    if len(head) < 4:  # noqa: PLR2004 - the process has ended
        raise EOFError
    (size,) = struct.unpack("<I", head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    answer: dict[str, Any] = json.loads(body)
    return answer


worker = _Worker()
atexit.register(worker.end)


def extract_isolated(suffix: str, data: bytes, *, pages: int, seconds: float, address: str | None = None) -> Extracted:
    """Take a document apart in the other process.

    Args:
        suffix: `.pdf`, `.docx`, `.html` or `.htm`.
        data: The document.
        pages: Longest PDF accepted.
        seconds: How long it may take.
        address: Where a web page came from.

    Raises:
        ArticleError: It cannot be read, or not within the limits of time and memory.
    """
    request = {"suffix": suffix, "pages": pages, "address": address}
    answer = worker.ask(request, data, seconds)
    if answer is None:
        raise ArticleError(
            "Tệp {suffix} này không đọc được (đọc quá {seconds:g} giây)."
            if worker.late
            else "Tệp {suffix} này không đọc được (quá phức tạp, hoặc bị hỏng).",
            "Hãy chép nội dung bài vào tệp .txt, hoặc tăng HOIDAP_MAX_READ_SECONDS.",
            suffix=suffix,
            seconds=seconds,
        )
    if "extracted" not in answer:
        raise ArticleError(*answer["wording"], **answer["values"])
    return Extracted.from_json(answer["extracted"])
