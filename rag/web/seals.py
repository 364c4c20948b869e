"""Seals on answers: what a browser kept and hands back is known again as what was answered here."""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from rag.errors import LibraryError
from rag.web.turns import Conversation, Turn

_KEY_LENGTH = 64  # hexadecimal digits
_UNSEALED = {"seal", "vote"}  # what changes after the answer


class Seals:
    """Seals the answers of one data directory.

    Args:
        path: The file of the key; made once, so that answers are known again after a restart.

    Raises:
        LibraryError: It cannot be written or read, or is no key.
    """

    def __init__(self, path: Path) -> None:
        try:
            if not path.exists():
                _write_whole(path, secrets.token_hex(_KEY_LENGTH // 2))
            key = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise LibraryError(
                f"Không đọc ghi được khóa {path} ({error}).", "Hãy kiểm tra quyền ghi của thư mục dữ liệu."
            ) from error
        if len(key) < _KEY_LENGTH:
            raise LibraryError(
                f"Khóa trong {path} quá ngắn ({len(key)} ký tự, cần {_KEY_LENGTH}).",
                "Hãy xóa tệp này; trang sẽ tạo khóa mới.",
            )
        self._key = key.encode()

    def sealed(self, turn: Turn) -> Turn:
        """An answer with its seal."""
        return turn.model_copy(update={"seal": self._seal(turn)})

    def holds(self, turn: Turn) -> bool:
        """Whether this was answered here, word for word."""
        return turn.state == "answered" and hmac.compare_digest(self._seal(turn).encode(), turn.seal.encode())

    def genuine(self, conversation: Conversation) -> Conversation:
        """The conversation without what was not answered here."""
        return conversation.model_copy(update={"turns": tuple(turn for turn in conversation.turns if self.holds(turn))})

    def _seal(self, turn: Turn) -> str:
        said = turn.model_dump_json(exclude=_UNSEALED).encode(errors="surrogatepass")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()


def _write_whole(path: Path, text: str) -> None:
    """Write a file that only its owner reads, so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # made with 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
