"""The passages that are read for a question, what the network says about them, and which candidates it is to judge."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.candidates import Candidate, candidates
from rag.answering.confidence import Judged
from rag.answering.polarity import Polarity, polarity_model
from rag.answering.question import AnswerKind, AskedFor, asked_for
from rag.answering.reading.encoding import conversation, heading
from rag.answering.reading.span_reader import PassageReading, SpanReader
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.syllables import folded_syllables

MOST_READ = 5  # passages; each costs time, and with 7 no set gained (n = 100 to 75, three sets)
_READ_FIRST = 3
_CANDIDATES_JUDGED = 2
# Of the network's score:
_SURE_SPAN = 3.0  # with such an answer no further passage is read
_SURE_ELSEWHERE = 3.0  # such an answer of another article may contradict the best one
_SPANS_OF_A_SENTENCE = 16
# Mean probability that a question does not ask for yes or no. Where the words say that it does, they are right (438 of
# 439 questions of the fitting sets); where they do not, 242 of 245 that do are below, and none of 590 others.
_OPEN = 0.5


@dataclass(frozen=True, slots=True)
class PassagesRead:
    """The passages that were read for a question.

    Attributes:
        query: How the question was read.
        asked: What it asks for.
        hits: The passages, best first.
        readings: What the network says about each.
        headings: What stood above each of them.
    """

    query: Query
    asked: AskedFor
    hits: tuple[Hit, ...]
    readings: tuple[PassageReading, ...]
    headings: tuple[str, ...]

    @property
    def best_scores(self) -> list[float]:
        """The network's score of the best span of each passage."""
        return [_best_score(reading) for reading in self.readings]

    def ranked(self, query: Query, rarity: Callable[[str], float]) -> list[Candidate]:
        """Every candidate, best first."""
        return candidates(query, self.asked, self.hits, self.readings, rarity)

    def without(self, article: str) -> "PassagesRead":
        """What was read in the other articles."""
        kept = [number for number, hit in enumerate(self.hits) if hit.stored.passage.article_id != article]
        return replace(
            self,
            hits=tuple(self.hits[number] for number in kept),
            readings=tuple(self.readings[number] for number in kept),
            headings=tuple(self.headings[number] for number in kept),
        )

    def judged(self, query: Query, best: Candidate, reader: SpanReader) -> Judged:
        """What the network says to one candidate."""
        number = self._number(best)
        sentence = self._sentence_score(best)
        if self.asked.kind is AnswerKind.YES_NO:
            return Judged(None, self.readings[number].verdict, self.polarity(best), sentence)
        place = best.start, best.end
        before = conversation(query.before)
        text = best.hit.text
        return Judged(reader.judge(query.text, text, place, self.headings[number], before), sentence=sentence)

    def polarity(self, best: Candidate) -> float:
        """Log odds of yes against no, by the sentence of one candidate."""
        return polarity_model().log_odds(self.signs(best))

    def signs(self, best: Candidate) -> Polarity:
        """What speaks for yes and for no in the passage of one candidate."""
        stored, verdict = best.hit.as_read, self.readings[self._number(best)].verdict
        return Polarity.of(self.query, stored.title, stored.passage.text, best.sentence, verdict)

    def _sentence_score(self, best: Candidate) -> float:
        """The network's score of a candidate's sentence: the logarithm of the summed likelihood of its spans."""
        start, end = best.sentence
        spans = self.readings[self._number(best)].best(_SPANS_OF_A_SENTENCE)
        scores = [span.score for span in spans if start <= span.start and span.end <= end]
        highest = max(scores, default=best.features.reader)
        return highest + math.log(sum(math.exp(score - highest) for score in scores) or 1.0)

    def _number(self, best: Candidate) -> int:
        return next(number for number, hit in enumerate(self.hits) if hit is best.hit)


def read_hits(query: Query, hits: Sequence[Hit], reader: SpanReader) -> PassagesRead:
    """Read the first passages, and more of them where none of these holds a sure answer."""
    return _read(query, hits[:MOST_READ], reader, _SURE_SPAN)


def read_all(query: Query, hits: Sequence[Hit], reader: SpanReader) -> PassagesRead:
    """Read as many passages as are ever read, however sure the first ones are."""
    return _read(query, hits[:MOST_READ], reader, math.inf)


def _read(query: Query, hits: Sequence[Hit], reader: SpanReader, sure: float) -> PassagesRead:
    before = conversation(query.before)
    readings: list[PassageReading] = []
    headings: list[str] = []
    for number, hit in enumerate(hits):
        if number >= _READ_FIRST and max(_best_score(reading) for reading in readings) > sure:
            break
        text = hit.text
        headings.append(heading(hit.as_read.title, hit.opening, text))
        readings += reader.read(query.text, [text], headings[-1:], before)
    asked = _asked(query, readings)
    return PassagesRead(query, asked, tuple(hits[: len(readings)]), tuple(readings), tuple(headings))


def _best_score(reading: PassageReading) -> float:
    return max((span.score for span in reading.best(1)), default=-math.inf)


def _asked(query: Query, readings: Sequence[PassageReading]) -> AskedFor:
    """What a question asks for, by its words; the network knows more ways to ask for yes or no."""
    asked = asked_for(query.restored, [expansion.short for expansion in query.expansions])
    if not readings:
        return asked
    open_share = sum(reading.verdict.open for reading in readings) / len(readings)
    if asked.kind is not AnswerKind.YES_NO and open_share < _OPEN:
        return AskedFor(AnswerKind.YES_NO, len(query.restored), len(query.restored))
    return asked


def worth_judging(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that are judged: the best one, the next that says something else, and a sure one elsewhere."""
    if not ranked:
        return []
    chosen = _distinct(ranked, _CANDIDATES_JUDGED)
    article = ranked[0].hit.stored.passage.article_id
    elsewhere = next((one for one in ranked if one.hit.stored.passage.article_id != article), None)
    if elsewhere is not None and elsewhere.features.reader > _SURE_ELSEWHERE and elsewhere not in chosen:
        chosen.append(elsewhere)
    return chosen


def _distinct(ranked: Sequence[Candidate], count: int) -> list[Candidate]:
    """The first candidates that say something else than those before them, as far as there are any."""
    chosen: dict[str, Candidate] = {}
    for one in ranked:
        chosen.setdefault(" ".join(folded_syllables(one.text)), one)
        if len(chosen) == count:
            break
    return list(chosen.values())
