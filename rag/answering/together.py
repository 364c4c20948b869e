"""Answers to several questions of one turn, put together into one."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.answer import Answer, Citation
from rag.answering.compose import renumbered
from rag.retrieval.query import Query

_MISSING = "Không tìm thấy trong các bài viết: “{question}”."


def together(query: Query, answers: Sequence[Answer]) -> Answer:
    """One answer that says what each of some answers says, and names the questions that have none.

    Args:
        query: How the whole turn was read.
        answers: At least one.
    """
    answered = [answer for answer in answers if not answer.abstained]
    if not answered:
        return replace(answers[0], question=query.question, query=query)
    citations: list[Citation] = []
    texts = []
    for answer in answers:
        if answer.abstained:
            texts.append(_MISSING.format(question=answer.question.rstrip(" ?")))
            continue
        numbers = {one.n: _number(citations, one) for one in answer.citations}
        texts.append(renumbered(answer.text, numbers))
    return Answer(
        query.question,
        " ".join(texts),
        tuple(span for answer in answered for span in answer.spans),
        abstained=False,
        confidence=min(answer.confidence for answer in answered),
        citations=tuple(citations),
        query=query,
        kind=answers[0].kind,
    )


def _number(citations: list[Citation], wanted: Citation) -> int:
    """The number of a quote among the citations: its own if it stands there already, else the next."""
    for one in citations:
        if (one.article, one.start, one.end) == (wanted.article, wanted.start, wanted.end):
            return one.n
    citations.append(replace(wanted, n=len(citations) + 1))
    return len(citations)
