from evals.cases import Case, Evidence
from evals.citations import score_citations
from rag.answering.answer import Citation

_BODY = "Giàn BK-24 khánh thành ngày 29/12. Giàn có hai tầng."
_BODIES = {"gian": _BODY, "tin": "Theo tin mới, ngày 29/12 giàn khánh thành."}


def _case(*evidence: Evidence, also_in: tuple[str, ...] = ()) -> Case:
    return Case("1", "Khi nào?", ("29/12",), evidence, also_in=also_in)


def _citation(quote: str, article: str = "gian", n: int = 1) -> Citation:
    start = _BODIES[article].index(quote)
    return Citation(n, article, "Tin", None, None, start, start + len(quote), quote)


def _evidence(words: str) -> Evidence:
    start = _BODY.index(words)
    return Evidence("gian", start, start + len(words))


def test_quote_of_the_evidence_is_right_and_covers_it() -> None:
    score = score_citations(
        _case(_evidence("khánh thành ngày 29/12")), [_citation("ngày 29/12")], "29/12 [1]", _BODIES.get
    )
    assert (score.right, score.verbatim, score.recall, score.marked) == ((True,), (True,), 1.0, True)


def test_half_the_quotes_and_half_the_evidence() -> None:
    case = _case(_evidence("ngày 29/12"), _evidence("hai tầng"))
    citations = [_citation("ngày 29/12"), _citation("Theo tin mới", "tin", n=2)]
    score = score_citations(case, citations, "29/12 [1][2]", _BODIES.get)
    assert (score.right, score.recall) == ((True, False), 0.5)


def test_touching_the_evidence_is_not_enough() -> None:
    case = _case(_evidence("khánh thành ngày 29/12"))
    assert score_citations(case, [_citation("Giàn BK-24 kh")], "x [1]", _BODIES.get).right == (False,)


def test_another_article_counts_when_it_is_known_to_hold_the_fact_and_the_quote_does() -> None:
    evidence = _evidence("khánh thành ngày 29/12")
    for also_in, quote, right in [
        (("tin",), "ngày 29/12 giàn khánh thành", True),
        (("tin",), "Theo tin mới", False),
        ((), "ngày 29/12 giàn khánh thành", False),
    ]:
        score = score_citations(_case(evidence, also_in=also_in), [_citation(quote, "tin")], "x [1]", _BODIES.get)
        assert score.right == (right,)
        assert score.recall == float(right)


def test_words_that_do_not_stand_there_are_not_verbatim() -> None:
    moved = Citation(1, "gian", "Tin", None, None, 1, 11, "Giàn BK-24")
    lost = Citation(2, "khac", "Tin", None, None, 0, 4, "Giàn")
    assert score_citations(_case(_evidence("Giàn")), [moved, lost], "", _BODIES.get).verbatim == (False, False)


def test_markers_are_the_numbers_of_the_citations() -> None:
    case, citation = _case(_evidence("hai tầng")), _citation("hai tầng")
    assert score_citations(case, [citation], "Hai tầng [1].", _BODIES.get).marked
    assert not score_citations(case, [citation], "Hai tầng [2].", _BODIES.get).marked
    assert not score_citations(case, [citation], "Hai tầng.", _BODIES.get).marked


def test_refusal_cites_nothing_and_covers_nothing() -> None:
    score = score_citations(_case(_evidence("hai tầng")), [], "Không tìm thấy.", _BODIES.get)
    assert (score.right, score.recall) == ((), 0.0)
    assert score_citations(_case(), [], "Không tìm thấy.", _BODIES.get).recall is None
