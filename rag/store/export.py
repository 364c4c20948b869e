"""The articles of a library as Markdown files, from which the same library can be made again."""

from collections.abc import Callable
from pathlib import Path

from rag.errors import LibraryError
from rag.loaders.markdown import article_markdown
from rag.store.library import Library


def export_articles(library: Library, folder: Path, on_progress: Callable[[int, int], None]) -> int:
    """Write every article as `<id>.md` below a new or empty folder.

    Args:
        library: What is exported.
        folder: Made when missing.
        on_progress: Told how many of the articles are written.

    Returns:
        How many articles were written.

    Raises:
        LibraryError: The folder holds something, or cannot be written.
    """
    base = folder.expanduser().resolve()
    records = library.articles()
    try:
        base.mkdir(parents=True, exist_ok=True)
        if any(base.iterdir()):
            raise LibraryError(f"Thư mục {folder} không trống.", "Hãy chọn một thư mục mới hoặc trống.")
        for done, record in enumerate(records):
            on_progress(done, len(records))
            article = library.article(record.id)
            file = (base / f"{record.id}.md").resolve()
            if article is None or base not in file.parents:  # an id of an older release that leads elsewhere
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(article_markdown(article), encoding="utf-8")
    except OSError as error:
        raise LibraryError(
            f"Không ghi được vào {folder} ({error.strerror}).",
            "Hãy kiểm tra quyền ghi và chỗ trống, hoặc chọn nơi khác.",
        ) from error
    on_progress(len(records), len(records))
    return len(records)
