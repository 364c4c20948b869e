"""Yes or no: what network and rules say of the sentence that speaks of the matter, weighed by a fitted model."""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Self

from rag.answering.reading.span_reader import Verdict
from rag.answering.yes_no import verdict as verdict_by_rule
from rag.retrieval.evidence import content_terms
from rag.retrieval.query import Query
from rag.vietnamese.names import names_in
from rag.vietnamese.syllables import folded_syllables, with_bigrams

_MODEL_FILE = "polarity.json"
_MOST_LOG_ODDS = 8.0  # of the network, either way
_LOG_ODDS_SCALE = 10.0
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")


@dataclass(frozen=True, slots=True)
class Polarity:
    """What speaks for yes and for no. Shares run from 0 to 1.

    Attributes:
        network: Log odds of yes against no that the network reads off the passage, by tens.
        rule: 1.0 where the sentence affirms by its words, -1.0 where it denies.
        told: Share of the question's content words in the passage and its headline.
        told_here: The same for the sentence alone.
        missing_number: Share of the question's numbers that stand nowhere in passage or headline.
        missing_name: Share of the people that it names who are not named there.
    """

    network: float
    rule: float
    told: float
    told_here: float
    missing_number: float
    missing_name: float

    @classmethod
    def of(cls, query: Query, headline: str, text: str, sentence: tuple[int, int], verdict: Verdict) -> Self:
        """Read the signs off a passage.

        Args:
            query: How the question was read.
            headline: Of the article.
            text: The passage.
            sentence: Start and end of the sentence that speaks of the matter.
            verdict: What the network says of the passage.
        """
        there, here = f"{headline}. {text}", text[slice(*sentence)]
        asked = content_terms(query.restored)
        numbers, names = _NUMBER.findall(query.restored), names_in(query.restored)
        named = " ".join(names_in(there))
        return cls(
            network=max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, verdict.log_odds)) / _LOG_ODDS_SCALE,
            rule=1.0 if verdict_by_rule(query.text, text, sentence).yes else -1.0,
            told=_share(asked, there),
            told_here=_share(asked, here),
            missing_number=sum(number not in there for number in numbers) / len(numbers) if numbers else 0.0,
            missing_name=sum(name not in named for name in names) / len(names) if names else 0.0,
        )

    def as_dict(self) -> dict[str, float]:
        """The signs by name, in a fixed order."""
        return asdict(self)


def _share(terms: list[str], text: str) -> float:
    held = set(with_bigrams(folded_syllables(text)))
    return sum(term in held for term in terms) / len(terms) if terms else 0.0


@dataclass(frozen=True, slots=True)
class PolarityModel:
    """A logistic regression.

    Attributes:
        intercept: Log odds of yes where every sign is 0.
        coefficients: Log odds for each unit of a sign, by its name.
        fit: How it was fitted: data, n, figures.
        fingerprint: Of the reader's weights that it was fitted to.
    """

    intercept: float
    coefficients: Mapping[str, float]
    fit: Mapping[str, object]
    fingerprint: str = ""

    def log_odds(self, signs: Polarity) -> float:
        """Of yes against no."""
        values = signs.as_dict()
        return self.intercept + sum(weight * values[name] for name, weight in self.coefficients.items())


@functools.cache
def polarity_model() -> PolarityModel:
    """The fitted model that ships in `rag/answering/data/polarity.json`."""
    text = resources.files("rag.answering").joinpath("data", _MODEL_FILE).read_text(encoding="utf-8")
    return PolarityModel(**json.loads(text))
