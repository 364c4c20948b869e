import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.answering.question import AnswerKind, asked_for, asks_for_telling


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
        ("Xưởng lắp máy lọc để làm gì?", AnswerKind.WHY, "để làm gì"),
        ("Xưởng lắp máy lọc nhằm mục đích gì?", AnswerKind.WHY, "nhằm mục đích gì"),
        ("Đoàn đi Huế với mục đích gì?", AnswerKind.WHY, "với mục đích gì"),
        ("Địa chỉ trụ sở công ty?", AnswerKind.WHERE, ""),
        ("Cho hỏi địa chỉ xưởng may ạ?", AnswerKind.WHERE, ""),
        ("Địa chỉ nào nhận thư?", AnswerKind.WHAT, "nào"),
        ("Đoàn nghỉ ở khách sạn nào?", AnswerKind.WHERE, "khách sạn nào"),
        ("Phó Giám đốc nào dự lễ?", AnswerKind.WHO, "nào"),
        ("Giám đốc nhà máy nào được khen?", AnswerKind.WHO, "nào"),
        ("Công ty nào có Giám đốc mới?", AnswerKind.WHAT, "nào"),
        ("Vị khách nào phát biểu?", AnswerKind.WHO, "Vị khách nào"),
        ("Ông Lê Văn Tám là gì?", AnswerKind.ROLE, "gì"),
        ("Ông Lê Văn Tám làm gì vậy?", AnswerKind.ROLE, "gì"),
        ("Cây tre là gì?", AnswerKind.WHAT, "gì"),
        ("Cầu thủ nào đeo băng đội trưởng?", AnswerKind.WHO, "Cầu thủ nào"),
        ("Trưởng đoàn giám sát tên là gì?", AnswerKind.WHO, "tên là gì"),
        ("Máy khoan hầm tên là gì?", AnswerKind.WHAT, "tên là gì"),
        ("Phong trào do công đoàn phát động mang tên gì?", AnswerKind.WHAT, "gì"),
        ("Ông Lê Văn Tám phụ trách vị trí nào ở xưởng?", AnswerKind.ROLE, "nào"),
        ("Ông Lê Văn Tám là gì ở xưởng?", AnswerKind.ROLE, "gì"),
        ("Xưởng còn trống vị trí nào?", AnswerKind.WHAT, "nào"),
        ("Giám đốc Công ty Hoàng Mai là ai?", AnswerKind.WHO, "ai"),
        ("Phó của ông Lê Văn Tám là ai?", AnswerKind.WHO, "ai"),
        ("Giám đốc Lê Văn Tám là ai?", AnswerKind.ROLE, "ai"),
        ("Hội thi lần thứ 5 lấy chủ đề gì?", AnswerKind.WHAT, "gì"),
        ("Công nhân lĩnh mỗi tháng bao nhiêu?", AnswerKind.HOW_MANY, "bao nhiêu"),
        ("Mấy xưởng nào dọn đi trước?", AnswerKind.LIST, "Mấy xưởng nào"),
        ("Dây chuyền đặt ở nhà máy nào?", AnswerKind.WHERE, "nhà máy nào"),
        ("Hai vị Phó Bí thư Đảng ủy nào dự lễ?", AnswerKind.LIST, "Hai vị Phó Bí thư Đảng ủy nào"),
        ("Ông Lê Văn Tám là giám đốc đơn vị nào?", AnswerKind.ROLE, "nào"),
        ("Ông Lê Văn Tám cùng Phó Giám đốc nào dự lễ?", AnswerKind.WHO, "nào"),
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
    people = asked_for("Hai vị Phó Bí thư Đảng ủy nào dự lễ?")
    assert (people.noun, people.count) == ("vị", 2)


@pytest.mark.parametrize(
    ("question", "noun"),
    [("Mỏ cho mấy tỷ m3 khí?", "tỷ m3 khí"), ("Sàn rộng bao nhiêu m2?", "m2"), ("Đội 1 có bao nhiêu 3 sao?", "")],
)
def test_a_unit_with_a_digit_is_part_of_what_is_counted(question: str, noun: str) -> None:
    assert asked_for(question).noun == noun


@pytest.mark.parametrize("question", ["Trong 20 máy, bao nhiêu là máy mới?", "Trong 20 máy, bao nhiêu máy mới?"])
def test_what_is_counted_may_stand_behind_a_copula(question: str) -> None:
    asked = asked_for(question)
    assert (asked.kind, asked.noun, question[asked.start : asked.end]) == (AnswerKind.HOW_MANY, "máy mới", "bao nhiêu")


@pytest.mark.parametrize("question", ["Ông Tám nói gì?", "Bà Năm trồng cây gì?", "Ông Lê Văn Ba thích gì?"])
def test_a_name_that_is_also_a_number_counts_nothing(question: str) -> None:
    assert asked_for(question).count is None


def test_an_abbreviated_measure_asks_for_an_amount() -> None:
    assert asked_for("SL khai thác năm 2020?").kind is AnswerKind.HOW_MANY
    assert asked_for("BCH khai thác năm 2020?").kind is AnswerKind.WHAT


def test_a_word_that_only_looks_like_a_question_word_asks_nothing() -> None:
    assert asked_for("Giàn không người ở được điều khiển từ giàn nào?").kind is AnswerKind.WHAT
    assert asked_for("Bộ máy gồm mấy phòng?").kind is AnswerKind.HOW_MANY


@given(texts(max_words=20) | st.text(max_size=100))
def test_any_question_asks_for_something_at_a_place_in_it(question: str) -> None:
    asked = asked_for(question)
    assert 0 <= asked.start <= asked.end <= len(question)


@pytest.mark.parametrize(
    ("question", "tells"),
    [
        ("Vì sao lợi nhuận giảm?", True),
        ("Đời sống công nhân ra sao?", True),
        ("Hội nghị diễn ra như thế nào?", True),
        ("Làm sao để nộp đơn?", True),
        ("Ai là Chủ tịch Hội đồng?", False),
        ("Nhà máy có bao nhiêu công nhân?", False),
    ],
)
def test_why_and_how_are_told_by_a_sentence(question: str, tells: bool) -> None:  # noqa: FBT001
    assert asks_for_telling(question, asked_for(question)) is tells
