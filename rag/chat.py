"""The chatbot: a question and what was said before it, to a stream of events that ends in an answer."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.answer import Answer
from rag.answering.answerer import Answerer
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit, HybridRetriever
from rag.store.library import Library
from rag.store.records import SearchFilter
from rag.vietnamese.syllables import syllables
from rag.vietnamese.word_lists import word_list

_HITS = 10

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Understood:
    """The question has been read."""

    query: Query


@dataclass(frozen=True, slots=True)
class Found:
    """Passages have been found, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is complete. Always the last event."""

    answer: Answer


Event = Understood | Found | Answered


class Chatbot:
    """Answers questions from the articles of one library.

    Args:
        library: What is asked.

    Example:
        >>> Chatbot(library).ask("Ai là Bí thư Đảng ủy BMĐH?").spans  # doctest: +SKIP
        ('Phía Đảng bộ BMĐH có đồng chí Trần Quốc Thắng - Bí thư Đảng ủy BMĐH, ...',)
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._retriever = HybridRetriever(library=library)
        self._answerer = Answerer(library, self._retriever)

    def ask(self, question: str, history: Sequence[Message] = (), search_filter: SearchFilter | None = None) -> Answer:
        """The answer to a question.

        Args:
            question: As typed.
            history: The conversation before it: messages with `role` (user, assistant) and `content`.
            search_filter: What the search is restricted to.

        Raises:
            QuestionError: The question is empty or too long.
            LibraryError: The library is empty or was made by another embedding model.
        """
        *_, last = self.stream(question, history, search_filter)
        assert isinstance(last, Answered)  # noqa: S101 - stream's contract, told to the type checker
        return last.answer

    def search(
        self,
        question: str,
        history: Sequence[Message] = (),
        search_filter: SearchFilter | None = None,
        limit: int = _HITS,
    ) -> tuple[Query, list[Hit]]:
        """How the question is read, and the best passages for it, best first.

        Raises:
            QuestionError: The question is empty or too long.
            LibraryError: The library is empty or was made by another embedding model.
        """
        query = self._read_in_context(question, history)
        return query, self._retriever.search(query, limit, search_filter)

    def stream(
        self, question: str, history: Sequence[Message] = (), search_filter: SearchFilter | None = None
    ) -> Iterator[Event]:
        """As `ask`, telling each step as it is done."""
        started = time.monotonic()
        query = self._read_in_context(question, history)
        yield Understood(query)
        hits = self._retriever.search(query, _HITS, search_filter)
        yield Found(tuple(hits))
        answer = self._answerer.answer(query, hits, search_filter)
        yield Answered(replace(answer, seconds=round(time.monotonic() - started, 4)))

    def _read_in_context(self, question: str, history: Sequence[Message]) -> Query:
        """A follow-up is searched together with the question before it, which names what it is about."""
        query = self._retriever.understand(question)
        asked_before = [message["content"] for message in history if message.get("role") == "user"]
        if not asked_before or not _points_back(query.restored):
            return query
        longest = self._library.settings.max_question_characters - len(query.question) - 1
        together = self._retriever.understand(f"{asked_before[-1][: max(0, longest)]} {query.question}")
        return replace(together, question=query.question)


def _points_back(question: str) -> bool:
    words = " ".join(syllable.text for syllable in syllables(question.lower()))
    return any(f" {cue} " in f" {words} " for cue in word_list("followup_cues"))
