"""The JSON shapes that tools outside the project rely on, the same from the command line and from the web API."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rag.answering.answer import Answer, Citation
from rag.errors import QuestionError
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.records import SearchFilter

_DAY_LAYOUTS = ("%Y-%m-%d", "%d/%m/%Y")


def search_result(
    question_id: str | int | None, question: str, query: Query, hits: Sequence[Hit], *, explain: bool = False
) -> dict[str, Any]:
    """The JSON contract of `hoidap search`; `explain` adds how the question was read and each hit's score details."""
    result: dict[str, Any] = {
        "id": question_id,
        "question": question,
        "hits": [_hit(hit, explain=explain) for hit in hits],
    }
    if explain:
        result["reading"] = {
            "restored": query.restored,
            "text": query.text,
            "abbreviations": {expansion.short: expansion.long for expansion in query.expansions},
            "names": list(query.names),
            "years": sorted(query.time.years),
            "terms_of_office": sorted(query.time.terms),
        }
    return result


def _hit(hit: Hit, *, explain: bool) -> dict[str, Any]:
    passage = hit.stored.passage
    result: dict[str, Any] = {
        "article": passage.article_id,
        "title": hit.stored.title,
        "passage": passage.ordinal,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(hit.score.total, 6),
    }
    if explain:
        result["details"] = asdict(hit.score)
    return result


def answer_result(question_id: str | int | None, answer: Answer) -> dict[str, Any]:
    """The JSON contract of `hoidap ask`."""
    return {
        "id": question_id,
        "question": answer.question,
        "answer": answer.text,
        "spans": list(answer.spans),
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "citations": [_citation(citation) for citation in answer.citations],
        "seconds": answer.seconds,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "article": citation.article,
        "title": citation.title,
        "published": citation.published.isoformat() if citation.published else None,
        "source": citation.source,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def search_filter(
    published_from: str = "", published_to: str = "", publishers: Sequence[str] = (), articles: Sequence[str] = ()
) -> SearchFilter | None:
    """A filter out of plain values; None where all of them are empty.

    Args:
        published_from: First day, as `2020-12-30` or `30/12/2020`.
        published_to: Last day, likewise.
        publishers: Publishers, as written in the articles.
        articles: Article ids.

    Raises:
        QuestionError: A day is not one.
    """
    chosen = SearchFilter(_day(published_from), _day(published_to), tuple(publishers), tuple(articles))
    return None if chosen == SearchFilter() else chosen


def _day(text: str) -> datetime.date | None:
    if not text.strip():
        return None
    for layout in _DAY_LAYOUTS:
        try:
            return datetime.datetime.strptime(text.strip(), layout).replace(tzinfo=datetime.UTC).date()
        except ValueError:
            continue
    raise QuestionError("“{text}” không phải một ngày.", "Hãy ghi theo dạng 2020-12-30 hoặc 30/12/2020.", text=text)
