"""Talk is told from questions, by the fitted model over the real embeddings."""

import pytest

from rag.conversation.acts import Act, act_model
from rag.embedding import PassageEmbeddings


@pytest.mark.parametrize(
    ("turn", "act"),
    [
        ("xin chào bạn nhé", Act.GREETING),
        ("cam on ban nhieu nha", Act.THANKS),
        ("bạn là ai thế", Act.WHO_ARE_YOU),
        ("mấy giờ rồi nhỉ", Act.CLOCK),
        ("đồ ngu", Act.ABUSE),
        ("có chắc không đấy?", Act.SURE),
        ("thư viện có bao nhiêu bài viết?", Act.COUNT),
        ("bài mới nhất là bài nào?", Act.NEWEST),
        ("Ai thay mặt đoàn gửi lời cảm ơn?", Act.QUESTION),
        ("Lễ chào cờ bắt đầu lúc mấy giờ?", Act.QUESTION),
        ("doanh thu", Act.QUESTION),
        ("còn năm 2021?", Act.QUESTION),
    ],
)
def test_a_turn_is_taken_for_what_it_is(embeddings: PassageEmbeddings, turn: str, act: Act) -> None:
    assert act_model().act(turn, embeddings.embed_turn) is act


def test_a_long_turn_always_asks(embeddings: PassageEmbeddings) -> None:
    assert act_model().act("xin chào bạn, cảm ơn bạn nhé, " * 5, embeddings.embed_turn) is Act.QUESTION
