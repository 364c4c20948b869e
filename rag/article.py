"""An article, and how the raw text of one becomes it."""

import datetime
import re
from dataclasses import dataclass

from rag.errors import ArticleError
from rag.limits import LIMITS
from rag.vietnamese.normalise import fold, to_nfc

# "Ngày phát hành: 12/30/2020 11:27:37 AM": the site's content system writes the month first.
_RELEASED = re.compile(r"^Ngày phát hành:\s*(\d{1,2})/(\d{1,2})/(\d{4})\b.*$")
_LONG_BLANK = re.compile(rf"(?<!\s)\s{{{LIMITS.blank_characters},}}")
_BYLINE = re.compile(r"^(?:tin|bai|anh|tac gia|nguon)(?:\s*(?:&|va|,|-|/)\s*(?:tin|bai|anh))*\s*:\s*\S.{0,80}$")
# With its accents: "Anh Nam chia sẻ:" and "Ảnh hưởng của bão:" are no headings of captions.
_CAPTIONS_HEADING = re.compile(r"^(?:(?:một số|những|các) )?(?:hình )?ảnh\b(?! hưởng).{0,60}:$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    r"""One news article, as it is stored, searched and cited.

    Attributes:
        id: Path relative to the root it was indexed from, without suffix, with `/`.
        title: The headline, one line.
        body: NFC text with `\\n` line ends. Every citation is a slice of it.
        published: The day it appeared, if known.
        source: Address or other origin, if known.
        publisher: Who published it, if known.
        author: Who wrote it, if known.
    """

    id: str
    title: str
    body: str
    published: datetime.date | None = None
    source: str | None = None
    publisher: str | None = None
    author: str | None = None

    @property
    def captions_start(self) -> int:
        """Offset in the body of the photo captions that close it, `len(body)` where there are none."""
        offset = 0
        for line in self.body.splitlines(keepends=True):
            if _CAPTIONS_HEADING.match(line.strip()):
                return offset
            offset += len(line)
        return len(self.body) if self.byline is None else self.body.rindex(self.byline)

    @property
    def captions(self) -> tuple[str, ...]:
        """The photo captions, without their heading and without the byline."""
        lines = [line.strip() for line in self.body[self.captions_start :].splitlines()[1:]]
        return tuple(line for line in lines if line and line != self.byline)

    @property
    def byline(self) -> str | None:
        """The closing line that names writer and photographer ("Tin & Ảnh: ..."), if there is one."""
        last = self.body.rstrip().rpartition("\n")[2].strip()
        return last if _BYLINE.match(fold(last)) else None


def article_from_raw_text(article_id: str, text: str) -> Article:
    """Make an article of text as copied from a site: title, release line, body, captions, byline.

    Args:
        article_id: The article's id.
        text: First line the title, then optionally `Ngày phát hành: 12/30/2020 11:27:37 AM`, then the body.

    Raises:
        ArticleError: There is no title or nothing after it, or the release date does not exist.
    """
    title, _, rest = to_nfc(text).strip().partition("\n")
    first, _, after = rest.lstrip().partition("\n")
    released = _RELEASED.match(first.strip())
    published = _release_date(released) if released else None
    return make_article(article_id, title.removeprefix("#").strip(), after if released else rest, published=published)


def make_article(
    article_id: str,
    title: str,
    body: str,
    *,
    published: datetime.date | None = None,
    source: str | None = None,
    publisher: str | None = None,
    author: str | None = None,
) -> Article:
    """Normalise the parts and refuse what nobody could ask about.

    Raises:
        ArticleError: Title or body is empty, or the article appeared in a year in which none can have.
    """
    title, body = " ".join(to_nfc(title).split()), _LONG_BLANK.sub(_short_blank, to_nfc(body).strip())
    if not title:
        raise ArticleError(
            "Bài viết không có tiêu đề.", "Hãy thêm tiêu đề (dòng đầu tiên, hoặc `title:` ở phần đầu tệp)."
        )
    if not body:
        raise ArticleError(
            "Bài “{title}” không có nội dung sau tiêu đề.", "Hãy thêm nội dung bài viết vào tệp.", title=title
        )
    if published is not None and not possible_day(published):
        raise ArticleError(
            "Năm {year} không thể là năm phát hành của bài viết (chỉ nhận từ năm {first} đến {last}).",
            "Hãy sửa ngày phát hành, hoặc bỏ mục này nếu không rõ ngày.",
            year=published.year,
            first=LIMITS.first_year,
            last=LIMITS.last_year,
        )
    return Article(article_id, title, body, published, source, publisher, author)


def possible_day(day: datetime.date) -> bool:
    """Whether an article may have appeared on this day."""
    return LIMITS.first_year <= day.year <= LIMITS.last_year


def _short_blank(blank: re.Match[str]) -> str:
    return "\n" if "\n" in blank.group() else " "


def _release_date(released: re.Match[str]) -> datetime.date:
    month, day, year = (int(part) for part in released.groups())
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise ArticleError(
            "Ngày phát hành “{day}” không có thật.",
            "Hãy ghi theo dạng tháng/ngày/năm, ví dụ 12/30/2020.",
            day=released.group(),
        ) from error
