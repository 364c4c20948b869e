"""HTML to its main text, without menus, by trafilatura: the best of the open extractors on news pages."""

import re

from rag.errors import ArticleError
from rag.loaders.extracted import Extracted

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_TABLE_RULE = re.compile(r"^\|[-| ]*\|\s*$\n?", re.MULTILINE)


def extract_html(data: bytes, address: str | None = None) -> Extracted:
    """Title, day, author, publisher and main text of a page. Tables become lines of cells between bars.

    Args:
        data: The page.
        address: Where it came from.

    Raises:
        ArticleError: It is not text, or there is no main text in it.
    """
    import trafilatura  # noqa: PLC0415 - half a second, for the process that reads pages
    from trafilatura.settings import Document  # noqa: PLC0415

    page = trafilatura.bare_extraction(
        _html_text(data), url=address, with_metadata=True, include_comments=False, include_tables=True, fast=False
    )
    if not isinstance(page, Document) or not page.text or not page.text.strip():
        raise ArticleError(
            "Trang không có nội dung chính (chỉ có thực đơn, hoặc nội dung được tạo bằng JavaScript).",
            "Hãy chép nội dung bài vào tệp .txt rồi index tệp đó.",
        )
    return Extracted(
        _TABLE_RULE.sub("", page.text),
        page.title or None,
        page.date or None,
        page.author or None,
        page.sitename or page.hostname or None,
        page.url or address,
    )


def _html_text(data: bytes) -> str | bytes:
    """The page as text in the encoding that it declares, or else in one that makes Vietnamese of it."""
    from rag.loaders.encoding import decoded  # noqa: PLC0415

    declared = _DECLARED.search(data[:4096])
    try:
        return decoded(data)
    except ArticleError:
        if declared is not None:
            try:
                return data.decode(declared.group(1).decode("ascii"))
            except (UnicodeDecodeError, LookupError):
                pass
        raise
