"""Who is logged in: kept here and not in the cookie, so that a logout ends a login for good."""

import contextlib
import hashlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from rag.errors import LibraryError
from rag.web.limits import LIMITS


class Sessions:
    """The logins of a site. A cookie holds a random token, the file only its hash.

    Args:
        path: Where they are kept over a restart.

    Raises:
        LibraryError: The file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            path.touch(mode=0o600)
            path.chmod(0o600)
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS logins (token TEXT PRIMARY KEY, user TEXT, password TEXT, until REAL)"
            )
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"Không ghi được danh sách phiên đăng nhập {path} ({error}).",
                "Hãy kiểm tra quyền ghi của thư mục dữ liệu; nếu tệp hỏng, hãy xóa nó, mọi người sẽ đăng nhập lại.",
            ) from error

    def opened(self, user: str, password_hash: str) -> str:
        """A new login.

        Args:
            user: Whose it is.
            password_hash: As it is now; the login ends when it is another one.

        Returns:
            The token, for the cookie.
        """
        token = secrets.token_urlsafe(32)
        with self._using() as file:
            file.execute("DELETE FROM logins WHERE until < ?", (time.time(),))
            file.execute(
                "DELETE FROM logins WHERE user = ? AND token NOT IN "
                "(SELECT token FROM logins WHERE user = ? ORDER BY until DESC LIMIT ?)",
                (user, user, LIMITS.logins_of_one - 1),
            )
            until = time.time() + LIMITS.login_seconds
            file.execute("INSERT INTO logins VALUES (?, ?, ?, ?)", (_hash(token), user, _hash(password_hash), until))
        return token

    def user_of(self, token: str, password_hashes: Mapping[str, str]) -> str | None:
        """The user of a login; None where there is no such login any more.

        Args:
            token: As the cookie tells it.
            password_hashes: Of all users as they are now, by name.
        """
        with self._using() as file:
            found = file.execute(
                "SELECT user, password FROM logins WHERE token = ? AND until > ?", (_hash(token), time.time())
            ).fetchone()
        if found is None:
            return None
        user, password = found
        return str(user) if user in password_hashes and _hash(password_hashes[user]) == password else None

    def closed(self, token: str) -> None:
        """End a login."""
        with self._using() as file:
            file.execute("DELETE FROM logins WHERE token = ?", (_hash(token),))

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._file


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
