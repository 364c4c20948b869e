"""Markdown with front matter, or raw text as copied from a site, to an article."""

import datetime
import re
from collections.abc import Mapping

import yaml

from rag.article import Article, article_from_raw_text, make_article
from rag.errors import ArticleError
from rag.loaders.encoding import decoded
from rag.vietnamese.normalise import to_nfc

_FRONT_MATTER = re.compile(r"\A---[^\S\n]*\n(.*?)^---[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # YAML can escape what UTF-8 cannot hold


def parse_article(data: bytes, article_id: str) -> Article:
    """Make an article of a file's content; text that opens with `---` has front matter.

    Raises:
        ArticleError: The content is empty, not text in any known encoding, or its front matter is broken.
    """
    text = to_nfc(decoded(data))
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
        author=_text_field(fields, "author"),
    )


def article_markdown(article: Article) -> str:
    """The article as a Markdown file with front matter, which `parse_article` reads back as the same article."""
    known = {
        "title": article.title,
        "published": article.published,
        "source": article.source,
        "publisher": article.publisher,
        "author": article.author,
    }
    fields = {name: value for name, value in known.items() if value is not None}
    front_matter = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front_matter}---\n\n{article.body}\n"


def _front_matter(block: str) -> Mapping[str, object]:
    try:
        fields = yaml.safe_load(block)
    # Beside its own errors PyYAML lets through what a value causes: a date such as 2020-13-45, `!!bool maybe`.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        remedy = 'Hãy viết mỗi dòng theo dạng `tên: "giá trị"`, ví dụ `title: "..."`.'
        if where is None:
            raise ArticleError("Phần đầu tệp (front matter) không phải YAML hợp lệ.", remedy) from error
        raise ArticleError(
            "Phần đầu tệp (front matter) không phải YAML hợp lệ, dòng {line}.", remedy, line=where.line + 2
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
            "Mục `{name}` phải là một dòng chữ, không phải danh sách.", 'Hãy sửa thành `{name}: "..."`.', name=name
        )
    text = to_nfc(str(value)).strip()
    if _NO_TEXT.search(text):
        raise ArticleError(
            "Mục `{name}` có ký tự không phải chữ.", "Hãy bỏ các mã như `\\0` hay `\\ud800` trong mục này.", name=name
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
        "Mục `{name}: {value}` không phải một ngày.",
        "Hãy ghi theo dạng năm-tháng-ngày, ví dụ 2020-12-30.",
        name=name,
        value=value,
    )
