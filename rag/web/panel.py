"""An article to read, with what was quoted of it highlighted."""

from collections.abc import Iterable

from rag.store.library import Library
from rag.web import words
from rag.web.highlight import article_pieces
from rag.web.rendering import Renderer


def article_panel(
    library: Library,
    renderer: Renderer,
    article_id: str,
    cited: tuple[int, int] | None = None,
    also: Iterable[tuple[int, int]] = (),
    note: str = "",
) -> str:
    """The article as HTML; a note where the library does not hold it.

    Args:
        library: Where it is.
        renderer: Words and templates of the page's language.
        article_id: Which one.
        cited: Start and end of the quote that was opened.
        also: Other quotes of the same answer.
        note: What the reader should know first.
    """
    article = library.article(article_id)
    if article is None:
        note = note or renderer.say(words.ARTICLE_GONE, article=article_id)
    return renderer.html(
        "source",
        title=article.title if article else article_id,
        published=article.published if article else None,
        source=article.source if article else None,
        publisher=article.publisher if article else None,
        note=note,
        pieces=article_pieces(article.body, cited, also) if article else [],
        article=article_id if article else "",
    )
