from rag.retrieval.evidence import content_terms
from rag.retrieval.rarity import rarity_in


def test_words_that_only_ask_are_not_what_a_question_is_about() -> None:
    wanted = {"thu", "uy", "bi_thu", "thu_dang", "dang_uy"}
    assert wanted <= set(content_terms("Ai là Bí thư Đảng ủy?"))
    assert wanted <= set(content_terms("bi thu dang uy la ai"))
    assert not {"ai", "la", "ai_la"} & set(content_terms("Ai là Bí thư Đảng ủy?"))
    assert content_terms("Là ai, ở đâu, khi nào?") == []


def test_a_word_in_fewer_passages_weighs_more() -> None:
    rarity = rarity_in(100, {"hiếm": 1, "thường": 60, "khắp": 100}.__getitem__)
    assert rarity("hiếm") > rarity("thường") > rarity("khắp") > 0
