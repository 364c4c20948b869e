"""Read one article file, whatever its kind."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from rag.article import Article
from rag.errors import ArticleError
from rag.loaders.isolation import extract_isolated
from rag.loaders.markdown import parse_article
from rag.settings import Settings

_TEXT_SUFFIXES = (".md", ".markdown", ".txt")
_EXTRACTED_SUFFIXES = (".html", ".htm", ".docx", ".pdf")
ARTICLE_SUFFIXES = _TEXT_SUFFIXES + _EXTRACTED_SUFFIXES  # the first has the bare id where names agree


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What is accepted.

    Attributes:
        bytes: Largest file.
        characters: Longest text of one article.
        pages: Longest PDF.
        seconds: How long reading one HTML, PDF or DOCX file may take.
    """

    bytes: int
    characters: int = 1_000_000
    pages: int = 300
    seconds: float = 10.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The limits that the settings ask for."""
        return cls(
            int(settings.max_file_megabytes * 1e6),
            settings.max_article_characters,
            settings.max_pdf_pages,
            settings.max_read_seconds,
        )


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
    suffix = path.suffix.lower()
    if suffix in _TEXT_SUFFIXES:
        article = parse_article(data, article_id)
    else:
        extracted = extract_isolated(suffix, data, pages=limits.pages, seconds=limits.seconds)
        article = extracted.article(article_id, title_otherwise=path.stem)
    return within_limits(article, limits)


def within_limits(article: Article, limits: FileLimits) -> Article:
    """The article, if it is not too long.

    Raises:
        ArticleError: It is.
    """
    length = len(article.body)
    if length > limits.characters:
        raise ArticleError(
            "Bài dài {characters} ký tự, quá giới hạn {limit}.",
            "Hãy tách thành nhiều bài, hoặc tăng HOIDAP_MAX_ARTICLE_CHARACTERS.",
            characters=length,
            limit=limits.characters,
        )
    return article if len(article.title) <= _LONGEST_TITLE else replace(article, title=_shortened(article.title))


_LONGEST_TITLE = 300


def _shortened(title: str) -> str:
    """A first line that is a whole paragraph is no headline: its beginning stands for it."""
    return title[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
