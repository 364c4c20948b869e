"""Candidate answers: every span that might answer, with what speaks for it and against it."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.amounts import is_difference, is_part, is_plan_for_result
from rag.answering.contradictions import other_kind
from rag.answering.parallel import counterpart
from rag.answering.posts import PostQuestion
from rag.answering.question import AnswerKind, AskedFor
from rag.answering.ranking import Features, ranking_model
from rag.answering.reading.span_reader import PassageReading, trimmed, whole_words
from rag.answering.refine import Refined, refine
from rag.answering.support import names_post_of, words_around
from rag.answering.times import clause_time_fit, time_fit, without_years_of_amounts, year_of_amount
from rag.retrieval.evidence import PassageText, Sentence, coverage, term_weights
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.expressions import Place, causes, codes, moments, ordinals, people, quantities
from rag.vietnamese.normalise import fold
from rag.vietnamese.posts import holders
from rag.vietnamese.syllables import folded_syllables, with_bigrams

_SPANS_PER_PASSAGE = 8
_NAMING_KINDS = frozenset({AnswerKind.WHO, AnswerKind.WHERE, AnswerKind.LIST, AnswerKind.WHAT})
# Questions that people answer with the whole amount or clause: on the held-back parts of their sets F1 is 0.83 in place
# of 0.78 for amounts, 0.76 in place of 0.74 for reasons. At names and times the network's own ends are as good.
_WHOLE_KINDS = frozenset({AnswerKind.HOW_MANY, AnswerKind.WHY})
# Questions that an expression of a kind answers: what stands around it in a longer span is no part of the answer.
_NAMED_BY_EXPRESSIONS = frozenset(
    {AnswerKind.WHO, AnswerKind.ROLE, AnswerKind.WHEN, AnswerKind.ORDINAL, AnswerKind.CODE}
)
_WORDS_SCALE = 10.0
_SIBLING_KINDS = frozenset({AnswerKind.HOW_MANY, AnswerKind.WHEN})
_QUANTIFIERS = frozenset({"nhieu", "mot", "so", "vai", "cac", "nhung", "toan", "bo", "tat", "ca", "hon", "gan", "tren"})
_LONGEST_NAME_HEAD = 40  # characters
_UNREAD = -5.0  # the score of a sentence that the network points at no span of
_FARTHEST = -10.0  # of the network's score: what moving a span's ends may cost
_NEARLY = 2.0  # of the network's score: it hardly tells two spans apart
# "ngoài ông Tám": who is named is not asked for.
_CALLED = re.compile(r"\b(?i:ông|bà|anh|chị|đồng chí|đ/c)\s(?P<name>[A-ZĐÀ-Ỹ]\w*(?:\s[A-ZĐÀ-Ỹ]\w*)*)")
_CLAUSE_CUT = re.compile(r"[,;:](?=\s)|\s(?:và|còn|trong khi|trong đó|gồm)\s")
_PART = 0.5  # how far a part of an amount fits where all of it is asked for
_OTHER_POST = 0.2  # how far a person fits whose post is not the one asked about


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer the question.

    Attributes:
        hit: The passage it stands in, and that passage's place in the ranking.
        start: Offset in the passage's text.
        end: Offset behind it.
        sentence: The sentence around it: start and end in the passage's text, outer white space left out.
        features: What speaks for it and against it.
        score: What candidates are ordered by.
    """

    hit: Hit
    start: int
    end: int
    sentence: tuple[int, int]
    features: Features
    score: float

    @property
    def text(self) -> str:
        """The short answer, as it is read."""
        return self.hit.text[self.start : self.end]


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
    posts = PostQuestion(query, asked)
    found = [
        candidate
        for hit, reading in zip(hits, readings, strict=False)
        for candidate in _Passage(query, asked, posts, hit, weights).candidates(reading, lead)
    ]
    ranked = sorted(found, key=lambda candidate: -candidate.score)
    return _whole_name_first(ranked) if asked.kind in _NAMING_KINDS else ranked


def _whole_name_first(ranked: list[Candidate]) -> list[Candidate]:
    """The candidates with the best one's whole name before it: "Viện Hải dương của Hoa Mai" before "Hoa Mai"."""
    if not ranked:
        return ranked
    best = ranked[0]
    whole = [
        one
        for one in ranked[1:]
        if one.hit is best.hit
        and one.start < best.start <= one.start + _LONGEST_NAME_HEAD
        and one.end == best.end
        and one.features.reader > best.features.reader - _NEARLY
        and one.features.fit >= best.features.fit
    ]
    if not whole:
        return ranked
    longest = min(whole, key=lambda one: one.start)
    return [longest, *(one for one in ranked if one is not longest)]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a candidate stands: its place, and start and end of the sentence and of the clause around it."""

    place: Refined
    sentence: tuple[int, int]
    clause: tuple[int, int]


class _Passage:
    """One passage, made ready to weigh the spans in it."""

    def __init__(
        self, query: Query, asked: AskedFor, posts: PostQuestion, hit: Hit, weights: Sequence[Mapping[str, float]]
    ) -> None:
        self._query = query
        self._asked = asked
        self._posts = posts
        self._called = [set(folded_syllables(match["name"])) for match in _CALLED.finditer(query.restored)]
        self._hit = hit
        self._weights = weights
        self._near_weights = [_without_numbers(one) for one in weights]
        self._text = hit.text
        self._parts: PassageText = hit.parts

    def candidates(self, reading: PassageReading, lead: float) -> list[Candidate]:
        """The candidates of this passage, in no order."""
        if self._asked.kind is AnswerKind.YES_NO:
            return [self._candidate(place, score, lead) for place, score in self._sentences(reading)]
        best: dict[tuple[int, int], tuple[float, Refined, float]] = {}
        for start, end, score in self._spans(reading):
            refined = refine(self._asked, self._query.restored, self._text, start, end)
            for one in self._variants(refined, start, end):
                place = one.start, one.end
                if one.end > one.start and (place not in best or best[place][0] < score):
                    best[place] = score, one, self._excess(one, refined)
        return [
            self._candidate(one, score, lead, max(_FARTHEST, reading.score(*place) - score), excess)
            for place, (score, one, excess) in best.items()
        ]

    def _variants(self, refined: Refined, start: int, end: int) -> list[Refined]:
        """The whole expression and, where people's answers do not end with it, the network's own span beside it."""
        if self._asked.kind in _WHOLE_KINDS:
            return [refined]
        return [Refined(*trimmed(self._text, start, end), refined.fit), refined]

    def _excess(self, one: Refined, whole: Refined) -> float:
        if self._asked.kind not in _NAMED_BY_EXPRESSIONS:
            return 0.0
        longer, asked = (len(folded_syllables(self._text[place.start : place.end])) for place in (one, whole))
        return max(0, longer - asked) / _WORDS_SCALE

    def _sentences(self, reading: PassageReading) -> list[tuple[Refined, float]]:
        """The sentences, each with the network's best score inside: it is a sentence that says yes or no."""
        spans = reading.best(_SPANS_PER_PASSAGE)
        found = []
        for one in self._parts.sentences:
            inside = [span.score for span in spans if one.start <= span.start < one.end]
            place = Refined(*trimmed(self._text, one.start, one.end), 0.0)
            found.append((place, max(inside, default=_UNREAD)))
        return found

    def _spans(self, reading: PassageReading) -> list[tuple[int, int, float]]:
        """The spans that the network points at, and every expression of the kind asked for."""
        spans = [
            (*whole_words(self._text, span.start, span.end), span.score)
            for span in reading.best(_SPANS_PER_PASSAGE)
            if any(one.start <= span.start and span.end <= one.end for one in self._parts.sentences)
        ]
        told = [[(post.start, post.end)] for post in self._posts.places(self._text)]
        for variants in [*_expressions(self._asked.kind, self._text), *told]:
            score = max((reading.score(start, end) for start, end in variants), default=-math.inf)
            if math.isfinite(score):
                spans.append((*variants[0], score))
        return spans

    def _candidate(
        self, place: Refined, reader: float, lead: float, moved: float = 0.0, excess: float = 0.0
    ) -> Candidate:
        sentence = next((one for one in self._parts.sentences if one.start <= place.start < one.end), None)
        covered = self._covered(sentence) if sentence is not None else 0.0
        around = _without_space(self._text, sentence.start, sentence.end) if sentence else (place.start, place.end)
        around = around[0], max(around[1], place.end)
        spot = _Spot(place, around, self._clause(place, around))
        belongs = self._belongs_to(spot)
        post = self._post(spot)
        features = Features(
            reader=reader,
            moved=min(0.0, moved),
            excess=excess,
            lead=self._hit.score.total - lead,
            coverage=covered,
            nearness=self._near(spot, belongs),
            fit=self._fit(spot, belongs, post),
            time=self._time(spot),
            post=min(post, 0.0) if self._repeats_question(place) else post,
            other_kind=self._asked.kind in _SIBLING_KINDS
            and other_kind(self._query.restored, self._words(spot.clause)),
            **self._amount_signs(spot),
        )
        return Candidate(self._hit, place.start, place.end, around, features, ranking_model().score(features))

    def _words(self, place: tuple[int, int]) -> str:
        return self._text[slice(*place)]

    def _amount_signs(self, spot: _Spot) -> dict[str, bool]:
        """What speaks against an amount, by the names of the features."""
        if self._asked.kind is not AnswerKind.HOW_MANY:
            return dict.fromkeys(("difference", "planned"), False)
        before = self._text[spot.sentence[0] : spot.place.start]
        return {
            "difference": is_difference(self._query.restored, before, self._text[spot.place.start : spot.place.end]),
            "planned": is_plan_for_result(self._query.text, before),
        }

    def _fit(self, spot: _Spot, belongs: str, post: float) -> float:
        """How well the span is of the kind asked for, by what stands around it, too."""
        place = spot.place
        fit = -1.0 if self._repeats_question(place) else place.fit
        if belongs and self._asked.noun and f" {fold(self._asked.noun)} " in f" {' '.join(folded_syllables(belongs))} ":
            fit = 1.0  # "9.870 ca mổ, 1.130 ca nội soi; năm trước lần lượt là 8.940 và 865"
        if self._asked.kind is AnswerKind.HOW_MANY:
            before, own = self._text[spot.sentence[0] : place.start], self._text[place.start : spot.clause[1]]
            if is_part(self._query.text, self._asked.noun, before, own):
                fit = min(fit, _PART)
        return min(fit, _OTHER_POST) if post < 0 else fit

    def _post(self, spot: _Spot) -> float:
        """Whether the person has the post asked about: by the roster, else by the words near the name."""
        place = spot.place
        told = self._posts.agreement(self._hit, place.start, place.end)
        if told or not self._posts.asks_for_holder:
            return told
        near = words_around(self._text, spot.sentence, place.start, place.end)
        return 0.0 if names_post_of(self._query.text, near) else -1.0

    def _covered(self, sentence: Sentence) -> float:
        """Share of the question's words, whether it or the sentence abbreviates."""
        return max(coverage(weights, sentence, self._parts.title_terms) for weights in self._weights)

    def _belongs_to(self, spot: _Spot) -> str:
        """The words that an amount in a row belongs to, which stand before the row; "" for any other span."""
        if self._asked.kind is not AnswerKind.HOW_MANY:
            return ""
        found = counterpart(self._text, spot.sentence, spot.place.start, spot.place.end)
        return self._text[found.start : found.end] if found else ""

    def _near(self, spot: _Spot, belongs: str) -> float:
        """Share of the question's words, years aside, in the clause around the span, a name's own words left out."""
        place, (start, end) = spot.place, spot.clause
        own = self._text[place.start : place.end]
        before, behind = self._text[start : place.start], self._text[place.end : end]
        if belongs:
            words = f"{belongs} . {own}"
        elif self._asked.kind is AnswerKind.HOW_MANY:  # "52 sáng kiến được công nhận" is near by its own words
            words = f"{before}{own}{behind}"
        else:
            words = f"{before} . {behind}"
        clause = Sentence(start, end, frozenset(with_bigrams(folded_syllables(words))))
        return max(coverage(weights, clause, frozenset()) for weights in self._near_weights)

    def _time(self, spot: _Spot) -> float:
        asked, stored, sentence = self._query.time, self._hit.stored, self._words(spot.sentence)
        if self._asked.kind is AnswerKind.HOW_MANY and asked.years:
            own = year_of_amount(self._text, spot.place.start, spot.place.end)
            if own is not None:
                return 1.0 if asked.years <= {own} else -1.0
            # "Năm 2023 thu 5 tỷ, lãi 2 tỷ; năm 2024 …": a year holds until another one is told.
            text = without_years_of_amounts(self._text)
            sentence = text[slice(*spot.sentence)]
            start, end = spot.clause
            for begin in reversed([spot.sentence[0], *self._cuts(spot.sentence[0], start + 1)]):
                told = clause_time_fit(asked, stored, self._parts, sentence, text[begin:end])
                if told is not None:
                    return told
        return time_fit(asked, stored, self._parts, sentence)

    def _clause(self, place: Refined, sentence: tuple[int, int]) -> tuple[int, int]:
        """Start and end of the words that belong to a span: a person's posts, else what stands between commas."""
        if self._asked.kind is AnswerKind.WHO:
            for holder in holders(self._text):
                if holder.name.start < place.end and place.start < holder.name.end:
                    ends = (holder.name, *holder.posts)
                    return min(one.start for one in ends), max(one.end for one in ends)
        cuts = self._cuts(*sentence)
        start = max((cut for cut in cuts if cut <= place.start), default=sentence[0])
        return start, min((cut for cut in cuts if cut >= place.end), default=sentence[1])

    def _cuts(self, start: int, end: int) -> list[int]:
        """Where clauses begin between two places."""
        return [match.start() for match in _CLAUSE_CUT.finditer(self._text, start, end)]

    def _repeats_question(self, place: Refined) -> bool:
        """Whether a span says nothing that the question does not; where it asks which, how many is nothing new."""
        said = folded_syllables(self._text[place.start : place.end])
        if self._asked.kind is AnswerKind.WHO and any(called <= set(said) for called in self._called):
            return True
        if self._asked.kind in _NAMING_KINDS:
            said = [word for word in said if word not in _QUANTIFIERS and not word.isdigit()]
        return set(said) <= set(folded_syllables(self._query.text))


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    start += len(inside) - len(inside.lstrip())
    return start, start + len(inside.strip())


def _without_numbers(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights of the terms that hold no number, as shares of their sum: whether the year agrees is told apart."""
    kept = {term: weight for term, weight in weights.items() if not any(letter.isdigit() for letter in term)}
    total = sum(kept.values())
    return {term: weight / total for term, weight in kept.items()} if total > 0 else {}


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
