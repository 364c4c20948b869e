"""Questions about posts: who holds one, and which one somebody holds, by what a passage says of each person."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.posts import PostQuestion
from rag.answering.question import asked_for
from rag.chunking import Passage
from rag.retrieval.fusion import Score
from rag.retrieval.query import QueryOptions, understand
from rag.retrieval.retriever import Hit
from rag.store.language import CorpusLanguage
from rag.store.records import StoredPassage
from rag.vietnamese.names import GivenNames

_ROSTER = (
    "Dự lễ có ông Lê Văn Tám, Bí thư Đảng ủy, Giám đốc; ông Trần An, Phó Bí thư Đảng ủy "
    "và bà Vũ Thị Mơ, Chủ tịch Công đoàn."
)
_DEPUTIES = "Hai Phó Giám đốc là Lê Văn Tám và Trần An. Phó Giám đốc thường trực Vũ Thị Mơ vắng mặt."
_DIRECTORS = (
    "Ông Lê Văn Tám, Giám đốc Công ty Gạch Bình Minh và bà Vũ Thị Mơ, Giám đốc Công ty Giấy Suối Trong ký hợp đồng."
)
_QUESTIONS = (
    "Ai là Bí thư Đảng ủy?", "Giám đốc là ai?", "Ông Tám giữ chức vụ gì?", "Ông Trần An là ai?",
    "Những ai là Phó Giám đốc?", "Ai trồng cây?", "Lễ diễn ra ở đâu?",
)  # fmt: skip


def _question(question: str) -> PostQuestion:
    language = CorpusLanguage(Path(), holds_term=lambda _: True)
    language.names = GivenNames.from_texts([_ROSTER])
    query = understand(question, language, QueryOptions(restore_accents=False))
    return PostQuestion(query, asked_for(query.restored))


def _stored(text: str, title: str = "Tin trong ngày") -> StoredPassage:
    return StoredPassage("bai#v#00000", Passage("bai", 0, 0, len(text), text), title)


def _hit(stored: StoredPassage, opening: str = "") -> Hit:
    return Hit(stored, Score(total=1.0, cosine=0.9, bm25=1.0, lexical=1.0), opening)


def _agreement(question: str, stored: StoredPassage, span: str, opening: str = "") -> float:
    start = stored.passage.text.index(span)
    return _question(question).agreement(_hit(stored, opening), start, start + len(span))


def _holders(question: str, text: str) -> list[str]:
    return [text[one.start : one.end] for one in _question(question).holders(_hit(_stored(text)))]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Ai là Chủ tịch HĐQT?", "Ông Lê Văn Tám, Chủ tịch Hội đồng thành viên, nói."),
        ("Ai là Chủ tịch HĐQT Công ty Giấy?", "Ông Lê Văn Tám, Chủ tịch Hội đồng quản trị Công ty Gạch, nói."),
        ("Ai là Chủ tịch Công đoàn?", "Ông Lê Văn Tám, Chủ tịch HĐQT, nói."),
        ("Ai là Bí thư Đảng ủy Xưởng Giấy?", "Ông Lê Văn Tám, Bí thư Đảng ủy Xưởng Gạch, nói."),
        ("Ai là Phó Giám đốc thứ nhất?", "Ông Lê Văn Tám, Phó Giám đốc, nói."),
    ],
)
def test_another_body_or_rank_is_another_post(question: str, text: str) -> None:
    assert _agreement(question, _stored(text), "Lê Văn Tám") == -1.0


def test_a_degree_is_no_other_post_and_a_name_no_rank() -> None:
    engineer = "Chỉ huy trưởng là kỹ sư Lê Văn Tám."
    assert _agreement("Ai đang làm chỉ huy trưởng?", _stored(engineer), "Lê Văn Tám") >= 0
    chief = _stored("Ông Lê Văn Tám, Tổng Giám đốc Công ty, nói.", title="Đường sắt Lam Giang họp")  # not "lâm thời"
    assert _agreement("Tổng Giám đốc Đường sắt Lam Giang là ai?", chief, "Lê Văn Tám") > 0


def test_the_body_may_be_named_where_the_article_begins() -> None:
    stored = _stored("Ông Lê Văn Tám, Tổng giám đốc, nói.")
    assert _agreement("Tổng giám đốc GBM là ai?", stored, "Lê Văn Tám") == -1.0
    assert _agreement("Tổng giám đốc GBM là ai?", stored, "Lê Văn Tám", "Công ty Gạch Bình Minh (GBM) họp.") > 0


@pytest.mark.parametrize(
    ("question", "text", "title"),
    [
        ("Bác sĩ nào đứng đầu kíp mổ?", "Kíp mổ do ông Lê Văn Tám, Trưởng khoa Ngoại, đứng đầu.", "Ca mổ đầu tiên"),
        ("Ban Kiểm soát do ai làm trưởng ban?", "Trưởng Ban Kiểm soát là ông Lê Văn Tám.", "Đại hội"),
        ("Ai đứng đầu Đoàn Thanh niên?", "Bí thư là ông Lê Văn Tám.", "Các đời Bí thư Đoàn Thanh niên"),
        ("Bà Vũ Thị Mơ lên làm Phó Giám đốc kỹ thuật thay ai?", "Ông Lê Văn Tám, Giám đốc, nghỉ.", "Tin trong ngày"),
    ],
)
def test_a_post_that_may_well_be_the_one_asked_about_is_no_other_post(question: str, text: str, title: str) -> None:
    assert _agreement(question, _stored(text, title), "Lê Văn Tám") >= 0


def test_who_heads_a_body_holds_its_first_post_whatever_that_is_called() -> None:
    asked = "Ai đứng đầu Công đoàn?"
    assert _holders(asked, _ROSTER) == ["Vũ Thị Mơ"]
    assert _holders("Ai được bầu đứng đầu Đảng ủy tại Đại hội lần thứ IV?", _ROSTER) == ["Lê Văn Tám"]
    assert _agreement(asked, _stored(_ROSTER), "Trần An") == -1.0
    assert _holders("Ai đứng đầu Ban Kiểm soát?", "Trưởng Ban Kiểm soát là bà Vũ Thị Mơ.") == ["Vũ Thị Mơ"]
    assert not _question("Ai đứng đầu giải cờ năm 2023?").asks_for_holder


@pytest.mark.parametrize(
    "text", ["Ông Lê Văn Tám, Bí thư Đảng ủy khóa trước, nghỉ.", "Nguyên Bí thư Đảng ủy Lê Văn Tám dự."]
)
def test_who_held_a_post_before_holds_it_only_for_a_question_that_looks_back(text: str) -> None:
    assert _agreement("Ai là Bí thư Đảng ủy?", _stored(text), "Lê Văn Tám") == -1.0
    assert _agreement("Ai là Bí thư Đảng ủy khóa trước?", _stored(text), "Lê Văn Tám") > 0
    news = replace(_stored(text), published=date(2020, 6, 1))
    assert _agreement("Ai là Bí thư Đảng ủy năm 2016?", news, "Lê Văn Tám") > 0
    assert _agreement("Ai là Bí thư Đảng ủy nhiệm kỳ 2020-2025?", news, "Lê Văn Tám") == -1.0


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Ai là Bí thư Đảng ủy?", True),
        ("Giám đốc là ai?", True),
        ("Phó Bí thư Đảng ủy tên là gì?", True),
        ("Phó Giám đốc nào dự lễ?", True),
        ("Những ai là Phó Giám đốc?", True),
        ("Hai vị Phó Giám đốc nào dự lễ?", True),
        ("Ai khánh thành nhà máy?", False),
        ("Ai trao quà cho Giám đốc?", False),
        ("Ông Lê Văn Tám giữ chức vụ gì?", False),
        ("Giám đốc họp ở đâu?", False),
    ],
)
def test_a_question_for_the_holder_of_a_post_is_told_from_others(question: str, *, asks: bool) -> None:
    assert _question(question).asks_for_holder is asks


@pytest.mark.parametrize(
    ("question", "text", "names"),
    [
        ("Ai là Bí thư Đảng ủy?", _ROSTER, ["Lê Văn Tám"]),
        ("Ai là Giám đốc?", _ROSTER, ["Lê Văn Tám"]),
        ("Ai là Bí thư Đảng ủy kiêm Giám đốc?", _ROSTER, ["Lê Văn Tám"]),
        ("Ai là Bí thư Đảng ủy kiêm Chủ tịch Công đoàn?", _ROSTER, []),
        ("Phó Bí thư Đảng ủy tên là gì?", _ROSTER, ["Trần An"]),
        ("Chủ tịch Công đoàn nào dự lễ?", _ROSTER, ["Vũ Thị Mơ"]),
        ("Hai Phó Giám đốc là những ai?", "Hai Phó Giám đốc là Lê Văn Tám và Trần An.", ["Lê Văn Tám", "Trần An"]),
        ("Ai là Phó Giám đốc thường trực?", _DEPUTIES, ["Vũ Thị Mơ"]),
        ("Ai là Giám đốc Công ty Giấy Suối Trong?", _DIRECTORS, ["Vũ Thị Mơ"]),
        ("Ai là Kế toán trưởng?", _ROSTER, []),
        ("Ai trồng cây?", _ROSTER, []),
        ("Ông Lê Văn Tám giữ chức vụ gì?", _ROSTER, []),
    ],
)
def test_the_holders_of_the_post_asked_about_are_named(question: str, text: str, names: list[str]) -> None:
    assert _holders(question, text) == names


@pytest.mark.parametrize(
    ("question", "text", "right", "wrong"),
    [
        ("Ai là Bí thư Đảng ủy?", _ROSTER, "Lê Văn Tám", "Trần An"),
        ("Ai là Phó Bí thư Đảng ủy?", _ROSTER, "Trần An", "Lê Văn Tám"),
        ("Ai là Phó Giám đốc thường trực?", _DEPUTIES, "Vũ Thị Mơ", "Trần An"),
        ("Ai là Giám đốc Công ty Gạch Bình Minh?", _DIRECTORS, "Lê Văn Tám", "Vũ Thị Mơ"),
        ("Bà Vũ Thị Mơ giữ chức vụ gì?", _ROSTER, "Chủ tịch Công đoàn", "Bí thư Đảng ủy"),
        ("Ông Tám giữ chức vụ gì?", _ROSTER, "Giám đốc", "Chủ tịch Công đoàn"),
    ],
)
def test_a_passage_speaks_for_the_right_answer_and_against_another_ones(
    question: str, text: str, right: str, wrong: str
) -> None:
    assert _agreement(question, _stored(text), right) > 0
    assert _agreement(question, _stored(text), wrong) == -1.0


def test_the_post_that_shares_words_with_the_question_agrees_more() -> None:
    question = "Ông Lê Văn Tám giữ chức vụ gì trong Đảng ủy?"
    party, other = (_agreement(question, _stored(_ROSTER), post) for post in ("Bí thư Đảng ủy", "Giám đốc"))
    assert party > other > 0


def test_a_body_may_stand_in_the_headline_instead_of_with_the_post() -> None:
    question, text = "Ai là Giám đốc Công ty Giấy Suối Trong?", "Ông Lê Văn Tám, Giám đốc Công ty, phát biểu."
    with_body = _agreement(question, _stored("Bà Vũ Thị Mơ, Giám đốc Công ty Giấy Suối Trong."), "Vũ Thị Mơ")
    headline = _agreement(question, _stored(text, "Công ty Giấy Suối Trong mừng công"), "Lê Văn Tám")
    assert with_body > headline > 0
    assert _agreement(question, _stored(text, "Công ty Gạch Bình Minh mừng công"), "Lê Văn Tám") == -1.0


@pytest.mark.parametrize(
    ("question", "post"),
    [
        ("Ai là Chủ tịch Hội đồng quản trị?", "Chủ tịch HĐQT"),
        ("Ai là Chủ tịch HĐQT?", "Chủ tịch Hội đồng quản trị"),
        ("Ai là Chủ tịch HĐQT?", "Chủ tịch HĐQT"),
    ],
)
def test_a_body_agrees_with_its_abbreviation(question: str, post: str) -> None:
    assert _agreement(question, _stored(f"Ông Lê Văn Tám, {post}, phát biểu."), "Lê Văn Tám") == 1.0
    assert _agreement(question, _stored("Ông Lê Văn Tám, Chủ tịch Công đoàn, phát biểu."), "Lê Văn Tám") == -1.0


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("Ai trồng cây?", "Lê Văn Tám"),
        ("Lễ diễn ra ở đâu?", "Lê Văn Tám"),
        ("Ai là Bí thư Đảng ủy?", "Dự lễ"),
        ("Ông Lê Văn Tám giữ chức vụ gì?", "Dự lễ"),
    ],
)
def test_what_is_not_told_speaks_neither_for_nor_against(question: str, span: str) -> None:
    assert _agreement(question, _stored(_ROSTER), span) == 0.0


@pytest.mark.parametrize(
    ("question", "posts"),
    [
        ("Bà Vũ Thị Mơ giữ chức vụ gì?", {"Chủ tịch Công đoàn"}),
        ("Ông Tám là ai?", {"Bí thư Đảng ủy", "Giám đốc", "Bí thư Đảng ủy, Giám đốc"}),
        ("Ông Phạm Bình giữ chức vụ gì?", set()),
        ("Ai là Giám đốc?", set()),
        ("Bà Vũ Thị Mơ trồng cây ở đâu?", set()),
    ],
)
def test_the_posts_of_the_person_asked_about_are_offered_one_by_one_and_together(
    question: str, posts: set[str]
) -> None:
    assert {_ROSTER[one.start : one.end] for one in _question(question).places(_ROSTER)} == posts


@given(
    st.sampled_from(_QUESTIONS),
    st.lists(st.sampled_from((*_ROSTER.split(), *_DEPUTIES.split(), "–", ";", "\n")), max_size=40).map(" ".join),
    st.data(),
)
def test_any_passage_agrees_within_bounds(question: str, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    posts = _question(question)
    assert -1.0 <= posts.agreement(_hit(_stored(text)), start, end) <= 1.0
    assert all(
        0 <= one.start < one.end <= len(text) for one in [*posts.places(text), *posts.holders(_hit(_stored(text)))]
    )
