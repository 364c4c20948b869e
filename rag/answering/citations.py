"""Citations: cut out of a passage, and checked against the article before anyone sees them."""

from rag.answering.answer import Citation
from rag.article import Article
from rag.store.records import StoredPassage


class CitationMismatchError(Exception):
    """A quote is not what stands at its place in the article: a fault of the program, never of the user."""


def cite(n: int, stored: StoredPassage, start: int, end: int) -> Citation:
    """Quote the body from `start` to `end`, which lie inside the passage. Outer white space is left out.

    Args:
        n: Number of the citation, from 1.
        stored: The passage the words stand in.
        start: Offset in the article's body.
        end: Offset in the article's body.

    Raises:
        ValueError: The place is empty or not inside the passage.
    """
    passage = stored.passage
    quote = passage.text[max(0, start - passage.start) : end - passage.start]
    start += len(quote) - len(quote.lstrip())
    quote = quote.strip()
    end = start + len(quote)
    if not (quote and passage.start <= start and end <= passage.end):
        message = f"[{start}:{end}] is not inside {stored.id}, which is [{passage.start}:{passage.end}]"
        raise ValueError(message)
    return Citation(n, passage.article_id, stored.title, stored.published, stored.source, start, end, quote)


def check(citation: Citation, article: Article | None) -> Citation:
    """The citation, after comparing it with the article, character by character.

    Raises:
        CitationMismatchError: The article does not say that there.
    """
    if article is None or article.body[citation.start : citation.end] != citation.quote:
        message = f"citation {citation.n} of {citation.article}[{citation.start}:{citation.end}] is not verbatim"
        raise CitationMismatchError(message)
    return citation
