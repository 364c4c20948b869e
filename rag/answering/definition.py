"""What an abbreviation stands for, where an article says so itself: "Bộ máy Điều hành (BMĐH)"."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.abbreviations import explained


@dataclass(frozen=True, slots=True)
class Definition:
    """Where an article explains a short form.

    Attributes:
        hit: The passage.
        short: The short form as asked about.
        start: Offset of the long form in the passage's text.
        end: Offset behind the long form.
        quote_end: Offset behind the bracket with the short form.
    """

    hit: Hit
    short: str
    start: int
    end: int
    quote_end: int


def definition(query: Query, hits: Sequence[Hit]) -> Definition | None:
    """The first passage that explains an abbreviation of the question; None where none does."""
    for hit in hits:
        for pair in explained(hit.text):
            for expansion in query.expansions:
                if pair.short.casefold() == expansion.short.casefold():
                    return Definition(hit, expansion.short, pair.start, pair.end, pair.bracket_end)
    return None
