from hypothesis import given
from hypothesis import strategies as st

from rag.web.highlight import article_pieces, split_at

_PLACES = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair)))


@given(st.text(max_size=40), st.lists(_PLACES, max_size=4), st.lists(_PLACES, max_size=1))
def test_the_pieces_are_the_article_and_the_cited_one_is_exactly_the_quote(
    body: str, also: list[tuple[int, int]], cited: list[tuple[int, int]]
) -> None:
    pieces = article_pieces(body, cited[0] if cited else None, also)
    assert "".join(text for text, _ in pieces) == body
    assert all(text for text, _ in pieces)
    quoted = body[slice(*cited[0])] if cited else ""
    assert [text for text, kind in pieces if kind == "cited"] == ([quoted] if quoted else [])


def test_neighbouring_quotes_of_one_answer_are_both_shown() -> None:
    assert article_pieces("abcd", (0, 2), [(2, 4)]) == [("ab", "cited"), ("cd", "also")]


def test_a_short_answer_that_is_not_in_the_quote_changes_nothing() -> None:
    assert split_at("Có 13 chi bộ.", ["14 chi bộ", ""]) == [("Có 13 chi bộ.", False)]
