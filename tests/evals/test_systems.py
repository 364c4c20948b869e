from dataclasses import fields
from pathlib import Path

from evals.systems import LibraryPassages, Ours, RetrievalSystem, ablations
from evals.workspace import articles_of, write_articles
from rag.loaders.files import load_article
from rag.retrieval.query import QueryOptions
from rag.store.library import Library

_QUESTION = "Ai là Bí thư Đảng ủy Bộ máy Điều hành?"


def test_names_are_unique(systems: dict[str, RetrievalSystem], corpus_library: Library) -> None:
    names = [*systems, *(system.name for system in ablations(LibraryPassages(corpus_library)))]
    assert len(systems) == 5
    assert len(set(names)) == len(names)


def test_hits_are_places_of_the_index_best_first(systems: dict[str, RetrievalSystem]) -> None:
    for system in systems.values():
        hits = system.rank(_QUESTION, 7)
        assert len(hits) == 7
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(hit.span in system.spans_of(hit.article) for hit in hits)


def test_shorter_list_is_the_start_of_the_longer(systems: dict[str, RetrievalSystem]) -> None:
    for system in systems.values():
        assert system.rank(_QUESTION, 10)[:3] == system.rank(_QUESTION, 3)


def test_passages_of_an_article_cover_its_body(systems: dict[str, RetrievalSystem], corpus_library: Library) -> None:
    for article in articles_of(corpus_library):
        for system in systems.values():
            covered = {place for span in system.spans_of(article.id) for place in range(span.start, span.end)}
            missed = (article.body[place] for place in range(len(article.body)) if place not in covered)
            assert not "".join(missed).strip()


def test_unknown_article_has_no_spans(systems: dict[str, RetrievalSystem]) -> None:
    assert all(not system.spans_of("không có") for system in systems.values())


def test_there_is_an_ablation_for_every_step(corpus_library: Library) -> None:
    names = {system.name for system in ablations(LibraryPassages(corpus_library))}
    assert names == {f"ours without {step.name}" for step in fields(QueryOptions)} | {"ours without lexical"}


def test_without_lexical_only_the_weight_differs(corpus_library: Library) -> None:
    *_, system = ablations(LibraryPassages(corpus_library))
    assert isinstance(system, Ours)
    assert system.retriever.library.settings.lexical_weight == 0.0
    assert system.retriever.library.vectors is corpus_library.vectors
    assert corpus_library.settings.lexical_weight > 0.0


def test_written_articles_are_read_back_equal(corpus_library: Library, tmp_path: Path) -> None:
    articles = articles_of(corpus_library)
    write_articles(articles, tmp_path)
    for article in articles:
        assert load_article(tmp_path / f"{article.id}.md", article.id, max_bytes=10**7) == article
