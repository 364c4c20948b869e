"""PDF to text, by pypdf (pure Python, no native parser to break): lines joined, page numbers and the like dropped."""

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence

from rag.errors import ArticleError
from rag.loaders.extracted import Extracted
from rag.vietnamese.legacy import is_vietnamese_syllable

_PAGE_NUMBER = re.compile(r"^[-–— ]*(?:trang|page)?\s*\d{1,4}(?:\s*(?:/|of|trên)\s*\d{1,4})?[-–— ]*$", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?:;…”\"»)]\s*$")
_LIST_ITEM = re.compile(r"^(?:[-–•+*▪●]|\d{1,3}[.)]|[a-zđ]\)|[IVX]{1,5}\.)\s")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_FURNITURE_LINES = 2  # at the top and the foot of a page
_FEWEST_CHARACTERS_A_PAGE = 15
_SHORTEST_FULL_LINE = 40
_FULL_LINE_SHARE = 0.7  # a line this long, beside the longest, was broken by the margin


def extract_pdf(data: bytes, max_pages: int) -> Extracted:
    """Title, author and text of a PDF.

    Args:
        data: The file.
        max_pages: Longest accepted.

    Raises:
        ArticleError: It is damaged, locked, too long, or pictures of text (a scan).
    """
    import pypdf  # noqa: PLC0415 - for the process that reads documents
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ArticleError("Tệp PDF có mật khẩu.", "Hãy bỏ mật khẩu rồi lưu lại tệp.")
        count = len(reader.pages)
        if count > max_pages:
            raise ArticleError(
                "Tệp PDF có {pages} trang, quá giới hạn {limit}.",
                "Hãy tách tệp, hoặc tăng HOIDAP_MAX_PDF_PAGES.",
                pages=count,
                limit=max_pages,
            )
        pages = [page.extract_text() for page in reader.pages]
        information = reader.metadata
        title, author = (
            str((information.get(name) if information else None) or "").strip() for name in ("/Title", "/Author")
        )
    except (
        PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, AssertionError,
        RecursionError, OSError, NotImplementedError, ImportError,
    ) as error:  # fmt: skip
        raise ArticleError(
            "Tệp PDF bị hỏng hoặc có dạng không đọc được ({kind}).",
            "Hãy mở tệp và in lại thành PDF, hoặc chép nội dung vào tệp .txt.",
            kind=type(error).__name__,
        ) from error
    if sum(len(page.strip()) for page in pages) < _FEWEST_CHARACTERS_A_PAGE * max(1, count):
        raise ArticleError(
            "Tệp PDF {pages} trang không có lớp chữ: có lẽ là bản quét (ảnh chụp).",
            "Hãy nhận dạng chữ (OCR) trước, ví dụ bằng ocrmypdf, rồi index tệp kết quả.",
            pages=count,
        )
    return Extracted("\n".join(_paragraphs(_without_furniture(pages))), _title(title), author=author or None)


def _title(title: str) -> str | None:
    """The title that the file names, unless a program put a file name there."""
    named_by_program = re.search(r"(?i)^microsoft word|\.(?:docx?|pdf|indd|qxd|tmp)$|^untitled", title)
    return None if not title or named_by_program else title


def _without_furniture(pages: Sequence[str]) -> list[list[str]]:
    """The lines of each page, without page numbers and without heads and feet that most pages repeat."""
    split = [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]
    edges = Counter(
        shape
        for lines in split
        for shape in {_shape(line) for line in lines[:_FURNITURE_LINES] + lines[-_FURNITURE_LINES:]}
    )
    repeated = {shape for shape, times in edges.items() if times >= 3 and times > len(pages) / 2}  # noqa: PLR2004

    def kept(lines: list[str]) -> list[str]:
        inner = range(_FURNITURE_LINES, len(lines) - _FURNITURE_LINES)
        return [
            line
            for place, line in enumerate(lines)
            if place in inner or not (_PAGE_NUMBER.match(line) or _shape(line) in repeated)
        ]

    return [kept(lines) for lines in split]


def _shape(line: str) -> str:
    """A line with its numbers left open: "Trang 3" and "Trang 4" have one shape."""
    return _NUMBERS.sub("#", line)


def _paragraphs(pages: Sequence[Sequence[str]]) -> list[str]:
    """Lines that the margin broke, joined; a word that a hyphen broke too. The title line stays by itself."""
    lines = [line for page in pages for line in page]
    longest = max((len(line) for line in lines), default=0)
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        full = len(previous) >= max(_SHORTEST_FULL_LINE, _FULL_LINE_SHARE * longest)
        wrapped = full and not _SENTENCE_END.search(previous) and len(paragraphs) > 1  # the first is the headline
        goes_on = previous and not _LIST_ITEM.match(line) and (wrapped or _starts_small(line))
        if goes_on and _HYPHENATED.search(paragraphs[-1]) and _starts_small(line):
            paragraphs[-1] = _rejoined(paragraphs[-1], line)
        elif goes_on:
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        previous = line
    return paragraphs


def _rejoined(paragraph: str, line: str) -> str:
    """Both, without the hyphen at the break, unless it stands between two syllables ("kinh tế-xã hội")."""
    left, right = _LAST_WORD.search(paragraph[:-1]), _FIRST_WORD.match(line)
    syllables = left and right and all(is_vietnamese_syllable(part.group()) for part in (left, right))
    return f"{paragraph}{line}" if syllables and paragraph[-1] != "\u00ad" else paragraph[:-1] + line


def _starts_small(line: str) -> bool:
    first = line[:1]
    return first.islower() or first in ",;)"
