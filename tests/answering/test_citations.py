from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.answering.citations import CitationMismatchError, check, cite
from rag.article import Article, make_article
from rag.chunking import passages_of
from rag.store.records import StoredPassage, stored_passages


@st.composite
def places(draw: st.DrawFn) -> tuple[Article, StoredPassage, int, int]:
    """An article, one of its passages, and a stretch of characters inside it that is more than white space."""
    body = draw(texts(max_words=120))
    assume(body.strip())
    article = make_article("a", "Tin", body)
    stored = draw(st.sampled_from(stored_passages(article, passages_of(article, 20), "v")))
    start = draw(st.integers(stored.passage.start, stored.passage.end - 1))
    end = draw(st.integers(start + 1, stored.passage.end))
    assume(article.body[start:end].strip())
    return article, stored, start, end


@given(places())
def test_a_citation_is_what_stands_at_its_place(place: tuple[Article, StoredPassage, int, int]) -> None:
    article, stored, start, end = place
    citation = check(cite(1, stored, start, end), article)
    assert article.body[citation.start : citation.end] == citation.quote == article.body[start:end].strip()
    assert start <= citation.start < citation.end <= end


@given(places(), st.sampled_from([-2, -1, 1, 2]))
def test_a_quote_that_stands_elsewhere_is_caught(place: tuple[Article, StoredPassage, int, int], shift: int) -> None:
    article, stored, start, end = place
    citation = cite(1, stored, start, end)
    shifted = replace(citation, start=citation.start + shift, end=citation.end + shift)
    assume(shifted.start >= 0)
    assume(article.body[shifted.start : shifted.end] != citation.quote)
    with pytest.raises(CitationMismatchError):
        check(shifted, article)


@given(places())
def test_a_quote_with_one_changed_character_or_of_a_missing_article_is_caught(
    place: tuple[Article, StoredPassage, int, int],
) -> None:
    article, stored, start, end = place
    citation = cite(1, stored, start, end)
    for wrong in (replace(citation, quote=citation.quote + " "), replace(citation, quote="§" + citation.quote[1:])):
        with pytest.raises(CitationMismatchError):
            check(wrong, article)
    with pytest.raises(CitationMismatchError):
        check(citation, None)


@given(places())
def test_a_place_outside_the_passage_cannot_be_cited(place: tuple[Article, StoredPassage, int, int]) -> None:
    _, stored, *_ = place
    first, last = stored.passage.start, stored.passage.end
    for start, end in ((first - 1, last), (first, first), (last, last + 5), (last, first)):
        with pytest.raises(ValueError, match="is not inside"):
            cite(1, stored, start, end)
