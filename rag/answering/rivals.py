"""Where several articles answer: which one goes first, which are named beside it, and when to ask back."""

import datetime
import re
from collections.abc import Iterable, Sequence

from rag.answering.candidates import Candidate
from rag.answering.question import AnswerKind
from rag.answering.support import said_with
from rag.retrieval.evidence import content_terms
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables
from rag.vietnamese.wording import Wording

# Kinds of questions that have one right answer, so that another one contradicts it.
ONE_ANSWER = frozenset({AnswerKind.WHO, AnswerKind.HOW_MANY, AnswerKind.WHEN, AnswerKind.WHERE, AnswerKind.ORDINAL})
_SURE = 2.0  # of the network's score, from which a span may well be what was asked for
_CONCEIVABLE = -6.0  # of the network's score, where a question is too general for it to be sure of anything
_LESS_COVERED = 0.1  # share of the question that another article's sentence may say less of
_FITS = 0.5
_SEVERAL = 3  # articles
_CHOICES = 4
# Lists of words that are often written with a capital and name nobody: "Bí thư Đảng ủy".
_COMMON = ("offices", "chief_titles", "body_nouns", "organisation_nouns", "event_nouns")
# A word that could be a Vietnamese syllable, folded: "bmdh", "vietsovpetro" and "2020" name something.
_SYLLABLE = re.compile(
    r"(?:b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|r|s|t|th|tr|v|x)?[aeiouy]{1,3}(?:c|ch|m|n|ng|nh|p|t)?"
)


def latest_first(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the newest article's first, among those that fit the question about as well as the best."""
    best = ranked[0]
    fitting = [
        one
        for one in _best_of_articles(ranked)
        if one is best
        or (
            one.features.reader > (_CONCEIVABLE if _key(one) == _key(best) else _SURE)
            and one.features.fit >= best.features.fit
            and one.features.post >= best.features.post
            and one.features.coverage >= best.features.coverage - _LESS_COVERED
        )
    ]
    newest = max(fitting, key=lambda one: one.hit.stored.published or datetime.date.min)
    return [newest, *(one for one in ranked if one is not newest)]


def equally_fitting(
    query: Query, kind: AnswerKind, hits: Sequence[Hit], ranked: Sequence[Candidate]
) -> list[Candidate]:
    """The best candidates of several articles where a question says nothing that would tell them apart; else none.

    Args:
        query: How the question was read.
        kind: What it asks for.
        hits: The passages found, best first.
        ranked: The candidates, best first; at least one.
    """
    best = ranked[0]
    if kind not in ONE_ANSWER or best.hit.chosen or query.before or query.latest or not _is_general(query, hits):
        return []
    fitting: dict[str, Candidate] = {}
    for one in _best_of_articles(ranked):
        features = one.features
        if one is best or (
            features.reader > _CONCEIVABLE
            and features.fit >= min(best.features.fit, _FITS)
            and features.post >= min(best.features.post, _FITS)
            and features.coverage >= best.features.coverage - _LESS_COVERED
        ):
            fitting.setdefault(_key(one), one)
    return list(fitting.values())[:_CHOICES] if len(fitting) > 1 else []


def _is_general(query: Query, hits: Sequence[Hit]) -> bool:
    """Whether a question names nobody, nothing and no time, and several articles say all of its words."""
    wording = Wording(query.restored)
    offices = {place for name in _COMMON for span in wording.find(name) for place in range(span.first, span.last)}
    named = any(
        (word.text[0].isupper() and place > 0 and place not in offices) or not _SYLLABLE.fullmatch(fold(word.text))
        for place, word in enumerate(wording.syllables)
    )
    if named or query.names or query.expansions:
        return False
    wanted = {word for term in content_terms(query.restored) for word in term.split("_")}
    saying = {hit.stored.passage.article_id for hit in hits if wanted <= said_with(hit.as_read, hit.opening)}
    return bool(wanted) and len(saying) >= _SEVERAL


def _key(candidate: Candidate) -> str:
    return " ".join(folded_syllables(candidate.text))


def _best_of_articles(ranked: Iterable[Candidate]) -> Iterable[Candidate]:
    best: dict[str, Candidate] = {}
    for one in ranked:
        best.setdefault(one.hit.stored.passage.article_id, one)
    return best.values()
