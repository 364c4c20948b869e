"""Files from anywhere are taken apart in a process of their own, with a limit on time and memory."""

import atexit
import datetime
import json
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, cast

import rag
from rag.article import Article
from rag.errors import ArticleError
from rag.limits import LIMITS
from rag.loaders.source import FileLimits, Links
from rag.loaders.worker import BEGUN, write_request

_START = "from rag.loaders.worker import main; main()"

# The environment of the reading process: what finds programs and texts. Keys and passwords are none of its business.
_PASSED_ON = (
    "PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL",
    "LC_CTYPE", "TZ", "TMPDIR",
)  # fmt: skip


class _Worker:
    """One process, started when needed, ended when it is late and at exit."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._late = False
        self._kinds: set[str] = set()  # of files that this process has read, so that its libraries are imported

    def ask(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any] | None, bool]:
        """The answer, and whether the process took too long; no answer where it did, or died of the request.

        Args:
            request: Its kind, its time in seconds and what else the process is told.
            data: The file.
        """
        with self._lock:
            if self.process is None or self.process.poll() is not None:
                self._start()
            process, seconds, kind = cast("subprocess.Popen[bytes]", self.process), request["seconds"], request["kind"]
            self._late = False
            clock = self._clock(process, seconds if kind in self._kinds else seconds + LIMITS.worker_start_seconds)
            try:
                write_request(cast("IO[bytes]", process.stdin), request, data)
                answers = cast("IO[bytes]", process.stdout)
                _read(answers, len(BEGUN))
                clock.cancel()
                self._kinds.add(kind)
                clock = self._clock(process, seconds)
                (size,) = struct.unpack("<I", _read(answers, 4))
                if size > LIMITS.worker_answer_bytes:
                    raise EOFError  # noqa: TRY301 - as if it had ended
                answer: dict[str, Any] = json.loads(_read(answers, size))
            except (OSError, EOFError, ValueError):
                self.end()
                return None, self._late
            else:
                return answer, False
            finally:
                clock.cancel()

    def _clock(self, process: "subprocess.Popen[bytes]", seconds: float) -> threading.Timer:
        clock = threading.Timer(seconds, self._end_late, [process])
        clock.daemon = True
        clock.start()
        return clock

    def _start(self) -> None:
        self._kinds.clear()
        code = str(Path(rag.__file__).parents[1])
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join([code, *filter(None, [environment.get("PYTHONPATH")])])
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            # -P: a file named like a library, in the folder that is indexed, is not imported.
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
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


def _read(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:  # the process has ended
        raise EOFError
    return data


worker = _Worker()
atexit.register(worker.end)


def read_isolated(
    kind: str,
    data: bytes,
    article_id: str,
    limits: FileLimits,
    *,
    title_otherwise: str = "",
    address: str | None = None,
) -> Article:
    """Make an article of a file in the other process.

    Args:
        kind: `text`, `.pdf`, `.docx` or `.html`.
        data: The file.
        article_id: The id the article gets.
        limits: What is accepted.
        title_otherwise: The title where there is no better one.
        address: Where a web page came from.

    Raises:
        ArticleError: It cannot be read, is no article, or is not within the limits of size, time and memory.
    """
    request = {
        "kind": kind,
        "article_id": article_id,
        "title_otherwise": title_otherwise,
        "address": address,
        "pages": limits.pages,
        "characters": limits.characters,
        "seconds": limits.seconds,
    }
    fields = _asked(request, data)["article"]
    day = fields.pop("published")
    return Article(**fields, published=datetime.date.fromisoformat(day) if day else None)


def links_isolated(data: bytes, address: str, media_type: str, seconds: float) -> Links:
    """What a sitemap, feed or list page names, read in the other process.

    Args:
        data: The page.
        address: Where it came from.
        media_type: What its server says that it is.
        seconds: How long reading it may take.

    Raises:
        ArticleError: It cannot be read within the limits of time and memory.
    """
    request = {"kind": "links", "address": address, "media_type": media_type, "seconds": seconds}
    found = _asked(request, data)["links"]
    return Links(found["index"], *(tuple(found[name]) for name in ("pages", "further", "listed")))


def _asked(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    answer, late = worker.ask(request, data)
    if answer is None:
        kind = request["kind"].removeprefix(".")
        raise ArticleError(
            "Tệp {suffix} này không đọc được (đọc quá {seconds:g} giây)."
            if late
            else "Tệp {suffix} này không đọc được (quá phức tạp, hoặc bị hỏng).",
            "Hãy chép nội dung bài vào tệp .txt, hoặc tăng HOIDAP_MAX_READ_SECONDS.",
            suffix={"text": "văn bản", "links": "sitemap"}.get(kind, f".{kind}"),
            seconds=request["seconds"],
        )
    if "wording" in answer:
        raise ArticleError(*answer["wording"], **answer["values"])
    return answer
