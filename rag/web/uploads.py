"""Where uploaded files wait until they are read: a folder of our own, small, and empty after each start."""

import contextlib
import os
import shutil
import time
from pathlib import Path

from rag.errors import LibraryError
from rag.settings import Settings
from rag.web.limits import LIMITS

_GRADIO_FOLDER = "GRADIO_TEMP_DIR"  # the variable that Gradio takes its folder from
_OURS = "uploading"


class Uploads:
    """The temporary folder of a site. Gradio has one for each process: later sites of a process share the first's.

    Args:
        settings: Where it lies, and how large an upload may be.

    Raises:
        LibraryError: It cannot be made.
    """

    def __init__(self, settings: Settings) -> None:
        given = os.environ.get(_GRADIO_FOLDER, "")
        if Path(given).name == str(os.getpid()) and Path(given).parent.name == _OURS and Path(given).is_dir():
            self._folder = Path(given)
        else:
            self._folder = settings.data_dir.expanduser().resolve() / _OURS / str(os.getpid())
            self._make()
            os.environ[_GRADIO_FOLDER] = str(self._folder)
        one_file = 2e6 * settings.max_file_megabytes  # what is refused with a message has to arrive first
        self.largest_file = int(one_file)
        self.largest_request = int(one_file * settings.max_upload_files) + LIMITS.body

    def _make(self) -> None:
        """A new folder; those of processes that have ended go."""
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            for left in self._folder.parent.iterdir():
                if left == self._folder or not _runs(left.name):
                    shutil.rmtree(left, ignore_errors=True)
            self._folder.mkdir(mode=0o700)
        except OSError as error:
            raise LibraryError(
                f"Không tạo được thư mục {self._folder} ({error.strerror}).",
                "Hãy kiểm tra quyền ghi của thư mục dữ liệu.",
            ) from error

    def has(self, file: Path) -> bool:
        """Whether this is a file of the folder, and not merely a name that leads out of it."""
        try:
            found = file.resolve(strict=True)
        except (OSError, ValueError):
            return False
        return found.is_file() and self._folder in found.parents

    def has_room(self) -> bool:
        """Whether one more upload may come; files that nobody has read for an hour go first."""
        since, size = time.time() - LIMITS.uploads_kept_seconds, 0
        for file in self._folder.rglob("*"):
            with contextlib.suppress(OSError):  # another thread has deleted it
                state = file.stat()
                if file.is_file() and state.st_mtime < since:
                    file.unlink()
                elif file.is_file():
                    size += state.st_size
        return size + self.largest_request <= LIMITS.uploads_kept * self.largest_request

    def forget(self, file: Path) -> None:
        """Delete a file that has been read, with the folder that Gradio made for it."""
        if self.has(file):
            with contextlib.suppress(OSError):
                file.unlink()
                file.parent.rmdir()

    def clear(self) -> None:
        """Delete all files that wait."""
        for left in self._folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _runs(process: str) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
