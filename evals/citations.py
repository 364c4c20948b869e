"""How good the citations of an answer are, against the gold evidence.

- A citation is *right* when it overlaps a piece of gold evidence by at least half of the shorter of the two, or stands
  in another article that is known to hold the same fact (`also_in`) and quotes a gold answer.
- *Precision*: the right share of the citations. *Recall*: the share of the pieces of evidence that a right citation
  covers; a citation in an `also_in` article covers every piece. Both as in ALCE (Gao et al. 2023), with gold spans in
  place of an entailment model. In SQuAD sets the whole paragraph is the evidence.
- *Verbatim*: whether the article says, at the place cited, exactly what is quoted. Must always hold.
- *Marked*: whether the numbers `[n]` in the text are those of the citations.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evals.agreement import stands_in
from evals.cases import BodyOf, Case, Evidence
from rag.answering.answer import Citation

_MARKER = re.compile(r"\[(\d+)\]")
_LEAST_OVERLAP = 0.5  # of the shorter of quote and evidence


@dataclass(frozen=True, slots=True)
class CitationScore:
    """How good the citations of one answer are.

    Attributes:
        right: For each citation, whether it is right.
        verbatim: For each citation, whether it is verbatim.
        recall: Share of the gold evidence that is cited; None where there is no gold evidence.
        marked: Whether text and citations have the same numbers.
    """

    right: tuple[bool, ...]
    verbatim: tuple[bool, ...]
    recall: float | None
    marked: bool


def score_citations(case: Case, citations: Sequence[Citation], text: str, body_of: BodyOf) -> CitationScore:
    """Hold the citations of an answer against the gold evidence and against the articles.

    Args:
        case: The question.
        citations: Of the answer; none where it was refused.
        text: The answer, with `[n]`.
        body_of: The body of an article by its id, None where there is no such article.
    """
    elsewhere = [citation.article in case.also_in and stands_in(case.answers, citation.quote) for citation in citations]
    covers = [[_covers(citation, evidence) for evidence in case.evidence] for citation in citations]
    covered = [any(column) or any(elsewhere) for column in zip(*covers, strict=True)] if citations else []
    recall = sum(covered) / len(case.evidence) if case.evidence else None
    return CitationScore(
        right=tuple(any(row) or other for row, other in zip(covers, elsewhere, strict=True)),
        verbatim=tuple(_verbatim(citation, body_of) for citation in citations),
        recall=recall,
        marked={int(number) for number in _MARKER.findall(text)} == {citation.n for citation in citations},
    )


def _covers(citation: Citation, evidence: Evidence) -> bool:
    if citation.article != evidence.article:
        return False
    shared = min(citation.end, evidence.end) - max(citation.start, evidence.start)
    shorter = min(citation.end - citation.start, evidence.end - evidence.start)
    return shared > 0 and shared >= _LEAST_OVERLAP * shorter


def _verbatim(citation: Citation, body_of: BodyOf) -> bool:
    body = body_of(citation.article)
    return body is not None and body[citation.start : citation.end] == citation.quote
