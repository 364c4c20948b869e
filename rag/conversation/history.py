"""The conversation before a question: checked, and bounded so that a long one costs no more than a short one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.vietnamese.normalise import to_nfc

Message = Mapping[str, str]

_TURNS = 4  # questions with their answers that a follow-up can point back to
_ANSWER_CHARACTERS = 600  # of each answer; what it is about stands at its beginning


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked before, and what was answered.

    Attributes:
        question: As it was typed.
        answer: The beginning of the answer; empty where there was none.
    """

    question: str
    answer: str


def turns(history: Sequence[Message], question_characters: int) -> list[Turn]:
    """The last turns of a conversation, oldest first.

    Args:
        history: Messages with `role` (user, assistant) and `content`; other roles are passed over.
        question_characters: Longest question that is taken; a longer one is cut.
    """
    found: list[Turn] = []
    for message in history[-2 * (_TURNS + 1) :]:
        content = " ".join(to_nfc(str(message.get("content", ""))).replace("\0", " ").split())
        if message.get("role") == "user" and content:
            found.append(Turn(content[:question_characters], ""))
        elif message.get("role") == "assistant" and found:
            found[-1] = Turn(found[-1].question, content[:_ANSWER_CHARACTERS])
    return found[-_TURNS:]
