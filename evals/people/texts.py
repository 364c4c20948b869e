"""Documents, the questions asked of them, and the split into a part to learn from and a part that is held back."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["yes", "no", "unknown"]
Span = tuple[int, int]

_HELD_BACK_ONE_IN = 5


@dataclass(frozen=True, slots=True)
class Document:
    """A text that questions are asked of.

    Attributes:
        id: Unique in its set.
        title: Its headline; empty where the set gives none.
        text: The whole text.
        group: What must not be split: an article's title, or the id.
    """

    id: str
    title: str
    text: str
    group: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one document.

    Attributes:
        id: Unique in its set.
        text: As it was typed.
        document: Id of the document it is asked of.
        answers: Right answers, any one of them; empty where the document does not tell.
        spans: Where right answers, or the words that decide a yes or no, stand in the document.
        verdict: The answer to a question for yes or no; None for any other question.
        history: Questions and answers before it, oldest first.
        plausible: Where wrong answers stand that look right.
    """

    id: str
    text: str
    document: str
    answers: tuple[str, ...]
    spans: tuple[Span, ...]
    verdict: Verdict | None = None
    history: tuple[tuple[str, str], ...] = ()
    plausible: tuple[Span, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the document tells the answer."""
        return bool(self.answers)


@dataclass(frozen=True)
class QuestionSet:
    """A set of questions and its documents.

    Attributes:
        name: Of the set.
        documents: By id.
        questions: In the order of the file.
        is_held_back: Tells by a document's group whether it is held back from learning.
    """

    name: str
    documents: Mapping[str, Document]
    questions: tuple[Question, ...]
    is_held_back: Callable[[str], bool] = field(repr=False)

    def part(self, *, held_back: bool) -> "QuestionSet":
        """The documents to learn from, or those that are held back, with their questions."""
        documents = {
            document.id: document
            for document in self.documents.values()
            if self.is_held_back(document.group) == held_back
        }
        questions = tuple(question for question in self.questions if question.document in documents)
        return QuestionSet(self.name, documents, questions, self.is_held_back)


def one_in_five(group: str) -> bool:
    """Whether a document is held back: one in five, by a hash of its group, the same ones for ever.

    Example:
        >>> [name for name in ("a", "b", "c", "d", "e", "f", "g") if one_in_five(name)]
        ['g']
    """
    return hashlib.sha256(group.encode()).digest()[0] % _HELD_BACK_ONE_IN == 0


def question_set(
    name: str,
    documents: Iterable[Document],
    questions: Iterable[Question],
    is_held_back: Callable[[str], bool] = one_in_five,
) -> QuestionSet:
    """A checked set.

    Raises:
        ValueError: A question names a document that is not there, or a span does not lie inside its document.
    """
    by_id = {document.id: document for document in documents}
    asked = tuple(questions)
    for question in asked:
        if question.document not in by_id:
            message = f"{name}: question {question.id} is asked of {question.document!r}, which is not in the set"
            raise ValueError(message)
        length = len(by_id[question.document].text)
        for start, end in (*question.spans, *question.plausible):
            if not 0 <= start < end <= length:
                message = f"{name}: span {start}-{end} of question {question.id} lies outside its {length} characters"
                raise ValueError(message)
    return QuestionSet(name, by_id, asked, is_held_back)
