import pytest

from rag.answering.lists import list_items
from rag.answering.question import asked_for


@pytest.mark.parametrize(
    ("question", "text", "span", "items"),
    [
        (
            "Những ai dự lễ?",
            "Dự lễ có ông Lê Văn Tám, Giám đốc; bà Trần Thị Lan và đồng chí Vũ Minh.",
            "Lê Văn Tám",
            ["Lê Văn Tám", "Trần Thị Lan", "Vũ Minh"],
        ),
        (
            "Mẫu thiết kế được dùng cho những giàn nào?",
            "Mẫu được dùng cho các giàn như AB-1, CD-22 và EF-3.",
            "CD-22",
            ["AB-1", "CD-22", "EF-3"],
        ),
        (
            "Hai quy chế nào được ban hành?",
            "Năm nay ban hành “Quy chế về lương” và “Quy chế về thưởng”.",
            "Quy chế về thưởng",
            ["Quy chế về lương", "Quy chế về thưởng"],
        ),
        (
            "Tuyến Suối Mơ - Hoa Ban có những ga nào?",
            "Ba ga là Suối Mơ, Bến Sỏi và Hoa Ban.",
            "Bến Sỏi",
            ["Suối Mơ", "Bến Sỏi", "Hoa Ban"],
        ),
        (
            "Ngoài Suối Mơ và Hoa Ban còn những ga nào?",
            "Ba ga là Suối Mơ, Bến Sỏi và Hoa Ban.",
            "Bến Sỏi",
            ["Bến Sỏi"],
        ),
        (
            "Bến tàu Suối Mơ sửa những ga nào?",
            "Ba ga được sửa gồm Suối Mơ, Bến Sỏi và Hoa Ban.",
            "Bến Sỏi",
            ["Suối Mơ", "Bến Sỏi", "Hoa Ban"],
        ),
        (
            "Đội có những cầu thủ mới nào?",
            "Ba tân binh gồm hậu vệ Ksor Y Thanh, tiền vệ Lò Văn Pẩu và tiền đạo Mã Thiên Ân.",
            "Lò Văn Pẩu",
            ["Ksor Y Thanh", "Lò Văn Pẩu", "Mã Thiên Ân"],
        ),
        (
            "Công ty gặp những khó khăn nào?",
            "Khó khăn gồm: giá giảm sâu, thiếu nhân lực, thiên tai kéo dài.",
            "giá giảm sâu, thiếu nhân lực, thiên tai kéo dài",
            ["giá giảm sâu", "thiếu nhân lực", "thiên tai kéo dài"],
        ),
        (
            "Ngoài ông Lê Văn Tám, những ai dự lễ?",
            "Dự lễ có ông Lê Văn Tám và bà Trần Thị Lan.",
            "Trần Thị Lan",
            ["Trần Thị Lan"],
        ),
        (
            "Khi đó hai phó đoàn là ai?",
            "Ông Lê Văn Tám làm trưởng đoàn, hai phó đoàn là Vũ Minh và Trần Lan, thư ký là Đỗ An.",
            "Vũ Minh",
            ["Vũ Minh", "Trần Lan"],
        ),
    ],
)
def test_the_whole_list_is_found_from_one_place_in_it(question: str, text: str, span: str, items: list[str]) -> None:
    start = text.index(span)
    found = list_items(asked_for(question), question, text, (0, len(text)), (start, start + len(span)))
    assert [text[item.start : item.end] for item in found] == items
