"""The chatbot: a question and what was said before it, to a stream of events that ends in an answer."""

import time
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Required, TypedDict

from langchain_core.callbacks import CallbackManagerForChainRun
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from langchain_core.runnables.config import run_in_executor

from rag.answering.answer import Answer
from rag.answering.answerer import Answerer
from rag.answering.citations import CitationMismatchError
from rag.answering.instructions import without_orders
from rag.answering.llm.model import chat_model
from rag.answering.llm.writer import AnswerWriter
from rag.conversation.history import Message, turns
from rag.conversation.resolver import FollowUps
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit, HybridRetriever
from rag.store.library import Library
from rag.store.records import SearchFilter

_HITS = 10
_WARM_UP_QUESTION = "Hội nghị diễn ra khi nào?"


@dataclass(frozen=True, slots=True)
class Understood:
    """The question has been read."""

    query: Query


@dataclass(frozen=True, slots=True)
class Found:
    """Passages have been found, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """One more sentence of the answer that a language model is writing, already checked.

    `Answered` holds the whole answer, which is another one where the model fails half-way.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is complete. Always the last event."""

    answer: Answer


Event = Understood | Found | Drafted | Answered


class ChatInput(TypedDict, total=False):
    """What the chatbot takes as a LangChain Runnable, beside a plain question.

    Attributes:
        question: As typed.
        history: The conversation before it.
        search_filter: What the search is restricted to.
    """

    question: Required[str]
    history: Sequence[Message]
    search_filter: SearchFilter | None


class Chatbot(Runnable[str | ChatInput, Any]):
    """Answers questions from the articles of one library.

    It is a LangChain Runnable: `invoke`, `ainvoke` and `batch` give an `Answer`; `stream` and `astream` give the
    events, the last of which holds it. Callbacks and tracers in the config see every step.

    Args:
        library: What is asked.
        model: A language model that writes the answers; None takes the one that the settings name, if any.

    Raises:
        SettingsError: The settings name a model that cannot be used.

    Example:
        >>> Chatbot(library).ask("Ai là Bí thư Đảng ủy BMĐH?").spans  # doctest: +SKIP
        ('Trần Quốc Thắng',)
        >>> Chatbot(library).invoke({"question": "Còn phó bí thư?", "history": history}).text  # doctest: +SKIP
        'Phó bí thư Đảng ủy BMĐH là Hoàng Phúc Long [1].'
    """

    def __init__(self, library: Library, model: BaseChatModel | None = None) -> None:
        self._library = library
        self._retriever = HybridRetriever(library=library)
        self._answerer = Answerer(library, self._retriever)
        self._follow_ups = FollowUps(self._retriever)
        if model is None and library.settings.llm is not None:
            model = chat_model(library.settings)
        self._writer = AnswerWriter(library, model) if model is not None else None

    def warm_up(self) -> None:
        """Load the models, so that the first question need not wait for them.

        Raises:
            ModelError: A model cannot be loaded.
        """
        self._library.embeddings.embed_query(_WARM_UP_QUESTION)
        self._answerer.reader.read(_WARM_UP_QUESTION, [_WARM_UP_QUESTION])

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
        return _answer_of(self.events(question, history, search_filter))

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
        query = self._follow_ups.read(question, history)
        return query, self._retriever.search(query, limit, search_filter)

    def events(
        self,
        question: str,
        history: Sequence[Message] = (),
        search_filter: SearchFilter | None = None,
        config: RunnableConfig | None = None,
    ) -> Iterator[Event]:
        """As `ask`, telling each step as it is done. `config` goes to the steps that are Runnables."""
        started = time.monotonic()
        query = self._read(question, history, config)
        yield Understood(query)
        found = self._search_step(query, search_filter, config)
        yield Found(tuple(found))
        hits = self._answerer.believed(found)
        answer = self._extractive(query, [without_orders(hit) for hit in hits], search_filter)
        if self._writer is not None and not answer.abstained:
            writing = self._writer.write(query, hits, answer, config)
            answer = yield from _drafted(writing)
        yield Answered(replace(answer, seconds=round(time.monotonic() - started, 4)))

    def _read(self, question: str, history: Sequence[Message], config: RunnableConfig | None) -> Query:
        by_rules = self._follow_ups.read(question, history)
        if self._writer is None:
            return by_rules
        said = turns(history, self._library.settings.max_question_characters)
        whole = self._writer.rewritten(by_rules, said, config) if said else None
        if whole is None:
            return by_rules
        return replace(self._retriever.understand(whole), question=by_rules.question)

    def invoke(self, input: str | ChatInput, config: RunnableConfig | None = None, **_: object) -> Answer:  # noqa: A002
        """The answer to a question, or to a question with its history: see `ask`."""
        answer: Answer = self._call_with_config(self._invoked, input, config)
        return answer

    def stream(
        self,
        input: str | ChatInput,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_: object,
    ) -> Iterator[Event]:
        """As `invoke`, telling each step as it is done: see `events`."""
        return self._transform_stream_with_config(iter([input]), self._streamed, config)

    async def astream(
        self,
        input: str | ChatInput,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_: object,
    ) -> AsyncIterator[Event]:
        """As `stream`, for asyncio: each step runs in a worker thread."""
        steps = self.stream(input, config)
        while (event := await run_in_executor(config, next, steps, None)) is not None:
            yield event

    def _invoked(
        self,
        given: str | ChatInput,
        run_manager: CallbackManagerForChainRun,  # noqa: ARG002 - LangChain's signature
        config: RunnableConfig,
    ) -> Answer:
        return _answer_of(self.events(*_parts(given), config))

    def _streamed(
        self,
        given: Iterator[str | ChatInput],
        run_manager: CallbackManagerForChainRun,  # noqa: ARG002 - LangChain's signature
        config: RunnableConfig,
    ) -> Iterator[Event]:
        for one in given:
            yield from self.events(*_parts(one), config)

    def _search_step(
        self, query: Query, search_filter: SearchFilter | None, config: RunnableConfig | None
    ) -> list[Hit]:
        def search(query: Query) -> list[Hit]:
            return self._retriever.search(query, _HITS, search_filter)

        return RunnableLambda(search, name="search").invoke(query, config)

    def _extractive(self, query: Query, hits: Sequence[Hit], search_filter: SearchFilter | None) -> Answer:
        """The answer in the articles' own words. Where a quote would reach over a blanked order, its passage goes."""
        try:
            return self._answerer.answer(query, hits, search_filter)
        except CitationMismatchError:
            originals = self._library.passages([hit.stored.id for hit in hits])
            untouched = [hit for hit in hits if originals.get(hit.stored.id) == hit.stored]
            return self._answerer.answer(query, untouched, search_filter)


def _answer_of(events: Iterator[Event]) -> Answer:
    *_, last = events
    assert isinstance(last, Answered)  # noqa: S101 - the contract of `events`, told to the type checker
    return last.answer


def _drafted(writing: Generator[str, None, Answer]) -> Generator[Event, None, Answer]:
    """The sentences of a writer as events; returns its answer."""
    while True:
        try:
            sentence = next(writing)
        except StopIteration as done:
            answer: Answer = done.value
            return answer
        yield Drafted(sentence)


def _parts(given: str | ChatInput) -> tuple[str, Sequence[Message], SearchFilter | None]:
    if isinstance(given, str):
        return given, (), None
    return given["question"], given.get("history") or (), given.get("search_filter")
