"""The judges on a real LangChain chat model whose replies follow from what it is asked."""

import json
import re
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from evals.judges import ChatModelJudge, JudgeError, judge_of
from rag.embedding import PassageEmbeddings


class _Literal(BaseChatModel):
    """Takes each sentence for a claim, and a claim for supported when a quote holds it word for word."""

    babble: int = 0  # so many replies first are no JSON

    @property
    def _llm_type(self) -> str:
        return "literal"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._reply(str(messages[-1].content))))])

    def _reply(self, prompt: str) -> str:
        if self.babble:
            self.babble -= 1
            return "Tôi nghĩ là đúng."
        if '"claims"' in prompt:
            answer = re.search(r"Câu trả lời: (.*)", prompt)
            assert answer is not None
            claims = [claim.strip() for claim in answer[1].split(".") if claim.strip()]
            return f"Đây: ```json\n{json.dumps({'claims': claims}, ensure_ascii=False)}\n```"
        if '"supported"' in prompt:
            quotes, _, claims = prompt.partition("Khẳng định:")
            listed = re.findall(r"^\d+\. (.+)$", claims, re.MULTILINE)
            return json.dumps({"supported": [claim in quotes for claim in listed]})
        answer = re.search(r"Câu trả lời: (.*)", prompt)
        assert answer is not None
        return json.dumps({"questions": [f"{answer[1]} Có phải không?"] * 3}, ensure_ascii=False)


class _Dead(_Literal):
    """Cannot be reached."""

    def _reply(self, prompt: str) -> str:  # noqa: ARG002 - the parent's
        raise ConnectionError("kết nối bị từ chối")


_QUOTE = "Bí thư là Lê Văn Tám, phát biểu tại hội nghị"


def test_the_share_of_claims_that_the_quotes_hold(embeddings: PassageEmbeddings) -> None:
    judge = ChatModelJudge(_Literal(), embeddings)
    scores = judge.scores("Ai là Bí thư?", "Bí thư là Lê Văn Tám. Ông sinh năm 1950.", [_QUOTE])
    assert scores["faithfulness"] == 0.5
    assert judge.scores("Ai là Bí thư?", "Bí thư là Lê Văn Tám.", [_QUOTE])["faithfulness"] == 1.0


def test_an_answer_to_the_question_is_more_relevant_than_one_to_another(embeddings: PassageEmbeddings) -> None:
    judge = ChatModelJudge(_Literal(), embeddings)
    to_the_point = judge.scores("Ai là Bí thư Đảng ủy?", "Bí thư Đảng ủy là Lê Văn Tám.", [_QUOTE])
    beside_it = judge.scores("Ai là Bí thư Đảng ủy?", "Món phở bò nấu với quế và hồi.", [_QUOTE])
    assert to_the_point["answer_relevance"] > beside_it["answer_relevance"] + 0.05


def test_a_reply_that_is_no_json_is_asked_for_again_and_then_left_out(embeddings: PassageEmbeddings) -> None:
    once = ChatModelJudge(_Literal(babble=1), embeddings).scores("Ai?", "Bí thư là Lê Văn Tám.", [_QUOTE])
    assert set(once) == {"faithfulness", "answer_relevance"}
    always = ChatModelJudge(_Literal(babble=99), embeddings).scores("Ai?", "Bí thư là Lê Văn Tám.", [_QUOTE])
    assert always == {}


def test_a_model_that_cannot_be_reached_is_said(embeddings: PassageEmbeddings) -> None:
    with pytest.raises(JudgeError, match="kết nối bị từ chối"):
        ChatModelJudge(_Dead(), embeddings).scores("Ai?", "Lê Văn Tám.", [_QUOTE])


def test_a_model_that_is_not_there_says_what_to_do(embeddings: PassageEmbeddings) -> None:
    with pytest.raises(JudgeError, match="Hãy"):
        judge_of("nobody:nothing", embeddings)
