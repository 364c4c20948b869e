import unicodedata
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.article import Article, make_article
from rag.chunking import Passage, passages_of
from rag.limits import LIMITS
from rag.vietnamese.sentences import sentence_spans

targets = st.integers(20, 200)
_HEADING = "Một số hình ảnh tại Hội nghị:"


def article_of(body: str) -> Article:
    assume(body.strip())
    return make_article("a", "Tin", body)


def word_counts(passages: list[Passage]) -> list[int]:
    return [len(passage.text.split()) for passage in passages]


@given(texts(max_words=150), targets)
def test_passages_partition_the_body_with_exact_offsets(text: str, target: int) -> None:
    article = article_of(text)
    passages = passages_of(article, target)
    assert "".join(passage.text for passage in passages) == article.body
    assert all(article.body[passage.start : passage.end] == passage.text for passage in passages)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert all(first.end == second.start for first, second in pairwise(passages))
    assert all(passage.text.strip() for passage in passages)


@given(texts(max_words=150), targets)
def test_passages_are_composed_unicode_whatever_the_file_was(text: str, target: int) -> None:
    article = article_of(unicodedata.normalize("NFD", text))
    assert all(unicodedata.is_normalized("NFC", passage.text) for passage in passages_of(article, target))


@given(texts(max_words=150), targets)
def test_passages_end_where_sentences_end(text: str, target: int) -> None:
    article = article_of(text)
    spans = sentence_spans(article.body)
    assume(all(len(article.body[start:end].split()) <= 2 * target for start, end in spans))
    assert {passage.end for passage in passages_of(article, target)} <= {end for _, end in spans}


@given(texts(), st.lists(st.text("abcđêô ", min_size=1, max_size=20), max_size=5), targets)
def test_captions_never_share_a_passage_with_the_text_before_them(text: str, captions: list[str], target: int) -> None:
    article = article_of("\n".join([f"{text}x", _HEADING, *captions]))
    assert article.body[article.captions_start :].startswith(_HEADING)
    assert article.captions_start in {passage.start for passage in passages_of(article, target)}


@given(st.integers(1, 900), targets, st.sampled_from(["từ ", "từ, ", "từ; từ từ ", "từ\u00a0từ "]))
def test_a_sentence_without_end_is_cut_between_words_into_pieces_the_model_can_read(
    repeats: int, target: int, piece: str
) -> None:
    article = article_of(piece * repeats)
    passages = passages_of(article, target)
    assert "".join(passage.text for passage in passages) == article.body
    assert max(word_counts(passages)) <= 3.5 * target
    assert all(not first.text[-1:].strip() for first in passages[:-1])


def test_an_overlong_sentence_is_cut_behind_a_clause_where_there_is_one() -> None:
    body = "; ".join(["một hai ba bốn năm sáu bảy"] * 20) + "."
    assert all(passage.text.rstrip()[-1] in ";." for passage in passages_of(make_article("a", "Tin", body), 20))


def test_passages_of_ordinary_sentences_are_near_the_target_and_leave_no_short_remainder() -> None:
    body = " ".join(["Câu này có đúng mười từ để đếm cho dễ."] * 47)
    counts = word_counts(passages_of(make_article("a", "Tin", body), 90))
    assert sum(counts) == 470
    assert all(80 <= count <= 110 for count in counts)


def test_a_short_article_is_one_passage() -> None:
    assert [passage.text for passage in passages_of(make_article("a", "Tin", "Ngắn."), 90)] == ["Ngắn."]


@given(st.sampled_from(['"', "1.", "x", "a\u0301\u0323", "…", '" ', "ab1 ", "12/3 "]), st.integers(1, 5000), targets)
def test_no_passage_takes_long_to_read_whatever_its_text(piece: str, repeats: int, target: int) -> None:
    article = article_of(f"Mở đầu bài.\n{piece * repeats}\nGiàn BK-24 khánh thành tại Vũng Tàu.")
    passages = passages_of(article, target)
    assert "".join(passage.text for passage in passages) == article.body
    for passage in passages:
        words = len(passage.text.split())
        signs = sum(not character.isspace() and not character.isalpha() for character in passage.text)
        assert len(passage.text) <= max(LIMITS.passage_characters + LIMITS.blank_characters, 8 * words)
        assert signs <= max(LIMITS.passage_pieces + 50, 2 * words)


def test_white_space_without_end_becomes_one_space_or_line_end() -> None:
    article = make_article("a", "Tin", "Một." + " " * 100_000 + "Hai." + " \n" * 100_000 + "Ba.")
    assert article.body == "Một. Hai.\nBa."
