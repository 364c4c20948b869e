"""HTML out of templates. Everything out of an article, a file name or a question is data: escaped by Jinja, always."""

import re
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rag.errors import HoidapError
from rag.web import words
from rag.web.english import in_english
from rag.web.highlight import split_at
from rag.web.words import Language, Text

# Marks that turn the direction of the text around them.
_DIRECTION_MARKS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINK_SCHEMES = ("https://", "http://")


def plain(text: str) -> str:
    r"""`text` without marks that change the direction of what stands around them.

    Example:
        >>> plain("a\u202eb")
        'ab'
    """
    return _DIRECTION_MARKS.sub("", text)


def web_address(source: str | None) -> str | None:
    """The source as an address that is safe to link to; None where it is not one (`javascript:`, a path, nothing).

    Example:
        >>> web_address("javascript:alert(1)") is None
        True
    """
    return source if source is not None and source.lower().startswith(_LINK_SCHEMES) else None


class Renderer:
    """Fills the templates in `rag/web/templates` with words of one language.

    Args:
        language: Language of the page.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._templates = Environment(
            loader=PackageLoader("rag.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=self._shown,
        )
        self._templates.globals.update(
            words=words, language=language, web_address=web_address, split_at=split_at, number=self.number
        )

    def _shown(self, value: object) -> object:
        if isinstance(value, Text):
            return value(self.language)
        if isinstance(value, HoidapError):
            return plain(self.problem(value))
        # Markup is what a template made; everything else is data.
        return plain(value) if type(value) is str else value

    def say(self, text: Text, **values: object) -> str:
        """A visible word in the page's language."""
        return text(self.language, **values)

    def problem(self, error: HoidapError) -> str:
        """What happened and what to do next, in the page's language."""
        return str(error) if self.language == "vi" else in_english(error)

    def number(self, value: float, digits: int = 0) -> str:
        """A number the way the language writes it.

        Example:
            >>> Renderer("vi").number(1234.5, 1)
            '1.234,5'
        """
        written = f"{value:,.{digits}f}"
        return written if self.language == "en" else written.translate(str.maketrans(",.", ".,"))

    def html(self, template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
        """The template `<template>.html` with `values` put in, escaped."""
        return self._templates.get_template(f"{template}.html").render(values)


def asset(name: str) -> str:
    """The text of a style sheet or script in `rag/web/assets`."""
    return resources.files("rag.web").joinpath("assets", name).read_text(encoding="utf-8")
