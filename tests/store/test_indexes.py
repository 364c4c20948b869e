"""The two indexes by themselves."""

import math

import pytest

from rag.store.library import Library


def test_the_cosine_of_the_nearest_passages_is_the_exact_one(corpus_library: Library) -> None:
    vector = corpus_library.embeddings.embed_query("Ai là Bí thư Đảng ủy BMĐH?")
    nearest = corpus_library.vectors.nearest(vector, 20)
    assert len(nearest) == 20
    assert list(nearest.values()) == sorted(nearest.values(), reverse=True)
    assert corpus_library.vectors.cosines(vector, list(nearest)) == pytest.approx(nearest, abs=1e-4)


def test_passages_that_are_gone_have_no_cosine_and_no_text(corpus_library: Library) -> None:
    vector = corpus_library.embeddings.embed_query("Ai là Bí thư?")
    known = next(iter(corpus_library.vectors.nearest(vector, 1)))
    assert corpus_library.vectors.cosines(vector, ["gone#0#00000"]) == {}
    assert corpus_library.vectors.cosines(vector, ["gone#0#00000", known]).keys() == {known}
    assert corpus_library.passages(["gone#0#00000", known]).keys() == {known}
    assert corpus_library.passages([]) == {}


def test_the_lexical_index_ranks_the_rarer_word_higher_and_obeys_weights(corpus_library: Library) -> None:
    lexical = corpus_library.lexical
    assert lexical.document_frequency("bk_24") < lexical.document_frequency("vietsovpetro")
    best = next(iter(lexical.search({"vietsovpetro": 1.0, "bk_24": 1.0}, 1)))
    assert best in lexical.search({"bk_24": 1.0}, 1000)
    plain, doubled = lexical.search({"bk_24": 1.0}, 5), lexical.search({"bk_24": 2.0}, 5)
    assert all(math.isclose(doubled[found], 2 * score, rel_tol=1e-5) for found, score in plain.items())


def test_the_lexical_index_finds_nothing_for_no_or_unknown_words(corpus_library: Library) -> None:
    assert corpus_library.lexical.search({}, 10) == {}
    assert corpus_library.lexical.search({"khongcotunay": 1.0}, 10) == {}
