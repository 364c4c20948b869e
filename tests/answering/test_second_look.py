"""What search found is ordered once more by the reader, and nothing is lost by it."""

import numpy as np
import pytest

from rag.answering.passages_read import MOST_READ
from rag.answering.reading.encoding import PairEncoder
from rag.answering.reading.span_network import JUDGEMENTS, NetworkOutput
from rag.answering.reading.span_reader import SpanReader
from rag.answering.second_look import second_look
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings


def _reader(embeddings: PassageEmbeddings, wanted: str) -> SpanReader:
    """A reader that is sure of passages that hold a word, and of no other."""
    tokenizer = embeddings.trunk.tokenizer

    def network(ids: object) -> NetworkOutput:
        words = list(ids)  # type: ignore[call-overload]
        sure = 4.0 if wanted in tokenizer.decode(words) else -4.0
        spans = np.full((len(words), 2), sure, np.float32)
        spans[0] = 0.0
        return NetworkOutput(spans, np.zeros(len(JUDGEMENTS), np.float32))

    return SpanReader(network, PairEncoder(tokenizer))


def test_the_passage_that_the_reader_is_sure_of_comes_first_and_none_is_lost(
    chatbot: Chatbot, embeddings: PassageEmbeddings
) -> None:
    query, hits = chatbot.search("Hội nghị tổng kết công tác Đảng năm 2020", limit=10)
    others = " ".join(f"{hit.stored.title} {hit.opening} {hit.stored.passage.text}" for hit in hits)
    # Of the passages that are read, one with a word that no other text has.
    third, word = next(
        (hit.stored, word)
        for hit in hits[2:MOST_READ]
        for word in hit.stored.passage.text.split()
        if word.isalpha() and others.count(word) == 1
    )
    looked_at = second_look(query, hits, _reader(embeddings, word))
    assert looked_at[0].stored == third
    assert sorted(hit.stored.id for hit in looked_at) == sorted(hit.stored.id for hit in hits)


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_a_search_gives_as_many_hits_as_were_asked_for_best_first(chatbot: Chatbot, limit: int) -> None:
    _, hits = chatbot.search("Ai là Bí thư Đảng ủy BMĐH?", limit=limit)
    assert len(hits) == limit
    read = [hit.score.total for hit in hits[:MOST_READ]]
    assert read == sorted(read, reverse=True)
