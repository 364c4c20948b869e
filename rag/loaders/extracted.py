"""What is taken out of a document that is not plain text, before it becomes an article."""

import datetime
import re
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from rag.article import Article, article_from_raw_text, make_article, possible_day
from rag.limits import LIMITS
from rag.vietnamese.legacy import repaired
from rag.vietnamese.normalise import fold

_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text and what is known of it.

    Attributes:
        text: The main text.
        title: Its headline; None where the first line of the text is the best there is.
        published: The day it appeared, as year-month-day.
        author: Who wrote it.
        publisher: Who published it.
        source: Its canonical address.
    """

    text: str
    title: str | None = None
    published: str | None = None
    author: str | None = None
    publisher: str | None = None
    source: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(**values)

    def article(self, article_id: str, title_otherwise: str = "") -> Article:
        """The article: old encodings repaired, characters that are no text left out.

        Args:
            article_id: The id it gets.
            title_otherwise: The title where neither the document nor its text has one.

        Raises:
            ArticleError: There is no text.
        """
        clean = Extracted.from_json({name: _clean(value) for name, value in self.to_json().items()})
        if clean.title is None:
            if "\n" not in clean.text.strip():
                return make_article(article_id, title_otherwise, clean.text)
            raw = article_from_raw_text(article_id, clean.text)
            return replace(
                raw, author=_field(clean.author), publisher=_field(clean.publisher), source=_field(clean.source)
            )
        return make_article(
            article_id,
            clean.title,
            _without_headline(clean.text, clean.title),
            published=_day(clean.published),
            source=_field(clean.source),
            publisher=_field(clean.publisher),
            author=_field(clean.author),
        )


def _clean(value: str | None) -> str | None:
    return repaired(_CONTROLS.sub("", value)) if value is not None else None


def _without_headline(text: str, title: str) -> str:
    """The text without the headline that opens it, where anything follows."""
    first, _, rest = text.strip().partition("\n")
    return rest if rest.strip() and fold(" ".join(first.split())) == fold(" ".join(title.split())) else text


def _day(written: str | None) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(written[:10]) if written else None
    except ValueError:  # a page's own idea of a date
        return None
    return day if day is not None and possible_day(day) else None


def _field(written: str | None) -> str | None:
    """What a page says of itself, unless it is too long to be that."""
    return written if written is None or len(written) <= LIMITS.field_characters else None
