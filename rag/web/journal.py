"""The security log: who logged in, failed to, uploaded, deleted, exported, and what was refused at the door."""

import datetime
import json
import logging
import os
import threading
import time
from collections import Counter
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal

from starlette.types import Scope

from rag.errors import LibraryError
from rag.web.visitors import address_of, user_of

Event = Literal[
    "login",
    "login failed",
    "login blocked",
    "logout",
    "upload",
    "upload refused",
    "articles added",
    "article deleted",
    "votes exported",
    "host refused",
    "origin refused",
    "call refused",
]

# What anybody can cause again and again, and so could push everything else out of the log.
_REFUSALS = frozenset(
    {"login failed", "login blocked", "upload refused", "host refused", "origin refused", "call refused"}
)
_MOST_REFUSALS = 60  # of one kind, noted in one minute of one address
_LARGEST = 5_000_000  # bytes of one file
_OLDER = 3  # files kept beside it
_LONGEST = 200  # characters of one value


class Journal:
    """Writes one JSON object a line, of which the oldest go; a value is escaped, so that none looks like a line.

    Args:
        path: The file. Only its owner reads it.

    Raises:
        LibraryError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._minute, self._refused = 0, Counter[tuple[Event, str]]()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _OwnersFile(path, maxBytes=_LARGEST, backupCount=_OLDER, encoding="utf-8")
        except OSError as error:
            raise LibraryError(
                f"Không ghi được nhật ký {path} ({error.strerror}).", "Hãy kiểm tra quyền ghi của thư mục dữ liệu."
            ) from error

    def note(self, event: Event, scope: Scope, **details: object) -> None:
        """Write what happened.

        Args:
            event: What it was.
            scope: Of the request: who sent it.
            details: What else there is to know, never a password or a token.
        """
        if event in _REFUSALS and self._is_flood(event, address_of(scope)):
            return
        entry = {
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "event": event,
            "user": user_of(scope),
            "address": address_of(scope),
            **{name: value if isinstance(value, int) else str(value)[:_LONGEST] for name, value in details.items()},
        }
        line = json.dumps(entry).replace("\x7f", "\\u007f")
        self._file.handle(logging.LogRecord("hoidap.security", logging.INFO, "", 0, line, None, None))

    def _is_flood(self, event: Event, address: str) -> bool:
        """Whether enough of this has been noted in this minute."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._refused.clear()
            self._refused[event, address] += 1
            return self._refused[event, address] > _MOST_REFUSALS


class _OwnersFile(RotatingFileHandler):
    """A file, and later ones in its place, that only the owner reads."""

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(handle, 0o600)
        return os.fdopen(handle, "a", encoding=self.encoding)
