"""How likely an answer is right: a logistic model over what network, search and rules say, fitted and kept as data.

No signal rules an answer out by itself: `evals.fit` weighs them on questions by people and on our own.
"""

import functools
import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Self

from rag.answering.candidates import Candidate
from rag.answering.contradictions import (
    other_charge,
    other_code,
    other_kind,
    other_measure,
    other_ordinal,
    other_rank,
    tells_of_other_years,
)
from rag.answering.question import AnswerKind, AskedFor
from rag.answering.reading.span_reader import Support, Verdict
from rag.answering.support import missing_names, said_with
from rag.answering.times import other_end
from rag.retrieval.evidence import term_weights
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.syllables import folded_syllables

_MODEL_FILE = "confidence.json"
_WIDEST_MARGIN = 10.0
_STRONGEST = 12.0  # of the network's scores, either way
_LOG_ODDS_SCALE = 10.0
_MOST_LOG_ODDS = 8.0  # of a judgement, either way


@dataclass(frozen=True, slots=True)
class Judged:
    """What the network says to an answer.

    Attributes:
        support: Whether the sentences around it support it; None where yes or no is asked for.
        verdict: What the passage says to a question for yes or no; None for any other.
        polarity: Log odds of yes against no, for such a question.
        sentence: The network's score of the sentence: of all spans in it that it points at, taken together.
    """

    support: Support | None = None
    verdict: Verdict | None = None
    polarity: float = 0.0
    sentence: float = 0.0


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells a right answer from a near miss. Shares run from 0 to 1.

    Attributes:
        reader: The network's highest score of any candidate, by tens; below zero it would rather not answer.
        own: The network's score of this candidate, on the same scale.
        sentence: Its score of the sentence: why and how are often told by one of which no single part is the answer.
        support: Log odds that the sentences around the answer support it, by tens; 0 where yes or no is asked for.
        silent: Probability that they do not answer the question at all; 0 where yes or no is asked for.
        decided: How clearly the passage says yes or no: log odds against not telling, by tens; 0 for other questions.
        polar: How clearly it is one of both: size of their log odds, by tens; 0 for other questions.
        cosine: Highest cosine of the question with a passage.
        coverage: Share of the question's rare words in the answering sentence and its headline.
        absent: Share of the question's words that other articles use but neither the passage nor its headline nor the
            first passage of its article; words that no article uses are only another way to say it.
        yes_no: 1.0 where yes or no is asked for.
        time: Whether the answer is of the years asked for, -1 to 1.
        missing_number: Share of the question's numbers (years, codes) that stand nowhere in the passage.
        other_code: 1.0 where the passage names another one of a series ("BK-9") than the question ("BK-7").
        other_measure: 1.0 where the sentence names another measure instead.
        other_unit: 1.0 where an amount is asked for and there is none, or one of another unit (tons for money).
        other_kind: 1.0 where the answer's clause or sentence speaks of another kind of what the question names (gas
            for oil) and not of that itself.
        planned: 1.0 where an amount is a plan and a result is asked for, or the other way round.
        other_charge: 1.0 where the sentence tells who is in charge of other fields than the question asks about.
        other_end: 1.0 where it tells since when and the question asks until when, or the other way round.
        miscount: 1.0 where the answer is a list of another length than the one asked for, 0.5 where one item answers a
            question for several.
        chosen: 1.0 where the user has restricted the search to this article.
        missing_name: Share of the question's names that stand nowhere in what was found of the article, in short or in
            full; 0 where its article was chosen, which the question is about in any case.
        other_years: 1.0 where the article tells of none of the years asked for, though its day is known.
        other_rank: 1.0 where a deputy or a former holder is asked about and the sentence tells of the post itself.
        other_ordinal: 1.0 where it tells of another one of a series ("lần thứ 5") than the question ("lần thứ 4").
        post: -1.0 where the passage gives the person another post than the one asked about, else 0.0.
        holder: 1.0 where it gives the person just that post.
        margin: How far the best candidate is before the best other answer, as a share of the widest margin.
    """

    reader: float
    own: float
    sentence: float
    support: float
    silent: float
    decided: float
    polar: float
    cosine: float
    coverage: float
    absent: float
    yes_no: float
    time: float
    missing_number: float
    other_code: float
    other_measure: float
    other_unit: float
    other_kind: float
    planned: float
    other_charge: float
    other_end: float
    miscount: float
    chosen: float
    missing_name: float
    other_years: float
    other_rank: float
    other_ordinal: float
    post: float
    holder: float
    margin: float

    @classmethod
    def of(
        cls,
        query: Query,
        asked: AskedFor,
        hits: Sequence[Hit],
        ranked: Sequence[Candidate],
        rarity: Callable[[str], float],
        judged: Judged,
        items: int = 1,
    ) -> Self:
        """Read the signals off a search (at least one hit), its candidates (at least one), best first, and the answer.

        Args:
            query: How the question was read.
            asked: What it asks for.
            hits: The passages, best first.
            ranked: The candidates.
            rarity: Weight of a folded syllable or bigram, larger for rarer ones.
            judged: What the network says to the answer.
            items: How many short answers the answer has.
        """
        best = ranked[0]
        title, sentence = best.hit.as_read.title, best.hit.text[slice(*best.sentence)]
        before = best.hit.text[best.sentence[0] : best.start]
        there = said_with(best.hit.stored, best.hit.opening)
        article = best.hit.stored.passage.article_id
        # What the article begins with is there already.
        in_article = [said_with(hit.stored) for hit in hits if hit.stored.passage.article_id == article]
        same = _key(best.text)
        other = next((one for one in ranked if _key(one.text) not in same and same not in _key(one.text)), None)
        margin = best.score - other.score if other is not None else _WIDEST_MARGIN
        # A holder read off a roster needs no word of the network.
        roster = [0.0] * (best.features.post > 0)
        own = max([best.features.reader, *roster])
        read = max([one.features.reader for one in ranked] + roster)
        # Whether the question abbreviates or the article.
        wordings = [term_weights(text, rarity) for text in dict.fromkeys((query.text, query.restored))]
        return cls(
            reader=_bounded(read, _STRONGEST),
            own=_bounded(own, _STRONGEST),
            sentence=_bounded(judged.sentence, _STRONGEST),
            support=_bounded(judged.support.log_odds, _MOST_LOG_ODDS) if judged.support else 0.0,
            silent=judged.support.silent if judged.support else 0.0,
            decided=_bounded(judged.verdict.decided, _MOST_LOG_ODDS) if judged.verdict else 0.0,
            polar=_bounded(abs(judged.polarity), _MOST_LOG_ODDS),
            cosine=max(hit.score.cosine for hit in hits),
            coverage=best.features.coverage,
            absent=min(_absent(weights, there, rarity) for weights in wordings),
            yes_no=float(asked.kind is AnswerKind.YES_NO),
            time=best.features.time,
            missing_number=_missing([word for word in folded_syllables(query.restored) if word.isdigit()], there),
            other_code=float(other_code(query.restored, best.text, sentence, f"{title} {best.hit.text}")),
            other_measure=float(other_measure(query.restored, sentence, title)),
            other_unit=float(asked.kind is AnswerKind.HOW_MANY and best.features.fit <= -1.0),
            other_kind=float(best.features.other_kind or other_kind(query.restored, sentence)),
            planned=float(best.features.planned),
            other_charge=float(other_charge(query.restored, sentence)),
            other_end=float(asked.kind is AnswerKind.WHEN and other_end(query.restored, before)),
            miscount=_miscount(asked, items),
            chosen=float(best.hit.chosen),
            missing_name=0.0 if best.hit.chosen else missing_names(query, there.union(*in_article)),
            other_years=float(tells_of_other_years(query.time, best.hit, hits)),
            other_rank=float(other_rank(query.restored, sentence)),
            other_ordinal=float(other_ordinal(query.restored, sentence, title)),
            post=min(best.features.post, 0.0),
            holder=max(best.features.post, 0.0),
            margin=min(_WIDEST_MARGIN, margin) / _WIDEST_MARGIN,
        )

    def as_dict(self) -> dict[str, float]:
        """The signals by name, in a fixed order."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """A logistic regression and the confidence below which an answer is refused.

    Attributes:
        intercept: Log odds where every signal is 0.
        coefficients: Log odds for each unit of a signal, by its name.
        threshold: Confidence below which the answer is "không tìm thấy".
        fit: How it was fitted: data, n, command, figures.
        fingerprint: Of the reader's weights that it was fitted to.
    """

    intercept: float
    coefficients: Mapping[str, float]
    threshold: float
    fit: Mapping[str, object]
    fingerprint: str = ""

    def probability(self, signals: Signals) -> float:
        """Probability that the answer is right, 0 to 1."""
        values = signals.as_dict()
        log_odds = self.intercept + sum(weight * values[name] for name, weight in self.coefficients.items())
        return 1.0 / (1.0 + math.exp(-log_odds))


def _bounded(value: float, most: float) -> float:
    return max(-most, min(most, value)) / _LOG_ODDS_SCALE


def _missing(wanted: Sequence[str], there: Collection[str]) -> float:
    return sum(word not in there for word in wanted) / len(wanted) if wanted else 0.0


def _absent(weights: Mapping[str, float], there: Collection[str], rarity: Callable[[str], float]) -> float:
    """Share of the terms that the articles use, by weight, that are missing."""
    unheard = rarity("")
    heard = {term: weight for term, weight in weights.items() if rarity(term) < unheard}
    total = sum(heard.values())
    return sum(weight for term, weight in heard.items() if term not in there) / total if total else 0.0


def _miscount(asked: AskedFor, items: int) -> float:
    if asked.kind is not AnswerKind.LIST:
        return 0.0
    if asked.count is not None:
        return float(items != asked.count)
    return 0.5 if items == 1 else 0.0


def _key(answer: str) -> str:
    return " ".join(folded_syllables(answer))


@functools.cache
def confidence_model() -> ConfidenceModel:
    """The fitted model that ships in `rag/answering/data/confidence.json`."""
    text = resources.files("rag.answering").joinpath("data", _MODEL_FILE).read_text(encoding="utf-8")
    return ConfidenceModel(**json.loads(text))
