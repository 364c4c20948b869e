"""The chatbot: a question and what was said before it, to a stream of events that ends in an answer."""

import datetime
import time
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Required, TypedDict

from langchain_core.callbacks import CallbackManagerForChainRun
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from langchain_core.runnables.config import run_in_executor

from rag.answering.answer import Answer, Origin
from rag.answering.answerer import HITS, Answerer
from rag.answering.catalogue import Catalogue
from rag.answering.citations import CitationMismatchError
from rag.answering.compare import comparison
from rag.answering.compose import article_asked
from rag.answering.instructions import without_orders
from rag.answering.llm.model import chat_model
from rag.answering.llm.writer import AnswerWriter
from rag.answering.reading.span_reader import SpanReader
from rag.answering.second_look import second_look
from rag.answering.talk import reply
from rag.answering.together import together
from rag.conversation.acts import Act, act_model
from rag.conversation.history import Message, turns
from rag.conversation.resolver import FollowUps
from rag.conversation.several import questions_in
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit, HybridRetriever
from rag.store.library import Library
from rag.store.records import SearchFilter

_MESSAGES_LOOKED_AT = 20  # of a conversation; what a follow-up points back to is not further away
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
        self._catalogue = Catalogue(library, self._retriever)
        self._follow_ups = FollowUps(self._retriever)
        if model is None and library.settings.llm is not None:
            model = chat_model(library.settings)
        self._writer = AnswerWriter(library, model) if model is not None else None

    @property
    def reader(self) -> SpanReader:
        """The neural reader, loaded on first use.

        Raises:
            ModelError: The model under it cannot be loaded.
        """
        return self._answerer.reader

    def warm_up(self) -> None:
        """Load the models, so that the first question need not wait for them.

        Raises:
            ModelError: A model cannot be loaded.
        """
        self._library.embeddings.embed_query(_WARM_UP_QUESTION)
        self.reader.read(_WARM_UP_QUESTION, [_WARM_UP_QUESTION])

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
        limit: int = HITS,
    ) -> tuple[Query, list[Hit]]:
        """How the question is read, and the best passages for it, best first.

        Raises:
            QuestionError: The question is empty or too long.
            LibraryError: The library is empty or was made by another embedding model.
        """
        query = self._follow_ups.read(question, history)
        hits = self._retriever.search(query, max(limit, HITS), search_filter)
        return query, second_look(query, hits, self.reader)[:limit]

    def events(
        self,
        question: str,
        history: Sequence[Message] = (),
        search_filter: SearchFilter | None = None,
        config: RunnableConfig | None = None,
    ) -> Iterator[Event]:
        """As `ask`, telling each step as it is done. `config` goes to the steps that are Runnables."""
        started = time.monotonic()
        question, search_filter = self._put_to_article(question, search_filter)
        history = self._without_talk(history)
        told = self._not_of_articles(question, history, search_filter)
        if told is not None:
            yield Understood(told.query)
            yield Answered(replace(told, seconds=round(time.monotonic() - started, 4)))
            return
        query = self._read(question, history, config)
        yield Understood(query)
        single = self._writer is not None or comparison(query.restored) is not None
        asked = [question] if single else questions_in(query.restored)
        if len(asked) > 1:
            answer = yield from self._one_by_one(query, asked, history, search_filter, config)
        else:
            answer = yield from self._answered(query, search_filter, config)
        yield Answered(replace(answer, seconds=round(time.monotonic() - started, 4)))

    def _answered(
        self, query: Query, search_filter: SearchFilter | None, config: RunnableConfig | None
    ) -> Generator[Event, None, Answer]:
        found = self._search_step(query, search_filter, config)
        yield Found(tuple(found))
        hits = self._answerer.believed(found)
        answer = self._extractive(query, [without_orders(hit) for hit in hits], search_filter)
        if self._writer is not None and not answer.abstained:
            answer = yield from _drafted(self._writer.write(query, hits, answer, config))
        return answer

    def _one_by_one(
        self,
        query: Query,
        asked: Sequence[str],
        history: Sequence[Message],
        search_filter: SearchFilter | None,
        config: RunnableConfig | None,
    ) -> Generator[Event, None, Answer]:
        """The answers to the questions of one turn; a later one is read in the light of the first."""
        answers: list[Answer] = []
        for question in asked:
            before = [*history, *_as_messages(asked[0], answers[0].text)] if answers else history
            answers.append((yield from self._answered(self._read(question, before, config), search_filter, config)))
        return together(query, answers)

    def _put_to_article(self, question: str, search_filter: SearchFilter | None) -> tuple[str, SearchFilter | None]:
        """A question that was put to one article by its headline, without that, and the filter for it."""
        asked, title = article_asked(question)
        records = self._library.live.records.values() if title else ()
        article = next((record.id for record in records if record.title == title), None)
        if article is None:
            return question, search_filter
        return asked, replace(search_filter or SearchFilter(), articles=(article,))

    def _act(self, turn: str) -> Act:
        return act_model().act(turn, self._library.embeddings.embed_turn)

    def _not_of_articles(
        self, question: str, history: Sequence[Message], search_filter: SearchFilter | None
    ) -> Answer | None:
        """The answer to a turn that asks nothing of what the articles say; None for a question to them."""
        query = self._retriever.understand(question)
        act = self._act(query.question)
        if act is Act.QUESTION:
            return None
        if act.of_library:
            return self._catalogue.answer(act, query, search_filter)
        said = turns(history, self._library.settings.max_question_characters)
        text = reply(act, said, datetime.datetime.now().astimezone())
        return Answer(
            question, text, (), abstained=False, confidence=1.0, citations=(), query=query, origin=Origin.TALK
        )

    def _without_talk(self, history: Sequence[Message]) -> list[Message]:
        """The messages before a question, without the turns that only talk: it goes on from the one before them."""
        kept: list[Message] = []
        talking = False
        for message in history[-_MESSAGES_LOOKED_AT:]:
            if message.get("role") == "user":
                talking = not self._act(str(message.get("content", ""))).asks
            if not talking:
                kept.append(message)
        return kept

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
            return self._retriever.search(query, HITS, search_filter)

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


def _as_messages(question: str, answer: str) -> list[Message]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


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
