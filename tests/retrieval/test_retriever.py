import json
from pathlib import Path

import pytest
from langchain_core.documents import Document
from support import ROOT, Write

from rag.errors import QuestionError
from rag.retrieval.retriever import Hit, HybridRetriever
from rag.store.library import Library
from rag.vietnamese.normalise import fold

_DEV: Path = ROOT / "evals" / "datasets" / "dev.jsonl"


@pytest.fixture(scope="module")
def retriever(corpus_library: Library) -> HybridRetriever:
    return HybridRetriever(library=corpus_library, limit=5)


@pytest.fixture(scope="module")
def cases() -> list[tuple[str, list[str]]]:
    """Every twelfth answerable question of the development set, with its evidence."""
    rows = [json.loads(line) for line in _DEV.read_text(encoding="utf-8").splitlines()]
    answerable = [row for row in rows if row.get("evidence")]
    return [(row["question"], _as_list(row["evidence"])) for row in answerable[::12]]


def _as_list(evidence: str | list[str]) -> list[str]:
    return [evidence] if isinstance(evidence, str) else evidence


def holds(documents: list[Document], evidence: list[str]) -> bool:
    texts = [document.page_content.strip() for document in documents]
    return any(one.strip() in text or text in one for one in evidence for text in texts)


def hits_of(retriever: HybridRetriever, question: str, limit: int) -> list[Hit]:
    return retriever.search(retriever.understand(question), limit)


def test_documents_are_exact_slices_of_their_articles(retriever: HybridRetriever, corpus_library: Library) -> None:
    documents = retriever.invoke("Ai là Bí thư Đảng ủy BMĐH?")
    assert len(documents) == 5
    for document in documents:
        article = corpus_library.article(document.metadata["article"])
        assert article is not None
        assert article.body[document.metadata["start"] : document.metadata["end"]] == document.page_content
        assert document.metadata["title"] == article.title
        assert document.metadata["published"] == str(article.published)


def test_hits_come_best_first_and_more_hits_begin_with_the_fewer(retriever: HybridRetriever) -> None:
    few, many = (hits_of(retriever, "Giàn BK-24 khánh thành khi nào?", limit) for limit in (3, 15))
    assert (len(few), len(many)) == (3, 15)
    assert [hit.stored.id for hit in few] == [hit.stored.id for hit in many[:3]]
    totals = [hit.score.total for hit in many]
    assert totals == sorted(totals, reverse=True)
    assert len({hit.stored.id for hit in many}) == 15


def test_the_evidence_is_among_the_first_passages(
    retriever: HybridRetriever, cases: list[tuple[str, list[str]]]
) -> None:
    found = [holds(retriever.invoke(question), evidence) for question, evidence in cases]
    assert len(found) > 12
    assert sum(found) / len(found) >= 0.85


def test_the_evidence_is_found_as_well_for_questions_typed_without_accents(
    retriever: HybridRetriever, cases: list[tuple[str, list[str]]]
) -> None:
    found = [holds(retriever.invoke(fold(question)), evidence) for question, evidence in cases]
    assert sum(found) / len(found) >= 0.8


def test_both_spellings_of_a_wandering_tone_mark_find_the_same(retriever: HybridRetriever) -> None:
    older, newer = "Ai là Ủy viên BCH Đảng bộ?", "Ai là Uỷ viên BCH Đảng bộ?"
    assert retriever.invoke(older) == retriever.invoke(newer)


@pytest.mark.parametrize("question", ["", "  \n ", "\0"])
def test_an_empty_question_is_refused_with_an_example(retriever: HybridRetriever, question: str) -> None:
    with pytest.raises(QuestionError, match="trống"):
        retriever.invoke(question)


def test_a_question_over_the_limit_is_refused_with_both_lengths(retriever: HybridRetriever) -> None:
    limit = retriever.library.settings.max_question_characters
    with pytest.raises(QuestionError, match=rf"{limit + 1} ký tự.*{limit} ký tự"):
        retriever.invoke("a" * (limit + 1))
    assert retriever.invoke("a" * limit)


@pytest.mark.parametrize("question", ["???", "24", "+ - * / ( ) : \" ' \\ AND OR NOT", "🙂", "a" * 300])
def test_any_characters_can_be_asked_without_an_error(retriever: HybridRetriever, question: str) -> None:
    assert len(retriever.invoke(question)) == 5


def test_a_passage_is_of_the_term_that_only_the_first_passage_of_its_article_names(
    library: Library, folder: Path, write: Write
) -> None:
    filler = "Các đại biểu nghe báo cáo về công tác xây dựng tổ chức, chăm lo đời sống người lao động và an toàn. " * 5
    chairs = {"2015-2020": "Mai Thị Na", "2020-2025": "Lã Văn Tường", "2025-2030": "Từ Bá Đạt"}
    for name, (term, chair) in zip("abc", chairs.items(), strict=True):
        lead = f"Sáng nay, Công đoàn Nhà máy Giấy Hòa Lạc khai mạc Đại hội nhiệm kỳ {term} với 120 đại biểu."
        vote = f"Đại hội bầu Ban Chấp hành mới; đồng chí {chair} giữ chức Chủ tịch Công đoàn."
        write(folder / f"{name}.md", f"{lead} {filler}\n\n{vote} {filler}", title="Đại hội Công đoàn Giấy")
    library.sync([folder])
    retriever = HybridRetriever(library=library)
    for term, chair in chairs.items():
        hits = hits_of(retriever, f"Ai giữ chức Chủ tịch Công đoàn Giấy Hòa Lạc nhiệm kỳ {term}?", 10)
        named = next(hit for hit in hits if "giữ chức Chủ tịch" in hit.stored.passage.text)
        assert chair in named.stored.passage.text
        assert term in named.opening
        assert term not in named.stored.passage.text
