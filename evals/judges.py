"""Optional judges of free answers: a chat model says how well an answer rests on its quotes and fits its question.

No figure of the default needs them. The two measures are those of RAGAS (Es et al. 2024):

- *faithfulness*: the answer is taken apart into claims; the share of them that the quotes support.
- *answer relevance*: questions are made from the answer; their mean cosine with the question that was asked.

The `ragas` package itself cannot be installed beside this project (ragas 0.4 needs rich below 14 and tenacity below 9),
so the two are computed here on any LangChain chat model. Add a judge by writing a class with `scores`.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel

from rag.errors import HoidapError

FAITHFULNESS, RELEVANCE = "faithfulness", "answer_relevance"

_QUESTIONS = 3  # made from an answer
_TRIES = 2  # until a reply is JSON
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)

_CLAIMS_PROMPT = """Tách câu trả lời thành các khẳng định ngắn, mỗi khẳng định một ý, đủ nghĩa khi đứng một mình.
Câu hỏi: {question}
Câu trả lời: {answer}
Chỉ in JSON dạng {{"claims": ["...", "..."]}}"""

_SUPPORT_PROMPT = """Với mỗi khẳng định, cho biết các đoạn trích có nói đúng như vậy không. Chỉ dựa vào đoạn trích.
Đoạn trích:
{quotes}
Khẳng định:
{claims}
Chỉ in JSON dạng {{"supported": [true, false]}}, đúng {count} giá trị, theo thứ tự."""

_QUESTIONS_PROMPT = """Viết {count} câu hỏi khác nhau mà câu trả lời sau đây trả lời trực tiếp.
Câu trả lời: {answer}
Chỉ in JSON dạng {{"questions": ["...", "..."]}}"""


class JudgeError(HoidapError):
    """The chat model cannot be reached or does not do as it is told."""


class Judge(Protocol):
    """Scores an answer without gold answers."""

    def scores(self, question: str, answer: str, quotes: Sequence[str]) -> dict[str, float]:
        """Scores by name, 0 to 1. Empty where the judge could not tell.

        Args:
            question: As asked.
            answer: The text of the answer.
            quotes: What it cites.
        """


class ChatModelJudge:
    """Faithfulness and answer relevance by a LangChain chat model.

    Args:
        model: Is asked; temperature 0 is best.
        embeddings: Measure how alike two questions are.

    Example:
        >>> judge = ChatModelJudge(model, embeddings)  # doctest: +SKIP
        >>> judge.scores("Ai là Bí thư?", "Trần Quốc Thắng.", ["đồng chí Trần Quốc Thắng - Bí thư"])  # doctest: +SKIP
        {'faithfulness': 1.0, 'answer_relevance': 0.91}
    """

    def __init__(self, model: BaseChatModel, embeddings: Embeddings) -> None:
        self._model = model
        self._embeddings = embeddings

    def scores(self, question: str, answer: str, quotes: Sequence[str]) -> dict[str, float]:
        """Both measures; one that the model gave no usable reply for is left out.

        Raises:
            JudgeError: The model cannot be reached.
        """
        found = {
            FAITHFULNESS: self._faithfulness(question, answer, quotes),
            RELEVANCE: self._relevance(question, answer),
        }
        return {name: round(score, 4) for name, score in found.items() if score is not None}

    def _faithfulness(self, question: str, answer: str, quotes: Sequence[str]) -> float | None:
        claims = self._list(_CLAIMS_PROMPT.format(question=question, answer=answer), "claims", str)
        if not claims:
            return None
        prompt = _SUPPORT_PROMPT.format(quotes=_numbered(quotes), claims=_numbered(claims), count=len(claims))
        supported = self._list(prompt, "supported", bool)
        return sum(supported) / len(claims) if supported is not None and len(supported) == len(claims) else None

    def _relevance(self, question: str, answer: str) -> float | None:
        made = self._list(_QUESTIONS_PROMPT.format(answer=answer, count=_QUESTIONS), "questions", str)
        if not made:
            return None
        asked = np.array(self._embeddings.embed_query(question))
        others = np.array([self._embeddings.embed_query(one) for one in made])
        cosines = others @ asked / (np.linalg.norm(others, axis=1) * np.linalg.norm(asked))
        return float(np.clip(cosines.mean(), 0.0, 1.0))

    def _list(self, prompt: str, name: str, kind: type) -> list[Any] | None:
        """The list of this name in the model's JSON; None where it gives none after all tries."""
        for _ in range(_TRIES):
            found = _parsed(self._reply(prompt), name)
            if found is not None and all(isinstance(one, kind) for one in found):
                return found
        return None

    def _reply(self, prompt: str) -> str:
        try:
            return str(self._model.invoke(prompt).text)
        except (OSError, ValueError, RuntimeError) as error:
            raise JudgeError(
                f"Mô hình chấm điểm không trả lời ({error}).", "Hãy kiểm tra tên mô hình, khóa API và kết nối."
            ) from error


def _parsed(reply: str, name: str) -> list[Any] | None:
    match = _OBJECT.search(reply)
    if match is None:
        return None
    try:
        found = json.loads(match.group()).get(name)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _numbered(lines: Sequence[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def judge_of(name: str, embeddings: Embeddings) -> ChatModelJudge:
    """The judge on a chat model by its LangChain name, e.g. `openai:gpt-5-mini` or `ollama:qwen3`.

    Raises:
        JudgeError: LangChain or the model's package is not installed, or there is no such model.
    """
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise JudgeError("Chưa cài LangChain để chấm điểm.", "Hãy chạy: pip install 'hoidap[judges]'") from error
    try:
        return ChatModelJudge(init_chat_model(name, temperature=0), embeddings)
    except (ImportError, ValueError) as error:
        raise JudgeError(
            f"Không dùng được mô hình {name} ({error}).",
            "Hãy ghi dạng nhà_cung_cấp:tên_mô_hình và cài gói langchain của nhà cung cấp đó.",
        ) from error
