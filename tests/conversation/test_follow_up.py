"""Follow-ups made whole, on text alone: what is carried over, and what is left as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.conversation.follow_up import before, stand_alone, what_it_is_about
from rag.conversation.splice import put_in_place


def called(question: str) -> list[str]:
    return ["Lê Văn Tám"] if "ông Tám" in question else []


def whole(question: str, *talk: str, belongs: bool = False, bare: bool = False) -> str:
    turns = list(zip(talk[::2], talk[1::2], strict=True))
    return stand_alone(question, before(turns, called), called, bare=bare, belongs=lambda _: belongs)


@pytest.mark.parametrize(
    ("asked", "answered", "follow_up", "meant"),
    [
        (
            "Ai là Bí thư Đảng ủy Khối?",
            "Đồng chí Lê Văn Tám.",
            "Còn phó bí thư?",
            "Ai là phó bí thư Đảng ủy Khối?",
        ),
        (
            "Giám đốc ABC là ai?",
            "Ông Lê Văn Tám.",
            "Thế kế toán trưởng?",
            "Kế toán trưởng ABC là ai?",
        ),
        (
            "Doanh thu của ABC năm 2020 là bao nhiêu?",
            "5 tỷ đồng.",
            "năm sau thì sao?",
            "Doanh thu của ABC năm 2021 là bao nhiêu?",
        ),
        (
            "Doanh thu của ABC năm 2020 là bao nhiêu?",
            "5 tỷ đồng.",
            "Còn năm 2018?",
            "Doanh thu của ABC năm 2018 là bao nhiêu?",
        ),
        (
            "Doanh thu của ABC năm 2020 là bao nhiêu?",
            "5 tỷ đồng.",
            "Thế XYZ thì sao?",
            "Doanh thu của XYZ năm 2020 là bao nhiêu?",
        ),
        (
            "Doanh thu quý IV/2020 của ABC là bao nhiêu?",
            "5 tỷ đồng.",
            "Quý sau thì sao?",
            "Doanh thu quý I/2021 của ABC là bao nhiêu?",
        ),
        (
            "Năm 2020 ABC bán gạo được bao nhiêu?",
            "5 tỷ đồng.",
            "Còn bán ngô thì sao?",
            "Năm 2020 ABC bán ngô được bao nhiêu?",
        ),
        ("Ai làm trưởng đoàn?", "Ông Lê Văn Tám.", "Ông ấy nói gì?", "Ông Lê Văn Tám nói gì?"),
        ("Ai làm trưởng đoàn?", "Đồng chí Lê Thị Hoa.", "Bà ấy sinh năm nào?", "Bà Lê Thị Hoa sinh năm nào?"),
        ("Ai làm trưởng đoàn?", "Ông Lê Văn Tám.", "Người này quê ở đâu?", "Lê Văn Tám quê ở đâu?"),
        (
            "Ban Chấp hành Đảng bộ Hòa Lạc có mấy người?",
            "13 người.",
            "Đảng bộ này có bao nhiêu đảng viên?",
            "Đảng bộ Hòa Lạc có bao nhiêu đảng viên?",
        ),
        (
            "Hội nghị khuyến nông năm 2020 do ai báo cáo?",
            "Ông Lê Văn Tám.",
            "Hội nghị đó họp ở đâu?",
            "Hội nghị khuyến nông năm 2020 họp ở đâu?",
        ),
        ("Cầu Rồng dài bao nhiêu?", "666 m.", "Nó khánh thành khi nào?", "Cầu Rồng khánh thành khi nào?"),
        (
            "Ông Lê Văn Tám sinh năm nào?",
            "Năm 1970.",
            "Còn ông Trần Văn Bảy?",
            "Ông Trần Văn Bảy sinh năm nào?",
        ),
    ],
)
def test_what_a_follow_up_leaves_out_is_taken_from_before(
    asked: str, answered: str, follow_up: str, meant: str
) -> None:
    assert whole(follow_up, asked, answered) == meant


def test_who_speaks_at_an_event_is_asked_with_the_event() -> None:
    resolved = whole("Ông ấy nói gì?", "Ai phát biểu tại hội nghị khuyến nông 2020?", "Ông Lê Văn Tám.")
    assert resolved == "Ông Lê Văn Tám nói gì (hội nghị khuyến nông 2020)?"


def test_a_follow_up_to_a_follow_up_keeps_what_the_talk_is_about() -> None:
    resolved = whole("Lúc nào xong?", "Ai thiết kế (Cầu Rồng)?", "Viện Thiết kế.", belongs=True)
    assert resolved == "Lúc nào xong (Cầu Rồng)?"


def test_the_person_named_further_back_is_still_meant() -> None:
    resolved = whole("Ông ấy quê ở đâu?", "Ai làm trưởng đoàn?", "Ông Lê Văn Tám.", "Đoàn thăm mấy nơi?", "Ba nơi.")
    assert resolved.startswith("Ông Lê Văn Tám quê ở đâu")


def test_a_follow_up_typed_without_accents_is_known_by_its_cues() -> None:
    assert whole("con pho bi thu thi sao", "Ai là bí thư Đoàn?", "Ông Tám.", bare=True).endswith("?")
    assert whole("ong ay sinh nam nao", "Ai làm trưởng đoàn?", "Ông Lê Văn Tám.", bare=True) == (
        "ông Lê Văn Tám sinh nam nao"
    )


@pytest.mark.parametrize(
    "question",
    [
        "Doanh thu của XYZ năm 2019 tăng bao nhiêu so với năm trước?",
        "Ông Trần Văn Bảy sinh năm nào?",
        "Đại hội Đoàn Thanh niên họp ngày nào?",
        "Cầu Cần Thơ dài bao nhiêu?",
        "Ông Tám nói gì?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert whole(question, "Doanh thu của ABC năm 2020 là bao nhiêu?", "5 tỷ đồng.", belongs=True) == question


def test_a_question_that_names_nothing_is_read_in_context_only_where_it_belongs_there() -> None:
    talk = ("Cầu Rồng dài bao nhiêu?", "666 m.")
    assert whole("Có mấy làn xe?", *talk, belongs=True) == "Có mấy làn xe (Cầu Rồng)?"
    assert whole("Có mấy làn xe?", *talk, belongs=False) == "Có mấy làn xe?"
    assert whole("Thế có mấy làn xe?", *talk, belongs=False) == "Có mấy làn xe (Cầu Rồng)?"


def test_what_is_pointed_at_and_not_found_is_read_with_the_question_before() -> None:
    resolved = whole("Ai phát biểu tại buổi lễ đó?", "Cầu Rồng khánh thành khi nào?", "Sáng 8/11.")
    assert resolved == "Ai phát biểu tại buổi lễ đó (Cầu Rồng khánh thành)?"


def test_what_a_question_is_about_is_the_question_without_what_asks() -> None:
    assert what_it_is_about("Có bao nhiêu đại biểu dự Đại hội V?") == "đại biểu dự Đại hội V"
    assert what_it_is_about("Đại hội V họp khi nào?") == "Đại hội V"
    assert what_it_is_about("bao nhiêu?") == ""


@given(texts(), texts(), texts(), st.fixed_dictionaries({"belongs": st.booleans(), "bare": st.booleans()}))
def test_no_text_breaks_it(question: str, asked: str, answered: str, choices: dict[str, bool]) -> None:
    assert whole(question, asked, answered, **choices).strip()
    assert put_in_place(question, asked).strip()
