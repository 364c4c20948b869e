"""An answer and its citations: the shapes that the command line, the web page and outside tools share."""

import datetime
import enum
from dataclasses import dataclass, field

from rag.answering.question import AnswerKind
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words a claim rests on: `article.body[start:end] == quote`, checked by code.

    Attributes:
        n: The number that stands behind the claim, from 1.
        article: Id of the article.
        title: Its headline.
        published: The day it appeared, if known.
        source: Its address, if known.
        start: Offset of the quote in the article's body.
        end: Offset behind the quote.
        quote: The words.
    """

    n: int
    article: str
    title: str
    published: datetime.date | None
    source: str | None
    start: int
    end: int
    quote: str


class Origin(enum.StrEnum):
    """Who tells an answer."""

    ARTICLES = "articles"  # their words
    RECORDS = "records"  # what the library knows of its articles
    TALK = "talk"  # nobody: the turn asked nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user is told.

    Attributes:
        question: As it was asked.
        text: The answer with `[n]` behind each claim, or the refusal.
        spans: The short answers, each a slice of a quote.
        abstained: Whether the articles do not hold the answer.
        confidence: Probability that the answer is right, 0 to 1.
        citations: In order of their numbers; none when abstained.
        related: Passages near the question, offered when abstained; never an answer.
        query: How the question was read.
        kind: What the question asked for.
        seconds: Time from question to answer.
        note: What the user is told beside the answer, e.g. that the language model did not answer; empty as a rule.
        written: Whether a language model wrote the text.
        origin: Who tells it.
        choices: Where several articles fit equally well: the question asked of each of them, to choose from.
        unverified: Sentences of it that could not be proven; they stand in the text with a mark and no number.
    """

    question: str
    text: str
    spans: tuple[str, ...]
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...]
    query: Query
    related: tuple[Hit, ...] = field(default=())
    kind: AnswerKind = AnswerKind.WHAT
    seconds: float = 0.0
    note: str = ""
    written: bool = False
    origin: Origin = Origin.ARTICLES
    choices: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
