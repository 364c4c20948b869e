"""What the page makes of an answer, of events it does not know, and of what a browser hands back."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rag.chat import Chatbot
from rag.web.turns import Conversation, Source, Turn, answering, events_of, refused


def _turn(text: str, spans: tuple[str, ...] = (), sources: int = 2) -> Turn:
    made = tuple(Source(n=n, article="a", title="Tin", start=0, end=3, quote="abc") for n in range(1, sources + 1))
    return Turn(id="t", question="?", state="answered", text=text, spans=spans, sources=made)


def test_an_answer_is_cut_at_the_markers_of_its_sources() -> None:
    parts = _turn("Ông A là Bí thư [1]. Ông B là Phó Bí thư [2], xem [7].").parts
    assert [(text, source.n if source else None) for text, source in parts] == [
        ("Ông A là Bí thư", 1),
        (". Ông B là Phó Bí thư", 2),
        (", xem [7].", None),
    ]


@given(st.text(alphabet="ab [12]", max_size=30))
def test_cutting_loses_no_word(text: str) -> None:
    shown = "".join(part + (f"[{source.n}]" if source else "") for part, source in _turn(text).parts)
    assert shown.replace(" ", "") == text.replace(" ", "")


def test_a_short_answer_stands_out_only_where_the_sentence_says_more() -> None:
    assert _turn("Bí thư là Trần Quốc Thắng [1].", ("Trần Quốc Thắng",)).short_answers == ("Trần Quốc Thắng",)
    assert _turn("Trần Quốc Thắng [1]", ("Trần Quốc Thắng",)).short_answers == ()


def test_a_question_goes_through_its_stages_to_an_answer(chatbot: Chatbot) -> None:
    states = [turn.state for turn in answering(events_of(chatbot), Conversation(), "ai la bi thu dang uy bmdh")]
    assert (states[0], states[-1]) == ("reading", "answered")
    assert states == sorted(states, key=["reading", "searching", "answering", "answered"].index)


def test_events_that_the_page_does_not_know_are_passed_over(chatbot: Chatbot) -> None:
    def talkative(*asked: Any) -> Iterator[object]:
        for event in events_of(chatbot)(*asked):
            yield object()
            yield event

    *_, last = answering(talkative, Conversation(), "Ai là Bí thư Đảng ủy BMĐH?")
    assert last.state == "answered"
    assert last.sources


def test_text_that_is_being_written_is_shown_until_the_answer_takes_its_place(chatbot: Chatbot) -> None:
    def writing(*asked: Any) -> Iterator[object]:
        *before, answered = events_of(chatbot)(*asked)
        yield from before
        for sentence in ("Câu một.", "Câu hai."):
            yield SimpleNamespace(text=sentence)
        yield answered

    texts = [turn.text for turn in answering(writing, Conversation(), "Ai là Bí thư Đảng ủy BMĐH?")]
    assert texts[-3:-1] == ["Câu một.", "Câu một. Câu hai."]
    assert "Câu một" not in texts[-1]


def test_the_conversation_before_a_follow_up_is_handed_to_the_chatbot(chatbot: Chatbot) -> None:
    heard: list[object] = []

    def listening(*asked: Any) -> Iterator[object]:
        heard.append(asked[1])
        yield from events_of(chatbot)(*asked)

    conversation = Conversation().with_turn(refused("a" * 999, "quá dài"))
    *_, first = answering(listening, conversation, "Ai là Bí thư Đảng ủy BMĐH?")
    *_, _ = answering(listening, conversation.with_turn(first), "Ông ấy phụ trách ban nào?")
    assert heard == [
        [],
        [{"role": "user", "content": first.question}, {"role": "assistant", "content": first.text}],
    ]


def test_asking_again_drops_the_turn_and_what_followed() -> None:
    conversation = Conversation()
    for name in ("một", "hai", "ba"):
        conversation = conversation.with_turn(Turn(id=name, question=name))
    assert [turn.id for turn in conversation.before("hai").turns] == ["một"]
    assert [turn.id for turn in conversation.before(None).turns] == ["một", "hai", "ba"]


def test_each_conversation_gets_an_id_of_its_own_with_its_first_question() -> None:
    empty = Conversation()
    assert empty.with_turn(refused("?", "")).id != empty.with_turn(refused("?", "")).id


@pytest.mark.parametrize("damage", ['{"turns": 1}', '{"turns": [{"id": "x"}]}', '{"id": "a", "evil": 1}', "not JSON"])
def test_what_a_browser_hands_back_is_checked(damage: str) -> None:
    with pytest.raises(ValidationError):
        Conversation.model_validate_json(damage)


def test_a_kept_conversation_comes_back_whole(chatbot: Chatbot) -> None:
    *_, turn = answering(events_of(chatbot), Conversation(), "Ai là Bí thư Đảng ủy BMĐH?")
    conversation = Conversation().with_turn(turn)
    assert Conversation.model_validate_json(conversation.kept) == conversation
