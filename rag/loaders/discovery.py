"""Which article files lie under the paths a user gives, and the id of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.errors import ArticleError
from rag.loaders.files import ARTICLE_SUFFIXES


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file that should be an article.

    Attributes:
        path: Where it is, absolute.
        root: The folder its id is relative to, absolute.
        article_id: The path from root to file without suffix, with `/`.
    """

    path: Path
    root: Path
    article_id: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What one run makes the library equal to: the files found below `path`, and nothing else below it."""

    path: Path
    root: Path
    files: tuple[ArticleFile, ...]

    def covers(self, file: Path) -> bool:
        """Whether an article read from `file` is this scope's to keep or remove."""
        return file == self.path or self.path in file.parents


def discover(path: Path, known_roots: Iterable[Path] = ()) -> Scope:
    """The article files at or below `path`, sorted by id.

    A path inside a root that the library already has keeps that root, so that a file has one id however it is given.
    Hidden files and folders are left out.

    Args:
        path: A file or folder.
        known_roots: The roots the library holds articles of, absolute.

    Raises:
        ArticleError: The path does not exist, or is a file of a kind that cannot be read.
    """
    absolute = path.expanduser().resolve()
    if not absolute.exists():
        raise ArticleError(f"Không có tệp hoặc thư mục nào tại {path}.", "Hãy kiểm tra lại đường dẫn.")
    if absolute.is_file() and absolute.suffix.lower() not in ARTICLE_SUFFIXES:
        raise ArticleError(
            f"Chưa đọc được loại tệp “{absolute.suffix or absolute.name}” ({path}).",
            f"Hãy đổi sang một trong các loại: {', '.join(ARTICLE_SUFFIXES)}.",
        )
    folder = absolute if absolute.is_dir() else absolute.parent
    around = [known for known in known_roots if known == folder or known in folder.parents]
    root = max(around, key=lambda known: len(known.parts), default=folder)  # the innermost
    found = sorted(absolute.rglob("*")) if absolute.is_dir() else [absolute]
    files = (ArticleFile(file, root, _article_id(file, root)) for file in found if _is_article(file, folder))
    return Scope(absolute, root, tuple(sorted(files, key=lambda file: (file.article_id, file.path))))


def _is_article(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and file.suffix.lower() in ARTICLE_SUFFIXES and file.is_file()


def _article_id(file: Path, root: Path) -> str:
    return str(PurePosixPath(file.relative_to(root).with_suffix("")))
