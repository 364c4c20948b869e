from evals.cases import load_cases
from evals.follow_ups import FOLLOW_UPS, readings
from evals.workspace import DEV_SET, articles_of
from rag.chat import Chatbot
from rag.store.library import Library


def test_the_right_passage_comes_first_for_most_follow_ups(chatbot: Chatbot, corpus_library: Library) -> None:
    bodies = {article.id: article.body for article in articles_of(corpus_library)}
    dev = readings(load_cases(DEV_SET, bodies.get), chatbot)
    assert len(dev) == 15
    assert sum(reading.rank == 1 for reading in dev) >= 12
    own = readings(load_cases(FOLLOW_UPS, bodies.get), chatbot)
    follow_ups = [reading for reading in own if reading.case.style != "switch"]
    assert len(follow_ups) >= 20
    assert sum(reading.rank == 1 for reading in follow_ups) > sum(reading.rank_alone == 1 for reading in follow_ups)
    assert all(reading.rank == reading.rank_alone for reading in own if reading.case.style == "switch")
