"""Answers as Markdown. Everything out of an article or a question is data: escaped, so that it shows as it stands."""

import html
import re
from collections.abc import Sequence

from rag.answering.answer import Answer, Citation
from rag.retrieval.retriever import Hit
from rag.web import words

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$^:/])")
_SNIPPET_CHARACTERS = 240
_LINK_SCHEMES = ("https://", "http://")
# Marks that turn the direction of the text around them.
_DIRECTION_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escape(text: str) -> str:
    r"""`text` as Markdown that shows exactly it: no markup, no HTML, no change of direction, one line.

    Example:
        >>> escape("<b>*1*</b>")
        '&lt;b&gt;\\*1\\*&lt;\\/b&gt;'
    """
    line = " ".join(_DIRECTION_MARKS.sub("", text).split())
    return _SPECIAL.sub(r"\\\1", html.escape(line, quote=False))


def answer_markdown(answer: Answer) -> str:
    """The answer, how the question was read, and its sources with their exact words."""
    parts = []
    if answer.query.text != answer.query.question:
        parts.append(f"*{words.UNDERSTOOD_AS}: {escape(answer.query.text)}*")
    parts.append(f"**{escape(answer.text)}**")
    if answer.note:
        parts.append(f"*{escape(answer.note)}*")
    if answer.citations:
        parts.append(f"{words.SOURCES}:")
        parts += [_citation(citation) for citation in answer.citations]
    if answer.related:
        parts.append(_related(answer.related))
    return "\n\n".join(parts)


def _citation(citation: Citation) -> str:
    published = f" · {citation.published:%d/%m/%Y}" if citation.published else ""
    source = _link(citation.source)
    return f"\\[{citation.n}\\] **{escape(citation.title)}**{published}{source}\n\n> {escape(citation.quote)}"


def _link(source: str | None) -> str:
    if source is None or not source.startswith(_LINK_SCHEMES):
        return ""
    address = html.escape(source, quote=True).replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    return f" · [{words.OPEN_SOURCE}](<{address}>)"


def _related(hits: Sequence[Hit]) -> str:
    lines = [f"- **{escape(hit.stored.title)}**: {escape(_snippet(hit.stored.passage.text))}" for hit in hits]
    return "\n".join([words.RELATED, "", *lines])


def _snippet(text: str) -> str:
    return text if len(text) <= _SNIPPET_CHARACTERS else text[:_SNIPPET_CHARACTERS].rsplit(" ", 1)[0] + "…"
