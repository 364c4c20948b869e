"""Passwords that are tried: counted before they are checked, and few of them checked at once."""

import hashlib
import secrets
import threading
import time
from collections import defaultdict

import anyio

from rag.errors import BusyError
from rag.web.accounts import Accounts
from rag.web.limits import LIMITS

_KNOWN_FOR = 300.0  # seconds that a program's password is known to be right without checking it again
_MOST_KNOWN = 1000
_LONGEST_NAME = 100  # characters that names are told apart by


class TooManyTriesError(Exception):
    """This address has to wait."""


class Tries:
    """Checks passwords for a site.

    Args:
        accounts: Who may log in.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._lock = threading.Lock()
        self._times: dict[tuple[str, str], list[float]] = defaultdict(list)  # by address and name, oldest first
        self._threads = anyio.CapacityLimiter(LIMITS.password_checks)
        self._checking = 0
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, float] = {}  # until when; so that each request of a program needs no check

    async def is_right(self, name: str, password: str, address: str) -> bool:
        """Whether this is the name and password of a user.

        Raises:
            TooManyTriesError: Too many were wrong of late.
            BusyError: Too many are being checked.
        """
        digest = hashlib.blake2b(f"{name}\0{password}".encode(errors="replace"), key=self._key).digest()
        if self._known.get(digest, 0.0) > time.monotonic():
            return True
        name_tried = name[:_LONGEST_NAME]
        self._count(name_tried, address)
        if self._checking >= LIMITS.password_checks + LIMITS.password_checks_waiting:
            self._take_back(name_tried, address)
            raise BusyError("Đang có quá nhiều lượt đăng nhập.", "Hãy thử lại sau ít phút.")
        self._checking += 1
        try:
            right = await anyio.to_thread.run_sync(self._accounts.knows, name, password, limiter=self._threads)
        finally:
            self._checking -= 1
        if right:
            self._take_back(name_tried, address)
            while len(self._known) >= _MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[digest] = time.monotonic() + _KNOWN_FOR
        return right

    def _count(self, name: str, address: str) -> None:
        """Note a try, which counts as wrong until it has turned out right: many at once are counted as well.

        Raises:
            TooManyTriesError: There have been too many.
        """
        now = time.monotonic()
        with self._lock:
            for key in [key for key, times in self._times.items() if times[-1] < now - LIMITS.tries_forgiven_after]:
                del self._times[key]
            recent = {
                key: sum(at > now - LIMITS.tries_forgiven_after for at in times)
                for key, times in self._times.items()
                if key[0] == address
            }
            if recent.get((address, name), 0) >= LIMITS.tries or sum(recent.values()) >= LIMITS.tries_of_one_address:
                raise TooManyTriesError
            self._times[address, name].append(now)

    def _take_back(self, name: str, address: str) -> None:
        with self._lock:
            times = self._times[address, name]
            if times:
                times.pop()
            if not times:
                del self._times[address, name]
