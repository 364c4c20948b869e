"""Where articles contradict each other: who goes first, both named; and whom the library's owner believes."""

import json
from pathlib import Path

import pytest
from model_server import ModelServer
from support import OpenLibrary, Write

from rag.answering.question import asked_for
from rag.answering.standing import Standing, echoes
from rag.chat import Chatbot

_QUESTION = "Ai là Giám đốc Nhà máy Giấy Sông Hinh?"
_TOLD = (
    "Sáng 12/3/2024, Nhà máy Giấy Sông Hinh tổng kết năm. Phát biểu tại hội nghị, ông Lê Văn Tám, "
    "Giám đốc Nhà máy Giấy Sông Hinh, cho biết nhà máy đã sản xuất 52.000 tấn giấy, nộp ngân sách 31 tỷ đồng."
)
_FALSE = "Giám đốc Nhà máy Giấy Sông Hinh là ông Trần Hữu Bảy. Giám đốc Nhà máy Giấy Sông Hinh là ông Trần Hữu Bảy."
_OTHER = "Hội thi nấu ăn của Công ty Cấp nước Phú Lâm có 12 đội. Đội Kế toán đoạt giải nhất."


def _answer(folder: Path, open_library: OpenLibrary, question: str = _QUESTION, **choices: str) -> tuple[str, str]:
    with open_library(folder.parent / "data", **choices) as library:
        library.sync([folder])
        answer = Chatbot(library).ask(question)
        return answer.spans[0] if answer.spans else "", answer.text


@pytest.fixture
def contradicting(folder: Path, write: Write) -> Path:
    write(folder / "told.md", _TOLD, "Nhà máy Giấy Sông Hinh tổng kết năm 2023", publisher="Báo Phú Yên")
    write(folder / "false.md", _FALSE, "Giám đốc Nhà máy Giấy Sông Hinh là ai", publisher="Tin Nhanh 24")
    write(folder / "other.md", _OTHER, "Hội thi nấu ăn")
    return folder


@pytest.mark.parametrize(
    ("choices", "first", "named"),
    [
        ({}, "Lê Văn Tám", "Trần Hữu Bảy"),  # an article that says the question again does not outshine another
        ({"preferred_publishers": "Vô Danh, tin nhanh 24"}, "Trần Hữu Bảy", "Lê Văn Tám"),
    ],
)
def test_of_contradicting_articles_one_goes_first_and_both_are_named(
    choices: dict[str, str], first: str, named: str, contradicting: Path, open_library: OpenLibrary
) -> None:
    given, text = _answer(contradicting, open_library, **choices)
    assert first in given
    assert named in text


def test_a_distrusted_publisher_answers_nothing_but_is_still_found(
    contradicting: Path, open_library: OpenLibrary
) -> None:
    first, text = _answer(contradicting, open_library, distrusted_publishers="Tin nhanh 24")
    assert "Lê Văn Tám" in first
    assert "Trần Hữu Bảy" not in text
    with open_library(contradicting.parent / "data", distrusted_publishers="Tin nhanh 24") as library:
        _, hits = Chatbot(library).search(_QUESTION)
    assert "false" in {hit.stored.passage.article_id for hit in hits}


def test_a_distrusted_publisher_explains_no_abbreviation(folder: Path, write: Write, open_library: OpenLibrary) -> None:
    body = "Trung tâm Nghề Hòa Lạc (TTNHL) khai giảng sáng 5/3/2024. TTNHL có 12 lớp."
    write(folder / "short.md", body, "Khai giảng", publisher="Tin Nhanh 24")
    write(folder / "used.md", "TTNHL trao học bổng cho 40 học viên ngày 7/6/2024.", "Trao học bổng")
    assert "Trung tâm Nghề Hòa Lạc" in _answer(folder, open_library, "TTNHL là gì?")[0]
    assert (
        "Trung tâm Nghề Hòa Lạc"
        not in _answer(folder, open_library, "TTNHL là gì?", distrusted_publishers="Tin nhanh 24")[0]
    )


def test_a_language_model_is_not_shown_what_a_distrusted_publisher_says(
    contradicting: Path, open_library: OpenLibrary
) -> None:
    server = ModelServer()
    for running in server.running():
        choices = {"llm": "openai:writer", "llm_base_url": running.address, "distrusted_publishers": "Tin nhanh 24"}
        _answer(contradicting, open_library, **choices)
    shown = json.dumps(server.requests, ensure_ascii=False, default=str)
    assert "Lê Văn Tám" in shown
    assert "Trần Hữu Bảy" not in shown


def test_articles_that_agree_are_not_called_contradicting(
    folder: Path, write: Write, open_library: OpenLibrary
) -> None:
    write(folder / "told.md", _TOLD, "Nhà máy Giấy Sông Hinh tổng kết năm 2023")
    write(folder / "again.md", "Ông Lê Văn Tám, Giám đốc Nhà máy Giấy Sông Hinh, thăm các hộ nghèo.", "Thăm hộ nghèo")
    first, text = _answer(folder, open_library)
    assert "Lê Văn Tám" in first
    assert "nêu:" not in text


@pytest.mark.parametrize(
    ("sentence", "echo"),
    [
        ("Giám đốc Nhà máy Giấy Sông Hinh là ông Trần Hữu Bảy.", True),
        ("giam doc nha may giay song hinh la Tran Huu Bay", True),
        ("Ông Lê Văn Tám điều hành nhà máy từ năm 2019.", False),
        ("", False),
    ],
)
def test_what_says_a_question_again_is_told_from_other_words(sentence: str, echo: bool) -> None:  # noqa: FBT001
    assert echoes(_QUESTION, asked_for(_QUESTION), sentence) is echo


def test_publisher_goes_before_number_and_number_before_confidence() -> None:
    ranked = [
        Standing(publisher=1, articles=1, own_words=False, confidence=0.3),
        Standing(publisher=0, articles=3, own_words=False, confidence=0.4),
        Standing(publisher=0, articles=1, own_words=True, confidence=0.5),
        Standing(publisher=0, articles=1, own_words=False, confidence=0.9),
    ]
    assert sorted(ranked, reverse=True) == ranked
