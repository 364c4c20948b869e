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
