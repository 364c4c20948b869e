"""Candidate answers: every span that might answer, with what speaks for it and against it."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.question import AnswerKind, AskedFor
from rag.answering.reading.span_reader import PassageReading, trimmed
from rag.answering.refine import Refined, refine
from rag.answering.support import names_post_of, words_around
from rag.retrieval.evidence import PassageText, Sentence, coverage, passage_text, term_weights
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.records import StoredPassage
from rag.vietnamese.expressions import Place, causes, codes, moments, ordinals, people, quantities
from rag.vietnamese.syllables import folded_syllables
from rag.vietnamese.time_expressions import TimeReference, time_reference

_SPANS_PER_PASSAGE = 8
_OTHER_POST = 0.2  # how far a person fits who holds another post than the one asked about

# What each signal is worth, in units of the network's score. Chosen on dev.jsonl with evals.answers.
_READER_LIMIT = 4.0  # the network is never surer than that: between two high scores the other signals decide
_LEAD_WEIGHT = 100.0
_COVERAGE_WEIGHT = 6.0
_FIT_WEIGHT = 6.0
_TIME_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer the question.

    Attributes:
        hit: The passage it stands in, and that passage's place in the ranking.
        start: Offset in the passage's text.
        end: Offset behind it.
        sentence: The sentence around it: start and end in the passage's text, outer white space left out.
        reader: The network's score; below zero it would rather not answer.
        coverage: Share of the question's words in the sentence and headline, 0 to 1, rare words first.
        fit: Whether the span is of the kind asked for, -1 to 1.
        of_post: False where the question asks who holds a post that the words around the span do not name.
        time: Whether it is of the years asked for, -1 to 1.
        score: What candidates are ordered by.
    """

    hit: Hit
    start: int
    end: int
    sentence: tuple[int, int]
    reader: float
    coverage: float
    fit: float
    of_post: bool
    time: float
    score: float

    @property
    def text(self) -> str:
        """The short answer."""
        return self.hit.stored.passage.text[self.start : self.end]


def candidates(
    query: Query,
    asked: AskedFor,
    hits: Sequence[Hit],
    readings: Sequence[PassageReading],
    rarity: Callable[[str], float],
) -> list[Candidate]:
    """Every candidate of the passages read, best first.

    Args:
        query: How the question was read.
        asked: What it asks for.
        hits: The passages, best first.
        readings: What the network says about the first of them, in the same order.
        rarity: Weight of a folded syllable or bigram, larger for rarer ones.
    """
    weights = [term_weights(text, rarity) for text in dict.fromkeys((query.text, query.restored))]
    lead = hits[0].score.total if hits else 0.0
    found = [
        candidate
        for hit, reading in zip(hits, readings, strict=False)
        for candidate in _Passage(query, asked, hit, weights).candidates(reading, lead)
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


class _Passage:
    """One passage, made ready to weigh the spans in it."""

    def __init__(self, query: Query, asked: AskedFor, hit: Hit, weights: Sequence[Mapping[str, float]]) -> None:
        self._query = query
        self._asked = asked
        self._hit = hit
        self._weights = weights
        self._text = hit.stored.passage.text
        self._parts: PassageText = passage_text(hit.stored.title, self._text)

    def candidates(self, reading: PassageReading, lead: float) -> list[Candidate]:
        """The candidates of this passage, in no order."""
        if self._asked.kind is AnswerKind.YES_NO:
            return [self._candidate(place, score, lead) for place, score in self._sentences(reading)]
        best: dict[tuple[int, int], tuple[float, Refined]] = {}
        for start, end, score in self._spans(reading):
            refined = refine(self._asked, self._query.restored, self._text, start, end)
            place = refined.start, refined.end
            if refined.end > refined.start and (place not in best or best[place][0] < score):
                best[place] = score, refined
        return [self._candidate(refined, score, lead) for score, refined in best.values()]

    def _sentences(self, reading: PassageReading) -> list[tuple[Refined, float]]:
        """The sentences, each with the network's best score inside: it is a sentence that says yes or no."""
        spans = reading.best(_SPANS_PER_PASSAGE)
        found = []
        for one in self._parts.sentences:
            inside = [span.score for span in spans if one.start <= span.start < one.end]
            place = Refined(*trimmed(self._text, one.start, one.end), 0.0)
            found.append((place, max(inside, default=-_READER_LIMIT)))
        return found

    def _spans(self, reading: PassageReading) -> list[tuple[int, int, float]]:
        """The spans that the network points at, and every expression of the kind asked for."""
        spans = [
            (span.start, span.end, span.score)
            for span in reading.best(_SPANS_PER_PASSAGE)
            if any(one.start <= span.start and span.end <= one.end for one in self._parts.sentences)
        ]
        for variants in _expressions(self._asked.kind, self._text):
            score = max((reading.score(start, end) for start, end in variants), default=-math.inf)
            if math.isfinite(score):
                spans.append((*variants[0], score))
        return spans

    def _candidate(self, place: Refined, reader: float, lead: float) -> Candidate:
        sentence = next((one for one in self._parts.sentences if one.start <= place.start < one.end), None)
        covered = self._covered(sentence) if sentence is not None else 0.0
        start, end = (sentence.start, sentence.end) if sentence else (place.start, place.end)
        sentence_text = self._text[start:end]
        start += len(sentence_text) - len(sentence_text.lstrip())
        end = max(start + len(sentence_text.strip()), place.end)
        fit = -1.0 if self._repeats_question(place) else place.fit
        near = words_around(self._text, (start, end), place.start, place.end)
        of_post = self._asked.kind is not AnswerKind.WHO or names_post_of(self._query.text, near)
        if not of_post:
            fit = min(fit, _OTHER_POST)
        time = _time_fit(self._query.time, self._hit.stored, self._parts, sentence_text)
        score = (
            _READER_LIMIT * math.tanh(reader / _READER_LIMIT)
            + _LEAD_WEIGHT * (self._hit.score.total - lead)
            + _COVERAGE_WEIGHT * covered
            + _FIT_WEIGHT * fit
            + _TIME_WEIGHT * time
        )
        sentence_place = start, end
        return Candidate(self._hit, place.start, place.end, sentence_place, reader, covered, fit, of_post, time, score)

    def _covered(self, sentence: Sentence) -> float:
        """Share of the question's words, whether it or the sentence abbreviates."""
        return max(coverage(weights, sentence, self._parts.title_terms) for weights in self._weights)

    def _repeats_question(self, place: Refined) -> bool:
        asked = set(folded_syllables(self._query.text))
        return set(folded_syllables(self._text[place.start : place.end])) <= asked


def _expressions(kind: AnswerKind, text: str) -> list[list[tuple[int, int]]]:
    """The expressions of a kind, each with the places at which the network may have seen it."""
    if kind is AnswerKind.HOW_MANY:
        return [
            [(one.number_start, one.end), (one.start, one.end), (one.number_start, one.number_end)]
            for one in quantities(text)
        ]
    finder = _FINDERS.get(kind)
    return [[(one.start, one.end)] for one in finder(text)] if finder is not None else []


_FINDERS: Mapping[AnswerKind, Callable[[str], Sequence[Place]]] = {
    AnswerKind.WHEN: moments,
    AnswerKind.WHO: people,
    AnswerKind.CODE: codes,
    AnswerKind.ORDINAL: ordinals,
    AnswerKind.WHY: causes,
}


def _time_fit(asked: TimeReference, stored: StoredPassage, parts: PassageText, sentence: str) -> float:
    """Whether a sentence speaks of the years asked for: by its own words, else its headline's, else its day."""
    wanted = {*asked.years, *asked.terms}
    if not wanted:
        return 0.0
    here = time_reference(_COMPARED_WITH.sub("", sentence))
    named = {*here.years, *here.terms}
    in_title = {*parts.title_time.years, *parts.title_time.terms}
    if wanted <= named or (wanted <= named | in_title and (not named or wanted & named or named.isdisjoint(in_title))):
        return 1.0
    if wanted & (named | in_title):
        return 0.3
    if stored.published is not None and stored.published.year in wanted:
        return 0.5 if not named else -0.5
    return -1.0 if named or in_title else 0.0


# A year that only measures another one by it: "cao hơn năm 2021 từ 41%", "so với cùng kỳ năm 2019".
_COMPARED_WITH = re.compile(r"\b(?:so với|hơn|bằng|như)\s+(?:[^\s,.;\d]+\s+){0,4}\d{4}")
