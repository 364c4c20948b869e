import pytest

from rag.answering.question import AnswerKind, asked_for


@pytest.mark.parametrize(
    ("question", "kind", "asking"),
    [
        ("Ai là Chủ tịch Hội đồng?", AnswerKind.WHO, "Ai"),
        ("Người ký quyết định tên là gì?", AnswerKind.WHO, "tên là gì"),
        ("Ông Lê Văn Tám giữ chức vụ gì?", AnswerKind.ROLE, "chức vụ gì"),
        ("Ông Lê Văn Tám là ai?", AnswerKind.ROLE, "ai"),
        ("Lễ khánh thành diễn ra ngày nào?", AnswerKind.WHEN, "ngày nào"),
        ("Bao giờ nhà máy chạy thử?", AnswerKind.WHEN, "Bao giờ"),
        ("Đại hội họp ở đâu?", AnswerKind.WHERE, "đâu"),
        ("Đảng bộ có bao nhiêu đảng viên?", AnswerKind.HOW_MANY, "bao nhiêu"),
        ("Đảng bộ có tổng số bao nhiêu đảng viên?", AnswerKind.HOW_MANY, "bao nhiêu"),
        ("Doanh thu năm 2020?", AnswerKind.HOW_MANY, ""),
        ("Những ai dự hội nghị?", AnswerKind.LIST, "Những ai"),
        ("Hai nội dung nào được thông qua?", AnswerKind.LIST, "Hai nội dung nào"),
        ("Vì sao lợi nhuận giảm?", AnswerKind.WHY, "Vì sao"),
        ("Nhà máy đã chạy thử chưa?", AnswerKind.YES_NO, "đã chạy thử chưa?"),
        ("Công đoàn có hoàn thành chỉ tiêu không nhỉ?", AnswerKind.YES_NO, "có hoàn thành chỉ tiêu không nhỉ?"),
        ("Quyết định phê duyệt là số mấy?", AnswerKind.CODE, "mấy"),
        ("Đại hội lần thứ mấy?", AnswerKind.ORDINAL, "lần thứ mấy"),
        ("Nhà thầu nào trúng thầu?", AnswerKind.WHAT, "nào"),
    ],
)
def test_the_question_words_tell_what_is_asked(question: str, kind: AnswerKind, asking: str) -> None:
    asked = asked_for(question)
    assert (asked.kind, question[asked.start : asked.end]) == (kind, asking)


def test_an_abbreviation_of_the_question_is_asked_to_be_spelled_out() -> None:
    assert asked_for("HĐTV là gì?", ["HĐTV"]).kind is AnswerKind.DEFINITION
    assert asked_for("HĐTV là gì?").kind is AnswerKind.WHAT


def test_the_noun_and_the_number_of_a_list_are_known() -> None:
    asked = asked_for("Ba kiến nghị nào được nêu?")
    assert (asked.noun, asked.count) == ("kiến nghị", 3)
    assert asked_for("Có bao nhiêu đảng viên mới?").noun == "đảng viên mới"


def test_a_word_that_only_looks_like_a_question_word_asks_nothing() -> None:
    assert asked_for("Giàn không người ở được điều khiển từ giàn nào?").kind is AnswerKind.WHAT
    assert asked_for("Bộ máy gồm mấy phòng?").kind is AnswerKind.HOW_MANY
