from pathlib import Path

from rag.answering.reader import read
from rag.article import make_article
from rag.chunking import passages_of
from rag.retrieval.fusion import fuse
from rag.retrieval.query import Query, QueryOptions, understand
from rag.retrieval.retriever import Hit
from rag.store.language import CorpusLanguage
from rag.store.records import stored_passages

_BODY = (
    "Chiều ngày 29/12/2020, Hội nghị họp tại Vũng Tàu. "
    "Đồng chí Trần Quốc Thắng chủ trì Hội nghị. "
    "Đảng bộ có 251 đảng viên. "
    "Hội nghị đã thành công tốt đẹp."
)


def hit(body: str, total: float = 0.9, article_id: str = "a") -> Hit:
    article = make_article(article_id, "Tổng kết công tác Đảng", body)
    (stored,) = stored_passages(article, passages_of(article, 200), "v")
    return Hit(stored, fuse({"": total}, {}, 0.0)[""])


def asked(question: str) -> Query:
    return understand(question, CorpusLanguage(Path("nothing learned"), lambda _: True), QueryOptions())


def best_sentence(question: str, *hits: Hit) -> str:
    best = read(asked(question), hits, lambda _: 1.0)[0]
    passage = best.stored.passage
    return passage.text[best.start - passage.start : best.end - passage.start]


def test_the_sentence_that_holds_the_words_and_the_kind_of_thing_asked_for_comes_first() -> None:
    assert best_sentence("Hội nghị diễn ra ngày nào?", hit(_BODY)).startswith("Chiều ngày 29/12/2020")
    assert best_sentence("Ai chủ trì Hội nghị?", hit(_BODY)) == "Đồng chí Trần Quốc Thắng chủ trì Hội nghị."
    assert best_sentence("Đảng bộ có bao nhiêu đảng viên?", hit(_BODY)) == "Đảng bộ có 251 đảng viên."
    assert best_sentence("hoi nghi hop o dau?", hit(_BODY)).endswith("Vũng Tàu.")


def test_candidates_are_whole_sentences_of_the_first_passages_without_outer_space() -> None:
    hits = [hit(f"Câu số {number}.  \n Câu sau.", article_id=str(number)) for number in range(10)]
    candidates = read(asked("Câu nào?"), hits, lambda _: 1.0)
    assert {candidate.stored.passage.article_id for candidate in candidates} == {"0", "1", "2", "3", "4"}
    for candidate in candidates:
        passage = candidate.stored.passage
        assert passage.text[candidate.start - passage.start : candidate.end - passage.start].startswith("Câu")
        assert passage.text[candidate.end - 1 - passage.start] == "."


def test_of_equal_sentences_the_one_in_the_better_passage_comes_first() -> None:
    hits = [hit(_BODY, 0.9, "better"), hit(_BODY, 0.8, "worse")]
    candidates = read(asked("Ai chủ trì?"), hits, lambda _: 1.0)
    assert candidates[0].stored.passage.article_id == "better"
    assert read(asked("Ai chủ trì?"), [], lambda _: 1.0) == []
