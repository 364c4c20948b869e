from pathlib import Path

import pytest

from evals.cases import DatasetError, load_cases, write_rows
from evals.drafts import add_drafts, propose, read_drafts
from evals.workspace import articles_of
from rag.article import Article
from rag.store.library import Library


def _article(body: str) -> Article:
    return Article("tin", "Tin", body)


@pytest.mark.parametrize(
    ("sentence", "question", "answer", "kind"),
    [
        (
            "Giàn BK-24 được khánh thành vào ngày 29/12/2025 tại Vũng Tàu, sớm hơn kế hoạch.",
            "Giàn BK-24 được khánh thành vào ngày nào tại Vũng Tàu?",
            "29/12/2025",
            "when",
        ),
        (
            "Chiều ngày 5/3/2024, công ty tổ chức hội nghị tổng kết công tác năm tại trụ sở.",
            "Công ty tổ chức hội nghị tổng kết công tác năm tại trụ sở vào ngày nào?",
            "5/3/2024",
            "when",
        ),
        (
            "Ban chấp hành khóa VI có 13 đồng chí.",
            "Ban chấp hành khóa VI có bao nhiêu đồng chí?",
            "13 đồng chí",
            "how_many",
        ),
        ("Tuyến ống ngầm của dự án dài 5,6 km.", "Tuyến ống ngầm của dự án dài bao nhiêu km?", "5,6 km", "how_many"),
        (
            "Doanh thu cả năm đạt hơn 620,2 nghìn tỷ đồng, tăng 28% so với năm trước.",
            "Doanh thu cả năm đạt bao nhiêu đồng?",
            "hơn 620,2 nghìn tỷ đồng",
            "how_many",
        ),
        (
            "Đoàn cơ sở của công ty được thành lập từ năm 1983.",
            "Đoàn cơ sở của công ty được thành lập từ năm nào?",
            "1983",
            "when",
        ),
        (
            "Hội nghị tổng kết năm nay được tổ chức tại Đà Lạt.",
            "Hội nghị tổng kết năm nay được tổ chức ở đâu?",
            "Đà Lạt",
            "where",
        ),
        (
            "Dự hội nghị có đồng chí Lê Văn Tám - Bí thư Đảng ủy công ty, và nhiều đại biểu.",
            "Ai là Bí thư Đảng ủy công ty?",
            "Lê Văn Tám",
            "who",
        ),
    ],
)
def test_a_fact_becomes_a_question_with_its_question_word_in_place(
    sentence: str, question: str, answer: str, kind: str
) -> None:
    (draft,) = propose(_article(sentence))
    assert (draft.question, draft.answers, draft.type) == (question, [answer], kind)
    assert draft.evidence == sentence
    assert not draft.accepted


@pytest.mark.parametrize(
    "sentence",
    [
        "Ông sinh ngày 5/3/1972 tại một làng nhỏ ven sông.",  # who?
        "Con số này được công bố ngày 14/12 tại hội nghị của công ty.",  # which?
        "Nhiệm kỳ kéo dài từ năm 1992 đến năm 1997 theo quyết định.",  # neither year alone
        "Hội nghị kết thúc trong không khí đoàn kết và phấn khởi.",  # nothing to ask for
        "Có 13 người.",  # about what?
    ],
)
def test_what_makes_no_question_of_its_own_is_left(sentence: str) -> None:
    assert propose(_article(sentence)) == []


def test_drafts_of_the_corpus_stand_in_their_articles_and_do_not_tell_their_answers(corpus_library: Library) -> None:
    drafts = [(draft, article) for article in articles_of(corpus_library) for draft in propose(article)]
    assert len(drafts) > 100
    assert {draft.type for draft, _ in drafts} == {"who", "when", "how_many", "where"}
    assert len({draft.id for draft, _ in drafts}) == len(drafts)
    for draft, article in drafts:
        assert draft.evidence in article.body
        assert draft.answers[0] in draft.evidence
        assert draft.answers[0] not in draft.question
        assert draft.question.endswith("?")


def test_only_accepted_drafts_are_questions_of_a_dataset(tmp_path: Path) -> None:
    body = "Ban chấp hành khóa VI có 13 đồng chí. Tuyến ống ngầm của dự án dài 5,6 km."
    path = tmp_path / "drafts.jsonl"
    assert add_drafts(path, [_article(body)]) == 2
    assert load_cases(path, {"tin": body}.get) == []
    rows = read_drafts(path)
    rows[1]["accepted"] = True
    write_rows(path, rows)
    (case,) = load_cases(path, {"tin": body}.get)
    assert case.answers == ("5,6 km",)


def test_drafting_again_keeps_what_a_person_did(tmp_path: Path) -> None:
    path = tmp_path / "drafts.jsonl"
    articles = [_article("Ban chấp hành khóa VI có 13 đồng chí.")]
    add_drafts(path, articles)
    rows = read_drafts(path)
    rows[0] |= {"question": "BCH khóa VI có mấy người?", "accepted": True}
    write_rows(path, rows)
    assert add_drafts(path, articles) == 0
    assert read_drafts(path) == rows
    assert add_drafts(path, [Article("khac", "Tin", "Tuyến ống ngầm của dự án dài 5,6 km.")]) == 1
    assert read_drafts(path)[0] == rows[0]


def test_a_broken_file_of_drafts_is_named(tmp_path: Path) -> None:
    path = tmp_path / "drafts.jsonl"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"drafts\.jsonl"):
        add_drafts(path, [])
