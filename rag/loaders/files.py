"""Read one article file, whatever its kind."""

from pathlib import Path

from rag.article import Article
from rag.errors import ArticleError
from rag.loaders.isolation import read_isolated
from rag.loaders.source import FileLimits

_TEXT_SUFFIXES = (".md", ".markdown", ".txt")
_EXTRACTED_SUFFIXES = (".html", ".htm", ".docx", ".pdf")
ARTICLE_SUFFIXES = _TEXT_SUFFIXES + _EXTRACTED_SUFFIXES  # the first has the bare id where names agree


def load_article(path: Path, article_id: str, max_bytes: int) -> Article:
    """Read the file at `path` as an article.

    Args:
        path: A file of one of the `ARTICLE_SUFFIXES`.
        article_id: The id the article gets.
        max_bytes: Largest file accepted, in bytes.

    Raises:
        ArticleError: The file is missing, unreadable, too large, empty, or cannot be understood.
    """
    return load_file(read_bytes(path, max_bytes), path, article_id, FileLimits(max_bytes))


def reader_of(path: Path) -> str:
    """The kind of a file, by how it is read: all text alike, and each other suffix for itself."""
    suffix = path.suffix.lower()
    return "text" if suffix in _TEXT_SUFFIXES else suffix


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The file's content.

    Raises:
        ArticleError: The file is missing, unreadable or larger than `max_bytes`.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise ArticleError(
                "Tệp nặng {size:.1f} MB, quá giới hạn {limit:g} MB.",
                "Hãy tách nhỏ tệp, hoặc tăng HOIDAP_MAX_FILE_MEGABYTES.",
                size=size / 1e6,
                limit=max_bytes / 1e6,
            )
        with path.open("rb") as file:
            return file.read(max_bytes)  # it may have grown since
    except OSError as error:
        raise ArticleError(
            "Không đọc được tệp ({reason}).", "Hãy kiểm tra đường dẫn và quyền đọc.", reason=error.strerror
        ) from error


def load_file(data: bytes, path: Path, article_id: str, limits: FileLimits) -> Article:
    """Make an article of a file's content, by the kind that its suffix names.

    Args:
        data: The content.
        path: Its suffix tells the kind; its name is the title where there is no better one.
        article_id: The id the article gets.
        limits: What is accepted.

    Raises:
        ArticleError: The content cannot become an article.
    """
    return read_isolated(_kind(path), data, article_id, limits, title_otherwise=path.stem)


def _kind(path: Path) -> str:
    reader = reader_of(path)
    return ".html" if reader == ".htm" else reader
