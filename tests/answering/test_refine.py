import pytest

from rag.answering.question import asked_for
from rag.answering.refine import Refined, refine


def _refined(question: str, text: str, span: str) -> tuple[str, Refined]:
    start = text.index(span)
    refined = refine(asked_for(question), question, text, start, start + len(span))
    return text[refined.start : refined.end], refined


@pytest.mark.parametrize("last", ["Ánh", "Đào", "Ước", "Ổn", "Ân", "Ấn"])
def test_a_name_keeps_its_last_syllable_whatever_letter_it_begins_with(last: str) -> None:
    name = f"Nguyễn Thị Minh Thu {last}"
    answer, refined = _refined("Ai phát biểu?", f"Tại lễ, bà {name} phát biểu.", f"bà {name} phát")
    assert answer == name
    assert refined.fit == 1.0


def test_the_noun_that_is_counted_is_not_cut_where_it_reads_like_a_scale_without_its_accents() -> None:
    question = "Có bao nhiêu ngân hàng tham gia?"
    text = "Lễ có 5 cửa hàng và 12 ngân hàng tham gia."
    assert _refined(question, text, "12")[1].fit == 1.0
    assert _refined(question, text, "5")[1].fit < 1.0
    assert _refined("Nộp bao nhiêu tỷ đồng?", "Nộp 12 nghìn tỷ đồng.", "12")[1].fit == 1.0
