"""Who may log in: names, roles and hashed passwords out of the file that HOIDAP_USERS_FILE names."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self, cast, get_args

import bcrypt

from rag.errors import SettingsError

Role = Literal["admin", "reader"]
LONGEST_PASSWORD = 72  # bytes that bcrypt looks at
SHORTEST_PASSWORD = 12  # characters
_FEWEST_CHARACTERS = 5  # different ones
_FEWEST_STEPS = 2  # different distances from one character to the next, as in 1234… and 2468…


@dataclass(frozen=True, slots=True)
class Account:
    """One user.

    Attributes:
        role: Readers ask; admins upload and delete as well.
        password_hash: As `bcrypt` makes it.
    """

    role: Role
    password_hash: str


class Accounts:
    """The users of the page.

    Args:
        accounts: By name.
    """

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts
        self._hashes = {name: account.password_hash for name, account in accounts.items()}
        # Compared with for unknown names, so that the time of a refusal does not tell which names exist.
        self._nobody = bcrypt.hashpw(b"", bcrypt.gensalt())

    @classmethod
    def read(cls, path: Path) -> Self:
        """The accounts in a file of lines `name:role:hash`; empty lines and lines that start with `#` say nothing.

        Raises:
            SettingsError: The file cannot be read, a line is not such a line, or there is none.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"Không đọc được tệp người dùng {path} ({error}).", "Hãy kiểm tra đường dẫn trong HOIDAP_USERS_FILE."
            ) from error
        accounts = {}
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.startswith("#"):
                name, account = _account(path, number, line.strip())
                accounts[name] = account
        if not accounts:
            raise SettingsError(f"Tệp người dùng {path} không có ai.", "Hãy chạy `hoidap user TÊN` để thêm người dùng.")
        return cls(accounts)

    def knows(self, name: str, password: str) -> bool:
        """Whether this is the name and password of a user. Takes about a quarter of a second, on purpose."""
        account = self._accounts.get(name)
        given = password.encode()[:LONGEST_PASSWORD]
        matches = bcrypt.checkpw(given, account.password_hash.encode() if account else self._nobody)
        return matches and account is not None

    @property
    def password_hashes(self) -> Mapping[str, str]:
        """The hashed password of each user, by name."""
        return self._hashes

    def is_admin(self, name: str | None) -> bool:
        """Whether the user of this name may upload and delete."""
        account = self._accounts.get(name or "")
        return account is not None and account.role == "admin"


def account_line(name: str, role: Role, password: str) -> str:
    """The line of a new user.

    Raises:
        SettingsError: The name or the password cannot be used.
    """
    if not name or ":" in name or name != name.strip() or name.startswith("#") or "\n" in name:
        raise SettingsError(
            f"Tên “{name}” không dùng được.", "Hãy chọn tên không có dấu hai chấm và khoảng trắng ở hai đầu."
        )
    if len(password.encode()) > LONGEST_PASSWORD:
        raise SettingsError(
            f"Mật khẩu dài {len(password.encode())} byte, quá giới hạn {LONGEST_PASSWORD} byte.",
            "Hãy chọn mật khẩu ngắn hơn.",
        )
    if (weakness := _weakness(name, password)) is not None:
        raise SettingsError(
            f"Mật khẩu này dễ đoán: {weakness}.", "Hãy chọn mật khẩu khác, ví dụ bốn từ không liên quan đến nhau."
        )
    return f"{name}:{role}:{bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()}"


def _weakness(name: str, password: str) -> str | None:
    """Why a password is easily guessed; None where nothing is known against it."""
    own = password.casefold().replace(name.casefold(), "")
    steps = {ord(second) - ord(first) for first, second in pairwise(own)}
    if len(password) < SHORTEST_PASSWORD:
        return f"chỉ có {len(password)} ký tự, cần ít nhất {SHORTEST_PASSWORD}"
    if len(own) < SHORTEST_PASSWORD // 2:
        return "chỉ là tên đăng nhập thêm vài ký tự"
    if len(set(own)) < _FEWEST_CHARACTERS:
        return f"chỉ dùng {len(set(own))} ký tự khác nhau"
    if len(steps) <= _FEWEST_STEPS or any(
        own == own[:size] * (len(own) // size) for size in range(1, len(own) // 2 + 1)
    ):
        return "là một dãy đều hoặc lặp lại"
    return None


def _account(path: Path, number: int, line: str) -> tuple[str, Account]:
    name, _, rest = line.partition(":")
    role, _, password_hash = rest.partition(":")
    try:
        bcrypt.checkpw(b"", password_hash.encode())
    except ValueError as error:
        raise _bad_line(path, number) from error
    if not name or role not in get_args(Role):
        raise _bad_line(path, number)
    return name, Account(cast("Role", role), password_hash)


def _bad_line(path: Path, number: int) -> SettingsError:
    return SettingsError(
        f"Dòng {number} của tệp người dùng {path} không đúng dạng tên:vai trò:mật khẩu đã băm.",
        "Hãy tạo dòng này bằng `hoidap user TÊN`.",
    )
