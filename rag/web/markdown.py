"""A turn as Markdown, to copy or to take home. Everything out of an article or a question is data: escaped."""

import html
import re

from rag.web import words
from rag.web.rendering import plain, web_address
from rag.web.turns import Source, Turn
from rag.web.words import Language

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|~$^])")
_LINE_STARTS = re.compile(r"^(\d+)([.)])")


def escape(text: str) -> str:
    r"""`text` as Markdown that shows exactly it: no markup, no HTML, no change of direction, one line.

    Example:
        >>> escape("<b>*1*</b>")
        '&lt;b&gt;\\*1\\*&lt;/b&gt;'
    """
    line = " ".join(plain(text).split())
    escaped = _SPECIAL.sub(r"\\\1", html.escape(line, quote=False))
    return _LINE_STARTS.sub(r"\1\\\2", escaped).replace("://", ":\\/\\/")


def turn_markdown(turn: Turn, language: Language) -> str:
    """Question, answer and sources with their exact words.

    Args:
        turn: An answered turn.
        language: Language of the words around them.
    """
    parts = [f"## {escape(turn.question)}"]
    if turn.reading is not None and turn.reading.changed:
        parts.append(f"*{words.UNDERSTOOD_AS(language)}: {escape(turn.reading.text)}*")
    if turn.short_answers:
        parts.append(f"**{escape('; '.join(turn.short_answers))}**")
    parts.append(_sentence(turn))
    if turn.note:
        parts.append(f"*{escape(turn.note)}*")
    if turn.sources:
        parts += [f"{words.SOURCES(language)}:", *(_source(source) for source in turn.sources)]
    return "\n\n".join(part for part in parts if part)


def _sentence(turn: Turn) -> str:
    return "".join(
        f"{escape(text)} \\[{source.n}\\] " if source else escape(text) for text, source in turn.parts
    ).strip()


def _source(source: Source) -> str:
    known = [source.publisher, f"{source.published:%d/%m/%Y}" if source.published else None]
    about = "".join(f" · {escape(one)}" for one in known if one)
    return f"\\[{source.n}\\] **{escape(source.title)}**{about}{_link(source.source)}\n\n> {escape(source.quote)}"


def _link(source: str | None) -> str:
    if web_address(source) is None:
        return ""
    address = html.escape(str(source), quote=True).replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    return f" · <{address}>"
