"""Markdown with front matter, or raw text as copied from a site, to an article."""

import datetime
import re

import yaml

from rag.article import Article, article_from_raw_text, make_article
from rag.errors import ArticleError
from rag.loaders.encoding import decoded
from rag.loaders.front_matter import FrontMatter, read_front_matter
from rag.vietnamese.normalise import to_nfc

_FRONT_MATTER = re.compile(r"\A---[^\S\n]*\n(.*?)^---[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_DAY_AND_TIME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[Tt]|\s+)\d{1,2}:\d{2}")
_SHOWN = 60  # characters of a value that is refused
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
    fields = read_front_matter(match.group(1))
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


def _text_field(fields: FrontMatter, name: str) -> str | None:
    if name in fields.nested:
        raise ArticleError(
            "Mục `{name}` phải là một dòng chữ, không phải danh sách.", 'Hãy sửa thành `{name}: "..."`.', name=name
        )
    value = fields.texts.get(name)
    if value is None:
        return None
    text = to_nfc(value).strip()
    if _NO_TEXT.search(text):
        raise ArticleError(
            "Mục `{name}` có ký tự không phải chữ.", "Hãy bỏ các mã như `\\0` hay `\\ud800` trong mục này.", name=name
        )
    return text or None


def _date_field(fields: FrontMatter, name: str) -> datetime.date | None:
    value = "[…]" if name in fields.nested else _text_field(fields, name)
    if value is None:
        return None
    with_time = _DAY_AND_TIME.match(value)
    day = with_time.group(1) if with_time else value
    for layout in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.datetime.strptime(day, layout).replace(tzinfo=datetime.UTC).date()
        except ValueError:
            continue
    raise ArticleError(
        "Mục `{name}: {value}` không phải một ngày.",
        "Hãy ghi theo dạng năm-tháng-ngày, ví dụ 2020-12-30.",
        name=name,
        value=value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…",
    )
