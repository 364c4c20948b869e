"""DOCX to text, by python-docx: paragraphs and tables in their order, the title from the document or its heading."""

import io
import zipfile
from collections.abc import Iterator

from rag.errors import ArticleError
from rag.limits import LIMITS
from rag.loaders.extracted import Extracted

_PLACEHOLDER_TITLES = ("word document", "python-docx", "document")


def extract_docx(data: bytes) -> Extracted:
    """Title, author and text of a Word document. Tables become lines of cells between bars.

    Raises:
        ArticleError: It is no Word document, is packed too tightly, or has no text.
    """
    _require_sane_archive(data)
    import docx  # noqa: PLC0415 - for the process that reads documents
    from docx.opc.exceptions import OpcError  # noqa: PLC0415
    from lxml.etree import LxmlError  # noqa: PLC0415

    try:
        document = docx.Document(io.BytesIO(data))
        heading = _heading(document)
        lines = list(_lines(document))
        properties = document.core_properties
        title, author = (properties.title or "").strip(), (properties.author or "").strip()
    except (OpcError, LxmlError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, RecursionError) as error:
        raise _no_document(type(error).__name__) from error
    text = "\n".join(lines)
    if not text.strip():
        raise ArticleError("Tệp Word không có chữ nào.", "Hãy chép nội dung bài vào tệp, hoặc xóa tệp.")
    if title.lower() in _PLACEHOLDER_TITLES:
        title = ""
    known_author = author if author.lower() not in ("", "python-docx") else None
    return Extracted(text, heading or title or None, author=known_author)


def _require_sane_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _no_document(type(error).__name__) from error
    too_tight = unpacked > LIMITS.docx_ratio_from_bytes and unpacked > LIMITS.docx_ratio * len(data)
    if unpacked > LIMITS.docx_unpacked_bytes or too_tight:
        raise ArticleError(
            "Tệp nén bất thường: {size:.1f} MB bung ra thành {unpacked:.0f} MB.",
            "Tệp này có thể gây hại nên không được mở; hãy kiểm tra nguồn của nó.",
            size=len(data) / 1e6,
            unpacked=unpacked / 1e6,
        )


def _no_document(reason: str) -> ArticleError:
    return ArticleError(
        "Tệp không phải tài liệu Word (.docx) đọc được ({reason}).",
        "Hãy mở bằng Word hay LibreOffice rồi lưu lại ở dạng .docx.",
        reason=reason,
    )


def _heading(document: object) -> str | None:
    """The paragraph in style Title or Heading 1 that stands first, if one opens the document."""
    for paragraph in document.paragraphs[:5]:  # type: ignore[attr-defined]
        style = (paragraph.style.name or "") if paragraph.style is not None else ""
        text = " ".join(paragraph.text.split())
        if text and style in ("Title", "Heading 1"):
            return text
    return None


def _lines(document: object) -> Iterator[str]:
    from docx.table import Table  # noqa: PLC0415

    for block in document.iter_inner_content():  # type: ignore[attr-defined]
        if isinstance(block, Table):
            for row in block.rows:
                cells = {cell._tc: cell for cell in row.cells}  # noqa: SLF001 - a merged cell is there several times
                yield "| " + " | ".join(" ".join(cell.text.split()) for cell in cells.values()) + " |"
        elif block.text.strip():
            yield block.text.strip()
