from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.fusion import fuse

ids = st.text("abcdef", min_size=1, max_size=3)
cosines = st.dictionaries(ids, st.sampled_from([0.5, 0.75, 0.8, 0.81, 0.9]))
bm25_scores = st.dictionaries(ids, st.sampled_from([0.5, 1.0, 4.0, 12.0]))
weights = st.sampled_from([0.0, 0.05, 0.1, 1.0])


@given(cosines, bm25_scores, weights)
def test_every_passage_with_a_cosine_is_ranked_once_best_first(
    cosine: dict[str, float], bm25: dict[str, float], weight: float
) -> None:
    fused = fuse(cosine, bm25, weight)
    order = [(-score.total, passage_id) for passage_id, score in fused.items()]
    assert fused.keys() == cosine.keys()
    assert order == sorted(order)


@given(cosines, bm25_scores, weights)
def test_the_order_in_which_passages_were_found_does_not_matter(
    cosine: dict[str, float], bm25: dict[str, float], weight: float
) -> None:
    backwards = fuse(dict(reversed(cosine.items())), dict(reversed(bm25.items())), weight)
    assert list(backwards.items()) == list(fuse(cosine, bm25, weight).items())


@given(cosines, bm25_scores, weights)
def test_the_words_add_at_most_their_weight_and_never_take_away(
    cosine: dict[str, float], bm25: dict[str, float], weight: float
) -> None:
    for passage_id, score in fuse(cosine, bm25, weight).items():
        assert cosine[passage_id] <= score.total <= cosine[passage_id] + weight + 1e-9
        assert score.bm25 == bm25.get(passage_id, 0.0)


def test_words_decide_between_passages_of_like_meaning_but_not_against_a_clear_lead() -> None:
    bm25 = {"words": 9.0, "meaning": 1.0}
    assert next(iter(fuse({"words": 0.80, "meaning": 0.82}, bm25, 0.05))) == "words"
    assert next(iter(fuse({"words": 0.70, "meaning": 0.82}, bm25, 0.05))) == "meaning"
    assert next(iter(fuse({"words": 0.80, "meaning": 0.82}, bm25, 0.0))) == "meaning"
    assert fuse({}, bm25, 0.05) == {}
