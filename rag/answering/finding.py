"""From ranked candidates to a finding: the short answers, the words they rest on, and how sure they are."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.candidates import Candidate
from rag.answering.confidence import Signals, confidence_model
from rag.answering.lists import Item, list_items, split_items, without_named
from rag.answering.passages_read import PassagesRead, read_hits, worth_judging
from rag.answering.posts import PostQuestion
from rag.answering.question import AnswerKind, AskedFor, asks_for_telling
from rag.answering.reading.span_reader import SpanReader, trimmed
from rag.answering.rivals import ONE_ANSWER, equally_fitting, latest_first
from rag.answering.standing import Publishers, Standing, echoes
from rag.answering.times import time_fit
from rag.answering.values import Amount, amount_in
from rag.answering.yes_no import verdict
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.expressions import Place
from rag.vietnamese.posts import named_before, post_places
from rag.vietnamese.syllables import folded_syllables

_SEVERAL = re.compile(r"\b(?:ngoài|những|các|còn)\b")
_LISTS_TRIED = 8
_LONGEST_QUOTE = 450  # characters, of one that reaches over several sentences
_COMPARABLE = 0.4  # share of the best one's confidence from which another answer contradicts it
_NO_PUBLISHERS = Publishers()
# Of the network's score:
_CLOSE = 4.0  # how far behind the best a span may be that holds the whole list
_SAME_VALUE = 0.02  # "1,1 triệu tỷ" and "1.103.600 tỷ" are the same amount, rounded


@dataclass(frozen=True, slots=True)
class Part:
    """One short answer and the sentence it stands in, as offsets in a passage's text.

    Attributes:
        hit: The passage.
        start: Offset of the short answer.
        end: Offset behind it.
        quote: Start and end of the sentence that is cited.
    """

    hit: Hit
    start: int
    end: int
    quote: tuple[int, int]

    @property
    def text(self) -> str:
        """The short answer in the article's own writing, in one line."""
        return " ".join(self.hit.stored.passage.text[self.start : self.end].split())


@dataclass(frozen=True, slots=True)
class Finding:
    """What the passages say to one question.

    Attributes:
        query: How the question was read.
        asked: What it asks for.
        parts: The short answers: one, or the items of a list.
        ranked: Every candidate, best first; at least one.
        confidence: Probability that the answer is right, 0 to 1.
        signals: What that probability was told by.
        yes: What the deciding words say to a yes/no question; None for any other.
        disagreement: Another article's answer, where it contradicts this one; else None.
        choices: Answers of several articles that fit the question as well; the user has to say which is meant.
    """

    query: Query
    asked: AskedFor
    parts: tuple[Part, ...]
    ranked: tuple[Candidate, ...]
    confidence: float = 0.0
    signals: Signals | None = None
    yes: bool | None = None
    disagreement: Part | None = None
    choices: tuple[Part, ...] = ()


def find(
    query: Query,
    hits: Sequence[Hit],
    reader: SpanReader,
    rarity: Callable[[str], float],
    publishers: Publishers = _NO_PUBLISHERS,
) -> Finding | None:
    """Read the best passages, and of the best candidates take the one that is likeliest right.

    Where another article contradicts one that says the question again, the one with the better standing goes first.

    Args:
        query: How the question was read.
        hits: Passages, best first; the first few are read.
        reader: The neural reader.
        rarity: Weight of a folded syllable or bigram, larger for rarer ones.
        publishers: Whom to believe more.

    Returns:
        None where there is nothing to read.
    """
    reading = read_hits(query, hits, reader)
    findings = _judged(reading, reader, rarity)
    if not findings:
        return None
    best = max(findings, key=lambda finding: finding.confidence)
    if best.asked.kind not in ONE_ANSWER:
        return best
    if query.latest and findings[0].confidence >= confidence_model().threshold:
        older = next((one.parts[0] for one in findings if _contradicts(findings[0], one)), None)
        return replace(findings[0], disagreement=older)
    choices = equally_fitting(query, best.asked.kind, hits, reading.ranked(query, rarity))
    if choices:
        return replace(best, choices=tuple(_part(one) for one in choices))
    rivals = [one for one in findings if _contradicts(best, one)]
    if not rivals and _echoes(best):
        # What repeats the question is not to outshine what the other articles say: they are judged without it.
        apart = _judged(reading.without(best.parts[0].hit.stored.passage.article_id), reader, rarity)
        rivals = [one for one in apart if _contradicts(best, one)]
    if publishers.preferred or any(_echoes(one) for one in (best, *rivals)):
        best, *rivals = sorted((best, *rivals), key=lambda one: _standing(one, publishers), reverse=True)
    else:  # two names or days may well be of two things, two amounts of one measure hardly
        rivals = [one for one in rivals if _is_as_fitting_amount(best, one)]
    return replace(best, disagreement=rivals[0].parts[0]) if rivals else best


def find_several(
    query: Query, hits: Sequence[Hit], reader: SpanReader, rarity: Callable[[str], float]
) -> list[Finding]:
    """What would be found were each of the first few candidates the best, with how sure it is, best ranked first."""
    return _judged(read_hits(query, hits, reader), reader, rarity)


def _judged(reading: PassagesRead, reader: SpanReader, rarity: Callable[[str], float]) -> list[Finding]:
    query = reading.query
    ranked = reading.ranked(query, rarity)
    if query.latest and ranked:
        ranked = latest_first(ranked)
    found = []
    for best in worth_judging(ranked):
        finding = _answered(reading, [best, *(one for one in ranked if one is not best)])
        judged = reading.judged(query, best, reader)
        signals = Signals.of(query, reading.asked, reading.hits, finding.ranked, rarity, judged, len(finding.parts))
        finding = replace(finding, signals=signals, confidence=round(confidence_model().probability(signals), 4))
        found.append(_as_sentence(finding) if asks_for_telling(query.restored, reading.asked) else finding)
    return found


def _as_sentence(finding: Finding) -> Finding:
    """The whole sentence as the answer, where that one is sure and no span in it is."""
    model, signals, part = confidence_model(), finding.signals, finding.parts[0]
    if signals is None or finding.confidence >= model.threshold:
        return finding
    confidence = round(model.probability(replace(signals, own=max(signals.own, signals.sentence))), 4)
    if confidence < model.threshold:
        return finding
    return replace(finding, parts=(Part(part.hit, *part.quote, part.quote),), confidence=confidence)


def _contradicts(best: Finding, other: Finding) -> bool:
    """Whether what another article says is as good as sure, and something else."""
    first, second = best.parts[0], other.parts[0]
    return (
        second.hit.stored.passage.article_id != first.hit.stored.passage.article_id
        and other.confidence >= max(confidence_model().threshold, _COMPARABLE * best.confidence)
        and _says_another(first.text, second.text)
    )


def _is_as_fitting_amount(best: Finding, other: Finding) -> bool:
    """Whether both are amounts, and the other one is of the kind, the time and the matter asked for no less."""
    if any(amount_in(one.parts[0].text) is None for one in (best, other)):
        return False
    own, its = best.ranked[0].features, other.ranked[0].features
    return its.fit >= own.fit and its.time >= own.time and its.coverage >= own.coverage


def _says_another(first: str, second: str) -> bool:
    """Whether two short answers cannot both be meant: none is a part of the other, nor the same amount or time."""
    amounts = amount_in(first), amount_in(second)
    if amounts[0] is not None and amounts[1] is not None:
        return _is_another_amount(amounts[0], amounts[1])
    one, other = set(folded_syllables(first)), set(folded_syllables(second))
    return not (one <= other or other <= one)


def _is_another_amount(first: Amount, second: Amount) -> bool:
    """Whether two amounts measure the same and differ by more than rounding."""
    same_measure = first.measures == second.measures
    return same_measure and not math.isclose(first.value, second.value, rel_tol=_SAME_VALUE)


def _standing(finding: Finding, publishers: Publishers) -> Standing:
    part = finding.parts[0]
    stored = part.hit.stored
    agreeing = {
        one.hit.stored.passage.article_id
        for one in finding.ranked
        if one.features.reader > 0 and not _says_another(part.text, one.text)
    }
    return Standing(
        publishers.rank(stored),
        len(agreeing | {stored.passage.article_id}),
        not _echoes(finding),
        finding.confidence,
    )


def _echoes(finding: Finding) -> bool:
    part = finding.parts[0]
    sentence = part.hit.text[slice(*part.quote)]
    return echoes(finding.query.restored, finding.asked, sentence)


def find_candidates(
    query: Query, hits: Sequence[Hit], reader: SpanReader, rarity: Callable[[str], float]
) -> list[Finding]:
    """What would be found were each candidate the best, best first, without their confidence: for fitting the ranking.

    Args:
        query: How the question was read.
        hits: Passages, best first; the first few are read.
        reader: The neural reader.
        rarity: Weight of a folded syllable or bigram, larger for rarer ones.
    """
    reading = read_hits(query, hits, reader)
    ranked = reading.ranked(query, rarity)
    return [_answered(reading, [best, *(one for one in ranked if one is not best)]) for best in ranked]


def _answered(reading: PassagesRead, ranked: Sequence[Candidate]) -> Finding:
    """The best candidate as this kind of question wants it: a list's items, a yes or no, an amount and its rival."""
    best, query, asked = ranked[0], reading.query, reading.asked
    finding = Finding(query, asked, (_part(best),), tuple(ranked))
    if asked.kind is AnswerKind.LIST:
        return replace(finding, parts=_items(finding))
    if asked.kind is AnswerKind.WHO:
        return replace(finding, parts=(_person(finding),))
    if asked.kind is AnswerKind.ROLE:
        return replace(finding, parts=_posts(finding))
    if asked.kind is AnswerKind.YES_NO:
        decided = verdict(query.text, best.hit.text, best.sentence)
        part = Part(best.hit, decided.start, decided.end, best.sentence)
        return replace(finding, parts=(part,), yes=reading.polarity(best) > 0)
    return finding


def _part(candidate: Candidate) -> Part:
    return Part(candidate.hit, candidate.start, candidate.end, candidate.sentence)


def _person(finding: Finding) -> Part:
    """A person; of one whom the passage tells of by a post alone, the name and a quote from there to what is told."""
    best = finding.ranked[0]
    text = best.hit.text
    posts = [whole for _, whole in post_places(text)]
    called = next((post for post in posts if (post.start, post.end) == (best.start, best.end)), None)
    name = named_before(text, called) if called else Place(best.start, best.end)
    if name is None:
        return _part(best)
    later = [called] if called else [post for post in posts if _lies_in(named_before(text, post), name)]
    sentences = best.hit.parts.sentences
    around = [next(one for one in sentences if one.start <= place.start < one.end) for place in (name, *later)]
    asked = set(folded_syllables(finding.query.text))
    telling = max(around, key=lambda one: len(asked.intersection(folded_syllables(text[one.start : one.end]))))
    start, _ = trimmed(text, around[0].start, around[0].end)
    end = telling.start + len(text[telling.start : telling.end].rstrip())
    if telling is around[0] or end - start > _LONGEST_QUOTE:
        return _part(best)
    return Part(best.hit, name.start, name.end, (start, end))


def _lies_in(inner: Place | None, outer: Place) -> bool:
    return inner is not None and outer.start <= inner.start and inner.end <= outer.end


def _items(finding: Finding) -> tuple[Part, ...]:
    """The items around the best candidate; where their number is given, around the best one that has so many."""
    best, count = finding.ranked[0], finding.asked.count
    held = _holders(finding, best)
    if len(held) > 1:
        return held
    tried = finding.ranked[:_LISTS_TRIED] if count is not None else ()
    for items_of in (_items_within, _items_around):  # a span that is the list as it stands goes before one that grows
        for candidate in tried:
            items = items_of(finding, candidate)
            if len(items) == count:
                return items
    return _items_around(finding, best) or (_part(best),)


def _holders(finding: Finding, best: Candidate) -> tuple[Part, ...]:
    """Those who hold the post that is asked about, each with the sentence that says so."""
    stored = best.hit.stored
    parts = best.hit.parts
    held: list[tuple[float, Part]] = []
    for name in PostQuestion(finding.query, finding.asked).holders(best.hit):
        sentence = next(one for one in parts.sentences if one.start <= name.start < one.end)
        quote = trimmed(best.hit.text, sentence.start, sentence.end)
        time = time_fit(finding.query.time, stored, parts, best.hit.text[slice(*quote)])
        held.append((time, Part(best.hit, name.start, name.end, quote)))
    closest = max((time for time, _ in held), default=0.0)
    return tuple(part for time, part in held if time == closest)


def _items_within(finding: Finding, candidate: Candidate) -> tuple[Part, ...]:
    """The items that a candidate's span holds, without those that the question names."""
    text = candidate.hit.text
    items = split_items(text, candidate.start, candidate.end)
    return _as_parts(candidate, without_named(items, text, finding.query.restored))


def _items_around(finding: Finding, candidate: Candidate) -> tuple[Part, ...]:
    """The items of the list in a candidate's sentence that its span belongs to."""
    text = candidate.hit.text
    span = _list_around(finding.ranked, candidate)
    items = list_items(finding.asked, finding.query.restored, text, candidate.sentence, span)
    return _as_parts(candidate, items)


def _as_parts(candidate: Candidate, items: Sequence[Item]) -> tuple[Part, ...]:
    return tuple(Part(candidate.hit, item.start, item.end, candidate.sentence) for item in items)


def _posts(finding: Finding) -> tuple[Part, ...]:
    """The posts of a person one by one, where several are asked for, without those that the question names."""
    best = finding.ranked[0]
    several = _SEVERAL.search(finding.query.restored.lower())
    return (_items_within(finding, best) if several else ()) or (_part(best),)


def _list_around(ranked: Sequence[Candidate], best: Candidate) -> tuple[int, int]:
    """Of the spans that hold the best one and are nearly as good, the first of several items; else the longest.

    The network scores a list item by item.
    """
    text = best.hit.text
    around = [
        (other.start, other.end)
        for other in sorted(ranked, key=lambda one: -one.features.reader)
        if other.hit is best.hit
        and best.sentence[0] <= other.start <= best.start
        and best.end <= other.end <= best.sentence[1]
        and other.features.reader > best.features.reader - _CLOSE
    ]
    several = next((span for span in around if len(split_items(text, *span)) > 1), None)
    return several or max(around, key=lambda span: span[1] - span[0], default=(best.start, best.end))
