"""Several questions in one turn."""

import pytest

from rag.conversation.several import questions_in


@pytest.mark.parametrize(
    ("turn", "questions"),
    [
        ("Ai là Giám đốc? Công ty có bao nhiêu lao động?", ["Ai là Giám đốc", "Công ty có bao nhiêu lao động"]),
        (
            "Đại hội họp ngày nào, ở đâu, có bao nhiêu đại biểu?",
            ["Đại hội họp ngày nào", "Đại hội họp ở đâu", "có bao nhiêu đại biểu"],
        ),
        ("Sản lượng 3 năm 2020, 2021, 2022 ra sao?", [f"Sản lượng năm {year} ra sao?" for year in (2020, 2021, 2022)]),
        ("Ai là Giám đốc và Phó Giám đốc?", ["Ai là Giám đốc và Phó Giám đốc?"]),
        ("Có mấy ga chứa hàng, là những ga nào?", ["Có mấy ga chứa hàng, là những ga nào?"]),
        ("Ngoài Huế và Vinh, tàu dừng ở đâu?", ["Ngoài Huế và Vinh, tàu dừng ở đâu?"]),
        ("ở đâu và khi nào", ["ở đâu và khi nào"]),
    ],
)
def test_each_question_of_a_turn_is_told_apart(turn: str, questions: list[str]) -> None:
    assert questions_in(turn) == questions
