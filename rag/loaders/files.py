"""Read one article file: Markdown with front matter, or raw text as copied from a site."""

import datetime
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from rag.article import Article, article_from_raw_text, make_article
from rag.errors import ArticleError
from rag.vietnamese.normalise import to_nfc

ARTICLE_SUFFIXES = (".md", ".markdown", ".txt")

_FRONT_MATTER = re.compile(r"\A---[^\S\n]*\n(.*?)^---[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # YAML can escape what UTF-8 cannot hold
_SAVE_AS_UTF8 = "Hãy lưu lại tệp ở dạng văn bản UTF-8."


def load_article(path: Path, article_id: str, max_bytes: int) -> Article:
    """Read the file at `path` as an article.

    Args:
        path: A `.md`, `.markdown` or `.txt` file.
        article_id: The id the article gets.
        max_bytes: Largest file accepted, in bytes.

    Raises:
        ArticleError: The file is missing, unreadable, too large, empty, not UTF-8, or its front matter is broken.
    """
    return parse_article(read_bytes(path, max_bytes), article_id)


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The file's content.

    Raises:
        ArticleError: The file is missing, unreadable or larger than `max_bytes`.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise ArticleError(
                f"Tệp nặng {size / 1e6:.1f} MB, quá giới hạn {max_bytes / 1e6:g} MB.",
                "Hãy tách nhỏ tệp, hoặc tăng HOIDAP_MAX_FILE_MEGABYTES.",
            )
        return path.read_bytes()
    except OSError as error:
        raise ArticleError(f"Không đọc được tệp ({error.strerror}).", "Hãy kiểm tra đường dẫn và quyền đọc.") from error


def parse_article(data: bytes, article_id: str) -> Article:
    """Make an article of a file's content; text that opens with `---` has front matter.

    Raises:
        ArticleError: As `load_article`.
    """
    text = _decode(data)
    if not text.strip():
        raise ArticleError("Tệp rỗng.", "Hãy ghi nội dung bài viết vào tệp, hoặc xóa tệp.")
    if not text.startswith("---"):
        return article_from_raw_text(article_id, text)
    match = _FRONT_MATTER.match(text)
    if match is None:
        raise ArticleError(
            "Phần đầu tệp mở bằng `---` nhưng không có `---` đóng lại.", "Hãy thêm một dòng `---` sau các mục."
        )
    fields = _front_matter(match.group(1))
    return make_article(
        article_id,
        _text_field(fields, "title") or "",
        text[match.end() :],
        published=_date_field(fields, "published"),
        source=_text_field(fields, "source"),
        publisher=_text_field(fields, "publisher"),
    )


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise ArticleError(
            f"Tệp không phải UTF-8 (byte 0x{byte:02x} ở vị trí {error.start}).", _SAVE_AS_UTF8
        ) from error
    if "\0" in text:
        raise ArticleError(f"Tệp không phải văn bản (byte NUL ở vị trí {data.index(0)}).", _SAVE_AS_UTF8)
    return to_nfc(text)


def _front_matter(block: str) -> Mapping[str, object]:
    try:
        fields = yaml.safe_load(block)
    # Beside its own errors PyYAML lets through what a value causes: a date such as 2020-13-45, `!!bool maybe`.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", dòng {where.line + 2}" if where is not None else ""
        raise ArticleError(
            f"Phần đầu tệp (front matter) không phải YAML hợp lệ{line}.",
            'Hãy viết mỗi dòng theo dạng `tên: "giá trị"`, ví dụ `title: "..."`.',
        ) from error
    if not isinstance(fields, dict):
        raise ArticleError(
            "Phần đầu tệp (front matter) không có các mục `tên: giá trị`.", 'Hãy thêm ít nhất `title: "..."`.'
        )
    return fields


def _text_field(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise ArticleError(
            f"Mục `{name}` phải là một dòng chữ, không phải danh sách.", f'Hãy sửa thành `{name}: "..."`.'
        )
    text = to_nfc(str(value)).strip()
    if _NO_TEXT.search(text):
        raise ArticleError(
            f"Mục `{name}` có ký tự không phải chữ.", "Hãy bỏ các mã như `\\0` hay `\\ud800` trong mục này."
        )
    return text or None


def _date_field(fields: Mapping[str, object], name: str) -> datetime.date | None:
    value = fields.get(name)
    if isinstance(value, datetime.datetime):
        return value.date()
    if value is None or isinstance(value, datetime.date):
        return value
    for layout in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.datetime.strptime(str(value).strip(), layout).replace(tzinfo=datetime.UTC).date()
        except ValueError:
            continue
    raise ArticleError(
        f"Mục `{name}: {value}` không phải một ngày.", "Hãy ghi theo dạng năm-tháng-ngày, ví dụ 2020-12-30."
    )
