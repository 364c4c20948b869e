"""A follow-up question made to stand alone by a language model; the rules' reading stays where that fails."""

from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from rag.answering.llm.calls import ModelFailedError, streamed
from rag.answering.llm.claims import cleaned
from rag.answering.llm.facts import Spellings, facts_of, missing
from rag.answering.llm.prompts import REWRITE
from rag.conversation.history import Turn

_SHARE_OF_TIME = 0.25  # of the seconds an answer may take: a rewritten question is one line


def rewritten(
    model: BaseChatModel,
    question: str,
    turns: Sequence[Turn],
    spellings: Spellings,
    seconds: float,
    max_characters: int,
    config: RunnableConfig | None = None,
) -> str | None:
    """The question as the model would ask it of somebody who has not heard the conversation.

    Args:
        model: What is asked.
        question: As typed.
        turns: The conversation before it, at least one turn.
        spellings: Other ways to write what stands in a text: long forms of abbreviations, and abbreviations.
        seconds: Longest time an answer may take; a part of it is given.
        max_characters: Longest question accepted.
        config: Its callbacks see the call.

    Returns:
        The question; None where the model failed, rambled, or brought in a number or a name that nobody said.
    """
    talk = "\n".join(f"Hỏi: {turn.question}\nĐáp: {turn.answer}" for turn in turns)
    messages = REWRITE.format_messages(talk=talk, question=question)
    try:
        text = "".join(streamed(model, messages, seconds * _SHARE_OF_TIME, config, "rewriting"))
    except ModelFailedError:
        return None
    lines = [cleaned(line).strip(" \"“”'") for line in text.strip().splitlines() if line.strip()]
    if len(lines) != 1 or not lines[0] or len(lines[0]) > max_characters:
        return None
    invented = missing(facts_of(lines[0]), f"{talk}\n{question}", spellings)
    return None if invented else lines[0]
