"""What is asked, without what people put around it; and slips of the finger."""

import pytest
from hypothesis import given
from vietnamese_text import texts

from rag.vietnamese.accents import AccentModel
from rag.vietnamese.politeness import asked_plainly
from rag.vietnamese.typos import put_right

_ARTICLES = ["Sản lượng dầu của Hải Đăng tăng. Sản lượng khí giảm. Ông Lê Văn Hùng khen Vietsovpetro. " * 4]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Dạ cho em hỏi ai là Giám đốc ạ", "ai là Giám đốc"),
        ("Alo, xưởng có mấy người?", "xưởng có mấy người?"),
        ("Ai là Giám đốc? 😀", "Ai là Giám đốc?"),
        ("ai la giam doc vay ban oi, cam on ban nhieu", "ai la giam doc"),
        ("Ai gửi lời cảm ơn?", "Ai gửi lời cảm ơn?"),
        ("xin chào", "xin chào"),
        ("lương dc bn", "lương được bao nhiêu"),
        ("Kỳ họp k.8 họp khi nào?", "Kỳ họp k.8 họp khi nào?"),
    ],
)
def test_politeness_is_taken_off_and_chat_spellings_are_written_out(typed: str, asked: str) -> None:
    assert asked_plainly(typed) == asked


@given(text=texts(max_words=12))
def test_what_is_left_stands_for_itself(text: str) -> None:
    assert asked_plainly(asked_plainly(text)) == asked_plainly(text)
    assert asked_plainly(text) or not text.strip()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sản lương dầu", "sản lượng dầu"),
        ("Vietsopetro là gì", "Vietsovpetro là gì"),
        ("Ông Lê Văn Hưng là ai", "Ông Lê Văn Hưng là ai"),  # may be somebody else
        ("sản lượng dầu tăng mạnh", "sản lượng dầu tăng mạnh"),
    ],
)
def test_a_slip_of_the_finger_is_put_right_but_no_name_is(typed: str, meant: str) -> None:
    assert put_right(typed, AccentModel.from_texts(_ARTICLES)) == meant
