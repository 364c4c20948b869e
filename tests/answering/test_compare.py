import pytest

from rag.answering.compare import Relation, comparison


@pytest.mark.parametrize(
    ("question", "relation", "questions"),
    [
        (
            "Doanh thu năm 2019 và năm 2022, năm nào cao hơn?",
            Relation.MORE,
            ("Doanh thu năm 2019 bao nhiêu?", "Doanh thu năm 2022 bao nhiêu?"),
        ),
        (
            "Năm 2019 hay năm 2022 công ty có chi phí thấp hơn?",
            Relation.LESS,
            ("Năm 2019 công ty có chi phí bao nhiêu?", "năm 2022 công ty có chi phí bao nhiêu?"),
        ),
        (
            "Cầu Sông Lô và cầu Sông Cầu, cầu nào dài hơn?",
            Relation.MORE,
            ("Cầu Sông Lô dài bao nhiêu?", "cầu Sông Cầu dài bao nhiêu?"),
        ),
        (
            "Đội A12 và đội B7 bên nào có nhiều huy chương hơn?",
            Relation.MORE,
            ("Đội A12 có bao nhiêu huy chương?", "đội B7 có bao nhiêu huy chương?"),
        ),
        (
            "Giữa đại hội lần II và đại hội lần III của Hội, đại hội nào đông đại biểu hơn?",
            Relation.MORE,
            ("đại hội lần II của Hội có bao nhiêu đại biểu?", "đại hội lần III của Hội có bao nhiêu đại biểu?"),
        ),
        (
            "Trong hai năm 2022 và 2023, năm nào xưởng lãi nhiều hơn?",
            Relation.MORE,
            ("năm 2022 xưởng lãi bao nhiêu?", "năm 2023 xưởng lãi bao nhiêu?"),
        ),
        (
            "Thu nhập của thợ năm 2022 với năm 2023, năm nào khá hơn?",
            Relation.MORE,
            ("Thu nhập của thợ năm 2022 bao nhiêu?", "Thu nhập của thợ năm 2023 bao nhiêu?"),
        ),
        (
            "Bà Lan giữ chức gì vào năm 2019 và trước khi nghỉ hưu năm 2023?",
            Relation.BOTH,
            ("Bà Lan giữ chức gì vào năm 2019?", "Bà Lan giữ chức gì trước khi nghỉ hưu năm 2023?"),
        ),
    ],
)
def test_a_comparison_becomes_a_question_about_each(
    question: str, relation: Relation, questions: tuple[str, str]
) -> None:
    found = comparison(question)
    assert found is not None
    assert (found.relation, found.questions) == (relation, questions)


@pytest.mark.parametrize(
    "question",
    [
        "Doanh thu năm 2020 là bao nhiêu?",
        "Hội nghị và lễ mừng công diễn ra ở đâu?",
        "Năm 2024 nộp ngân sách nhiều hơn năm 2023 bao nhiêu?",
        "Ai cao hơn?",
        "",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert comparison(question) is None
