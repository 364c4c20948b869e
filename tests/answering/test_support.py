from rag.answering.support import names_post_of


def test_a_deputy_does_not_hold_the_post() -> None:
    assert not names_post_of("Ai là Bí thư Đảng ủy?", "Ông Lê Văn Tám – Phó Bí thư Đảng ủy")
    assert names_post_of("Ai là Phó Bí thư Đảng ủy?", "Ông Lê Văn Tám – Phó Bí thư Đảng ủy")
    assert names_post_of("Ai là Bí thư Đảng ủy?", "Ông Lê Văn Tám – Bí thư Đảng ủy")


def test_a_question_without_a_post_is_always_met() -> None:
    assert names_post_of("Ai khánh thành nhà máy?", "Ông Lê Văn Tám khánh thành nhà máy.")
    assert names_post_of("Ai trao quyết định bổ nhiệm Giám đốc?", "Ông Lê Văn Tám trao quyết định.")
