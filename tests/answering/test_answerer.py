"""Short answers from the real corpus, through the real reader: each is a quoted place or put together from such."""

import pytest

from rag.answering.answer import Answer
from rag.answering.question import AnswerKind
from rag.chat import Chatbot
from rag.store.library import Library


def _check_citations(answer: Answer, library: Library) -> None:
    assert answer.citations
    for citation in answer.citations:
        article = library.article(citation.article)
        assert article is not None
        assert article.body[citation.start : citation.end] == citation.quote
        assert f"[{citation.n}]" in answer.text


@pytest.mark.parametrize(
    ("question", "kind", "spans"),
    [
        ("Ai là Bí thư Đảng ủy BMĐH?", AnswerKind.WHO, ("Trần Quốc Thắng",)),
        ("Đảng bộ BMĐH có bao nhiêu đảng viên chính thức?", AnswerKind.HOW_MANY, ("243 đảng viên chính thức",)),
        ("Ông Lê Ngọc Sơn sinh năm nào?", AnswerKind.WHEN, ("năm 1972",)),
    ],
)
def test_a_short_answer_is_the_place_that_answers(
    chatbot: Chatbot, corpus_library: Library, question: str, kind: AnswerKind, spans: tuple[str, ...]
) -> None:
    answer = chatbot.ask(question)
    assert (answer.kind, answer.spans) == (kind, spans)
    _check_citations(answer, corpus_library)
    assert spans[0] in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "holder"),
    [
        ("Ai là Chủ tịch Công đoàn PVOIL?", "Mai Xuân Hải"),
        ("Chủ tịch HĐQT PVOIL là ai?", "Cao Hoài Dương"),
        ("chu tich cong doan vietsovpetro la ai", "Hoàng Phúc Long"),
    ],
)
def test_of_the_people_in_a_roster_the_holder_of_the_post_is_given(
    chatbot: Chatbot, corpus_library: Library, question: str, holder: str
) -> None:
    answer = chatbot.ask(question)
    assert answer.spans == (holder,)
    _check_citations(answer, corpus_library)


def test_a_neighbours_post_is_not_given_for_the_one_asked_about(chatbot: Chatbot) -> None:
    answer = chatbot.ask("Ai được bầu làm Chủ tịch Công đoàn PV GAS?")  # told: the one of the body above, and others
    assert answer.abstained
    assert answer.related


def test_whoever_is_told_by_a_post_alone_is_named_with_a_quote_that_reaches_back(
    chatbot: Chatbot, corpus_library: Library
) -> None:
    answer = chatbot.ask("Tại hội nghị tổng kết năm 2023 của PVN, ai trao quyết định cho ông Lê Mạnh Hùng?")
    assert answer.spans == ("Thủ tướng Phạm Minh Chính",)
    assert "Thủ tướng trao quyết định" in answer.citations[0].quote
    _check_citations(answer, corpus_library)


def test_a_list_holds_every_item(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("Mẫu thiết kế BK-20 dự kiến được áp dụng tiếp cho những khu vực nào?")
    assert answer.spans == ("BK-21", "BK-19", "RC-10")
    assert "BK-21, BK-19 và RC-10" in answer.text
    _check_citations(answer, corpus_library)


def test_yes_or_no_comes_with_its_proof(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("Dự án Kình Ngư Trắng có để xảy ra tai nạn không?")
    assert answer.spans[0] == "Không"
    assert "không để xảy ra tai nạn" in answer.text
    _check_citations(answer, corpus_library)


def test_a_comparison_cites_both_articles_and_says_which_is_more(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("Nộp ngân sách của Petrovietnam năm 2023 hay năm 2024 cao hơn?")
    assert answer.kind is AnswerKind.COMPARE
    assert answer.text.startswith("Năm 2024.")
    assert {citation.article for citation in answer.citations} == {
        "027-pvn-tong-ket-2023",
        "028-petrovietnam-tong-ket-2024",
    }
    _check_citations(answer, corpus_library)


@pytest.mark.parametrize(
    "question",
    ["Giàn BK-20 hay giàn BK-27 nặng hơn?", "Sản lượng dầu của Vietsovpetro năm 2020 hay năm 2035 cao hơn?"],
)
def test_nothing_is_compared_with_what_no_article_tells(chatbot: Chatbot, question: str) -> None:
    assert chatbot.ask(question).abstained


def test_an_abbreviation_is_spelled_out_as_an_article_does(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("BMĐH là gì?")
    assert answer.kind is AnswerKind.DEFINITION
    assert answer.spans == ("Bộ máy Điều hành",)
    assert answer.text == "BMĐH là viết tắt của Bộ máy Điều hành [1]."
    _check_citations(answer, corpus_library)


def test_a_refusal_offers_passages_but_no_answer(chatbot: Chatbot) -> None:
    answer = chatbot.ask("Vận động viên nào vô địch giải quần vợt năm 1998?")
    assert answer.abstained
    assert not answer.spans
    assert not answer.citations
    assert answer.related
