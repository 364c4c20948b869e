"""How a question is read before anything is searched."""

from collections.abc import Mapping
from dataclasses import dataclass

from rag.errors import QuestionError
from rag.vietnamese.accents import AccentModel
from rag.vietnamese.normalise import to_nfc
from rag.vietnamese.syllables import folded_syllables, with_bigrams


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched.

    Attributes:
        question: What the user typed, in NFC, without outer space.
        text: The question with its accents restored: what the embedding model reads.
        terms: Folded syllables and bigrams with their weights: what the lexical index is asked.
    """

    question: str
    text: str
    terms: Mapping[str, float]


def checked_question(question: str, max_characters: int) -> str:
    """The question in NFC without outer or repeated space.

    Raises:
        QuestionError: It is empty or too long.
    """
    cleaned = " ".join(to_nfc(question).replace("\0", " ").split())
    if not cleaned:
        raise QuestionError("Câu hỏi đang trống.", "Hãy nhập câu hỏi, ví dụ “Hội nghị diễn ra khi nào?”.")
    if len(cleaned) > max_characters:
        raise QuestionError(
            f"Câu hỏi dài {len(cleaned)} ký tự, quá giới hạn {max_characters} ký tự.", "Hãy hỏi ngắn gọn hơn, mỗi lần một ý."
        )
    return cleaned


def understand(question: str, accents: AccentModel) -> Query:
    """Read a question.

    Args:
        question: As `checked_question` returns it.
        accents: Restores accents as the indexed text writes them.
    """
    text = accents.restore(question)
    return Query(question, text, dict.fromkeys(with_bigrams(folded_syllables(text)), 1.0))
