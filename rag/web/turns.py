"""What was asked and answered, in the form that the page shows, a browser keeps and the user takes home."""

import datetime
import re
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.answering.answer import Answer, Citation, Origin
from rag.answering.compose import article_asked
from rag.chat import Answered, Chatbot, Found, Understood
from rag.errors import HoidapError
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.records import SearchFilter
from rag.web.limits import LIMITS
from rag.web.line import TOLD_EVERY, Line, Waiting, whole_seconds
from rag.web.visitors import asking_visitor

_RANKED = 5  # passages shown under "Vì sao?"
_SNIPPET_CHARACTERS = 280
_LONGEST_CONVERSATION = 200  # turns taken from a browser's storage
_MOST_PARTS = 200  # of one kind in a turn taken from there
_MARKER = re.compile(r"\[(\d+)\]")


def _some() -> Any:  # noqa: ANN401 - as pydantic's `Field` has it
    return Field(default=(), max_length=_MOST_PARTS)


class _Record(BaseModel):
    """Frozen, and strict about what a browser hands back."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """A citation as the page shows it; `article` body `[start:end]` is the quote."""

    n: int
    article: str
    title: str
    published: datetime.date | None = None
    source: str | None = None
    publisher: str | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str


class Ranked(_Record):
    """A passage that was found, with the parts of its score."""

    article: str
    title: str
    published: datetime.date | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    total: float
    cosine: float
    lexical: float
    sentence: float
    time: float


class Reading(_Record):
    """How a question was read."""

    text: str
    changed: bool
    abbreviations: tuple[tuple[str, str], ...] = _some()
    names: tuple[str, ...] = _some()
    years: tuple[int, ...] = _some()


class Turn(_Record):
    """One question and what became of it.

    Attributes:
        id: Unique in the conversation.
        question: As typed.
        state: Where the work is: `waiting` for others, `reading` the question, `searching`, `answering`, or done:
            `answered`, `stopped` by the user, `refused` with a `message`.
        ahead: While `waiting`: how many questions come first.
        wait: While `waiting`: about how many seconds; 0 where that is not known.
        text: The answer with its `[n]`; grows while `answering`.
        filters: What the search was restricted to, in words; empty where it was not.
        read_passages: How many passages were found.
        note: What the reader should know about the answer, e.g. that a language model wrote it.
        origin: Who tells the answer: the articles, the library's records, or nobody, as the turn only talked.
        choices: The same question put to each of several articles, to choose from.
        vote: What the user said of the answer.
        seal: By which the answer is known again, see `rag.web.seals`; empty where there is none.
    """

    id: str
    question: str
    state: Literal["waiting", "reading", "searching", "answering", "answered", "stopped", "refused"] = "reading"
    message: str = ""
    ahead: int = 0
    wait: int = 0
    filters: str = ""
    reading: Reading | None = None
    read_passages: int = 0
    read_articles: int = 0
    ranking: tuple[Ranked, ...] = _some()
    text: str = ""
    spans: tuple[str, ...] = _some()
    abstained: bool = False
    confidence: float = 0.0
    seconds: float = 0.0
    sources: tuple[Source, ...] = _some()
    related: tuple[Ranked, ...] = _some()
    note: str = ""
    origin: Literal["articles", "records", "talk"] = "articles"
    choices: tuple[str, ...] = _some()
    vote: Literal["", "right", "wrong"] = ""
    seal: str = Field(default="", max_length=64)

    @property
    def done(self) -> bool:
        """Whether no work on it is under way."""
        return self.state in {"answered", "stopped", "refused"}

    @property
    def parts(self) -> list[tuple[str, Source | None]]:
        """The answer cut at its markers: text, then the source that its marker names (None: no marker follows)."""
        by_number = {source.n: source for source in self.sources}
        parts: list[tuple[str, Source | None]] = []
        done = 0
        for marker in _MARKER.finditer(self.text):
            source = by_number.get(int(marker.group(1)))
            if source is not None:
                parts.append((self.text[done : marker.start()].rstrip(), source))
                done = marker.end()
        if self.text[done:].strip():
            parts.append((self.text[done:], None))
        return parts

    @property
    def articles_to_choose(self) -> list[tuple[str, str]]:
        """The headline and the question of each choice."""
        return [(article_asked(choice)[1], choice) for choice in self.choices]

    @property
    def short_answers(self) -> tuple[str, ...]:
        """The short answers, where the sentence around them says more; empty where they are all there is to say."""
        said = " ".join(text.strip() for text, _ in self.parts).strip()
        return () if self.abstained or self.choices or said in self.spans else self.spans

    @property
    def percent(self) -> int:
        """The confidence in percent."""
        return round(self.confidence * 100)


class Conversation(_Record):
    """Questions and answers in their order; it gets its id with its first question."""

    id: str = Field(default="", max_length=100)
    turns: tuple[Turn, ...] = Field(default=(), max_length=_LONGEST_CONVERSATION)

    def before(self, turn_id: str | None) -> "Conversation":
        """The conversation up to a turn, without it; all of it where there is no such turn."""
        places = [place for place, turn in enumerate(self.turns) if turn.id == turn_id]
        return self if not places else self.model_copy(update={"turns": self.turns[: places[0]]})

    def with_turn(self, turn: Turn) -> "Conversation":
        """The conversation with `turn` in the place of the one with its id, or at the end; the oldest go when full."""
        turns = (*self.before(turn.id).turns, turn)[-_LONGEST_CONVERSATION:]
        return self.model_copy(update={"turns": turns, "id": self.id or _new_id()})

    def with_changed(self, turn: Turn) -> "Conversation":
        """The conversation with the turn of this id replaced, and all that follows kept."""
        return self.model_copy(update={"turns": tuple(turn if one.id == turn.id else one for one in self.turns)})

    @property
    def bounded(self) -> "Conversation":
        """The conversation without its oldest turns, as far as it is longer than one that is kept may be."""
        left = LIMITS.conversation_characters
        first = len(self.turns)
        while first > 0 and (left := left - len(self.turns[first - 1].model_dump_json())) >= 0:
            first -= 1
        return self if first == 0 else self.model_copy(update={"turns": self.turns[first:]})

    def turn(self, turn_id: str) -> Turn | None:
        """The turn of this id."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    @property
    def kept(self) -> str:
        """JSON for the browser to keep, without a character that HTML gives a meaning to."""
        return self.model_dump_json().replace("<", "\\u003c")

    @property
    def history(self) -> list[dict[str, str]]:
        """The answered turns as the chatbot takes them."""
        return [
            message
            for turn in self.turns
            if turn.state == "answered"
            for message in ({"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.text})
        ]


@dataclass(frozen=True, slots=True)
class Packed:
    """A conversation as a session keeps it between two answers: a tenth of what its objects take.

    Attributes:
        text: As JSON, compressed.
    """

    text: bytes

    @classmethod
    def of(cls, conversation: Conversation) -> "Packed":
        """A conversation, packed."""
        return cls(zlib.compress(conversation.model_dump_json().encode(errors="replace")))

    @property
    def conversation(self) -> Conversation:
        """The conversation."""
        return Conversation.model_validate_json(zlib.decompress(self.text))


Held = Packed | Conversation  # the second while an answer is under way


def unpacked(held: Held) -> Conversation:
    """The conversation that a session holds."""
    return held.conversation if isinstance(held, Packed) else held


def refused(question: str, message: str) -> Turn:
    """A turn that could not be worked on."""
    return Turn(id=_new_id(), question=question, state="refused", message=message)


def _new_id() -> str:
    return uuid.uuid4().hex[:12]


Asking = Callable[[str, Sequence[Mapping[str, str]], SearchFilter | None], Iterator[object]]


def events_of(chatbot: Chatbot) -> Asking:
    """How a chatbot is asked: a question, the messages before it and a filter, to events that end in `Answered`."""
    return chatbot.events


def in_turn(line: Line, asking: Asking) -> Asking:
    """As `asking`, with `Waiting` events before its own until it is the question's turn.

    Args:
        line: Where the question waits; it leaves when its answer is there or given up.
        asking: What answers.
    """

    def asked(
        question: str, history: Sequence[Mapping[str, str]], search_filter: SearchFilter | None
    ) -> Iterator[object]:
        with line.place(asking_visitor()) as place:
            while not line.reached(place, TOLD_EVERY):
                yield line.waiting(place)
            yield from asking(question, history, search_filter)

    return asked


def answering(
    asking: Asking,
    conversation: Conversation,
    question: str,
    search_filter: SearchFilter | None = None,
    filters: str = "",
    said: Callable[[HoidapError], str] = str,
) -> Iterator[Turn]:
    """A new turn, again and again as the work on it goes on; the last one is done.

    Args:
        asking: What answers, see `events_of`.
        conversation: What was said before.
        question: As typed.
        search_filter: What the search is restricted to.
        filters: The same, in words.
        said: An error in words.
    """
    turn = Turn(id=_new_id(), question=question, filters=filters)
    yield turn
    hits: Sequence[Hit] = ()
    try:
        for event in asking(question, conversation.history, search_filter):
            match event:
                case Waiting(ahead=ahead, seconds=seconds):
                    wait = whole_seconds(seconds) if seconds is not None else 0
                    turn = turn.model_copy(update={"state": "waiting", "ahead": ahead, "wait": wait})
                case Understood(query=query):
                    turn = turn.model_copy(update={"state": "searching", "reading": _reading(query)})
                case Found(hits=found):
                    hits = found
                    turn = turn.model_copy(update=_found(found))
                case Answered(answer=answer):
                    turn = turn.model_copy(update=_answered(answer, hits))
                case _ if isinstance(written := getattr(event, "text", None), str):  # the answer, as it is written
                    turn = turn.model_copy(update={"text": f"{turn.text} {written}".strip()})
                case _:  # an event that this page does not know yet
                    continue
            yield turn
    except HoidapError as error:
        yield turn.model_copy(update={"state": "refused", "message": said(error)})


def _reading(query: Query) -> Reading:
    return Reading(
        text=query.text,
        changed=query.text != query.question,
        abbreviations=tuple((expansion.short, expansion.long) for expansion in query.expansions),
        names=query.names,
        years=tuple(sorted(query.time.years)),
    )


def _found(hits: Sequence[Hit]) -> dict[str, object]:
    return {
        "state": "answering",
        "read_passages": len(hits),
        "read_articles": len({hit.stored.passage.article_id for hit in hits}),
        "ranking": tuple(_ranked(hit) for hit in hits[:_RANKED]),
    }


def _answered(answer: Answer, hits: Sequence[Hit]) -> dict[str, object]:
    publishers = {hit.stored.passage.article_id: hit.stored.publisher for hit in hits}
    return {
        "state": "answered",
        "reading": _reading(answer.query) if answer.origin is Origin.ARTICLES else None,
        "origin": answer.origin.value,
        "choices": answer.choices,
        "text": answer.text,
        "spans": answer.spans,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "seconds": answer.seconds,
        "note": getattr(answer, "note", None) or "",
        "sources": tuple(_source(citation, publishers.get(citation.article)) for citation in answer.citations),
        "related": tuple(_ranked(hit) for hit in answer.related),
    }


def _source(citation: Citation, publisher: str | None) -> Source:
    return Source(
        n=citation.n,
        article=citation.article,
        title=citation.title,
        published=citation.published,
        source=citation.source,
        publisher=publisher,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
    )


def _ranked(hit: Hit) -> Ranked:
    passage, score = hit.stored.passage, hit.score
    return Ranked(
        article=passage.article_id,
        title=hit.stored.title,
        published=hit.stored.published,
        start=passage.start,
        end=passage.end,
        text=snippet(passage.text),
        total=round(score.total, 4),
        cosine=round(score.cosine, 4),
        lexical=round(score.lexical, 4),
        sentence=round(score.sentence, 4),
        time=round(score.time, 4),
    )


def snippet(text: str) -> str:
    """The beginning of a text, on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET_CHARACTERS else line[:_SNIPPET_CHARACTERS].rsplit(" ", 1)[0] + "…"
