import pytest

from rag.answering.compose import in_place, joined, marked
from rag.answering.question import asked_for


@pytest.mark.parametrize(
    ("question", "short", "sentence"),
    [
        ("Ai là Chủ tịch Hội đồng?", "Lê Văn Tám", "Lê Văn Tám là Chủ tịch Hội đồng"),
        ("Cho hỏi Chủ tịch Hội đồng là ai ạ?", "Lê Văn Tám", "Chủ tịch Hội đồng là Lê Văn Tám"),
        ("Lễ mừng công của Nhà máy diễn ra ngày nào?", "9/6", "Lễ mừng công của Nhà máy diễn ra ngày 9/6"),
        (
            "Đoàn Thanh niên có bao nhiêu đoàn viên?",
            "251 đoàn viên",
            "Đoàn Thanh niên có 251 đoàn viên",
        ),
        ("Năm 2020 PVN bán được bao nhiêu dầu thô?", "3,4 triệu tấn", "Năm 2020 PVN bán được 3,4 triệu tấn dầu thô"),
        ("Gói thầu của PVN đạt bao nhiêu phần trăm khối lượng?", "71%", "Gói thầu của PVN đạt 71% khối lượng"),
        ("Nợ của PVN ở mức bao nhiêu phần trăm?", "1,87%", "Nợ của PVN ở mức 1,87%"),
        ("Giếng của BK-24 khoan bằng giàn nào?", "giàn Cửu Long", "Giếng của BK-24 khoan bằng giàn Cửu Long"),
        ("Vì sao Nhà máy dừng chạy?", "thiếu điện", "Nhà máy dừng chạy vì thiếu điện"),
        ("Doanh thu PVN năm 2020?", "566 tỷ đồng", "Doanh thu PVN năm 2020: 566 tỷ đồng"),
    ],
)
def test_the_answer_stands_where_the_question_asked(question: str, short: str, sentence: str) -> None:
    assert in_place(question, asked_for(question), short) == sentence


def test_a_question_typed_in_a_hurry_is_not_said_again() -> None:
    assert in_place("ai là bí thư đảng ủy", asked_for("ai là bí thư đảng ủy"), "Lê Văn Tám") is None


def test_items_and_marks_read_as_vietnamese() -> None:
    assert joined(["A", "B", "C"]) == "A, B và C"
    assert joined(["A"]) == "A"
    assert marked("A và B.", [1, 2, 1]) == "A và B [1][2]."


@pytest.mark.parametrize(
    ("question", "short", "said"),
    [
        ("Ông Lê Văn Tám đến đâu?", "Hải Phòng", "Ông Lê Văn Tám đến Hải Phòng"),
        ("Người đứng đầu Xưởng Giấy là ai?", "Đỗ Văn Mẫn", "Người đứng đầu Xưởng Giấy là Đỗ Văn Mẫn"),
        ("Xưởng Giấy họp khi nào?", "Chiều 5/3", "Xưởng Giấy họp chiều 5/3"),
    ],
)
def test_a_name_keeps_its_capital_though_it_sounds_like_a_common_word(question: str, short: str, said: str) -> None:
    assert in_place(question, asked_for(question), short) == said
