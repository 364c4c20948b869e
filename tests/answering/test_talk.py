"""What people type that is no well-formed question: talk, questions about the library, vague and double ones, "now"."""

import datetime
from pathlib import Path

import pytest
from support import Write

from rag.answering.answer import Answer, Origin
from rag.answering.citations import check
from rag.answering.talk import reply
from rag.chat import Chatbot
from rag.conversation.acts import Act
from rag.conversation.history import Turn
from rag.store.library import Library

_QUESTION = "Giàn BK-24 có bao nhiêu vị trí giếng khoan?"
_ASKED = ({"role": "user", "content": _QUESTION}, {"role": "assistant", "content": "9 vị trí giếng khoan [1]."})


def _check(answer: Answer, library: Library) -> None:
    for citation in answer.citations:
        assert check(citation, library.article(citation.article)) is citation
        assert f"[{citation.n}]" in answer.text


@pytest.mark.parametrize("turn", ["xin chào", "cảm ơn bạn nhiều nhé", "bạn là ai?", "mấy giờ rồi", "chắc không?"])
def test_talk_gets_a_short_reply_without_a_quote(chatbot: Chatbot, turn: str) -> None:
    answer = chatbot.ask(turn, _ASKED)
    assert answer.origin is Origin.TALK
    assert answer.text
    assert not answer.citations
    assert not answer.related


def test_a_talk_goes_on_from_the_question_before_the_thanks(chatbot: Chatbot) -> None:
    thanked = ({"role": "user", "content": "cảm ơn bạn"}, {"role": "assistant", "content": "Không có gì."})
    assert chatbot.ask("Giàn này nặng bao nhiêu tấn?", [*_ASKED, *thanked]).query.text == (
        chatbot.ask("Giàn này nặng bao nhiêu tấn?", _ASKED).query.text
    )


def test_a_reply_repeats_the_answer_without_its_numbers_and_tells_the_time() -> None:
    now = datetime.datetime(2026, 1, 5, 9, 3, tzinfo=datetime.UTC)
    assert reply(Act.REPEAT, [Turn("Ai?", "Lê Văn Tám [1].")], now) == "Câu trả lời trước là: Lê Văn Tám."
    assert "Chưa có câu trả lời" in reply(Act.REPEAT, [], now)
    assert "9 giờ 03, thứ Hai, ngày 5/1/2026" in reply(Act.CLOCK, [], now)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("thư viện có bao nhiêu bài viết?", "Thư viện có 3 bài."),
        ("bài mới nhất là bài nào?", "Bài mới nhất: “Hội nghị khách hàng c” (02/09/2023) [1]."),
        ("bài cũ nhất là bài nào?", "Bài cũ nhất: “Đại hội công đoàn a” (05/03/2022) [1]."),
        ("các bài đăng năm 2022 là những bài nào?", "Thư viện có 2 bài đăng năm 2022: "),
        ("bai moi nhat la bai nao", "Bài mới nhất: “Hội nghị khách hàng c” (02/09/2023) [1]."),
        ("thư viện này có gì", "đăng từ ngày 05/03/2022 đến ngày 02/09/2023"),
    ],
)
def test_the_library_tells_of_itself(write: Write, folder: Path, library: Library, question: str, told: str) -> None:
    articles = {
        "a": ("Đại hội công đoàn", "2022-03-05", "Đại hội công đoàn Hải Đăng họp ngày 4/3/2022."),
        "b": ("Tổng kết năm", "2022-12-30", "Hải Đăng đạt doanh thu 512 tỷ đồng trong năm 2022."),
        "c": ("Hội nghị khách hàng", "2023-09-02", "Hội nghị khách hàng họp ngày 1/9/2023 tại Mây Hồng."),
    }
    for name, (title, day, text) in articles.items():
        write(folder / f"{name}.md", text, title, published=day, publisher="Sông Quê")
    library.sync([folder])
    answer = Chatbot(library).ask(question)
    assert answer.origin is Origin.RECORDS
    assert told in answer.text
    _check(answer, library)


def test_two_questions_are_both_answered_and_a_missing_one_is_named(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("Giàn BK-21 có bao nhiêu lỗ khoan và ai là ca sĩ chính?")
    assert "9 lỗ khoan" in answer.text
    assert "Không tìm thấy trong các bài viết: “ai là ca sĩ chính" in answer.text
    _check(answer, corpus_library)


def test_a_vague_question_is_asked_back_and_a_choice_answers_it(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("Hội nghị diễn ra khi nào?")
    assert len(answer.choices) > 1
    assert answer.text.endswith("Bạn muốn hỏi bài nào?")
    _check(answer, corpus_library)
    chosen = chatbot.ask(answer.choices[0])
    assert not chosen.choices
    assert {citation.article for citation in chosen.citations} == {answer.citations[0].article}


def test_a_word_alone_brings_sentences_and_no_verdict(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("Kình Ngư Trắng")
    assert chatbot.ask("Kình Ngư Trắng", _ASKED).citations == answer.citations
    assert not answer.spans
    assert answer.citations
    assert all("kình ngư trắng" in citation.quote.lower() for citation in answer.citations)
    _check(answer, corpus_library)


def test_now_is_answered_from_the_newest_article_and_dated(chatbot: Chatbot, corpus_library: Library) -> None:
    answer = chatbot.ask("Chủ tịch Hội đồng thành viên Petrovietnam hiện nay là ai?")
    assert answer.spans == ("Lê Ngọc Sơn",)
    assert "Theo bài ngày 26/12/2025" in answer.text
    _check(answer, corpus_library)


def test_an_article_without_accents_is_read_with_them_and_quoted_without(
    write: Write, folder: Path, library: Library
) -> None:
    plain = "Dai hoi cong doan Nha may Giay Song Que dien ra ngay 5/3/2024 tai hoi truong lon, co 86 dai bieu."
    write(folder / "khong-dau.md", plain, "Dai hoi cong doan")
    other = "Đại hội công đoàn các nhà máy diễn ra tại hội trường lớn. Sông Quê có nhà máy giấy; ngày đại biểu dự lễ."
    write(folder / "co-dau.md", other * 3, "Tin công đoàn")
    library.sync([folder])
    answer = Chatbot(library).ask("Đại hội công đoàn Nhà máy Giấy Sông Quê có bao nhiêu đại biểu?")
    assert answer.spans == ("86 dai bieu",)
    assert answer.citations[0].quote == plain
    _check(answer, library)
