"""What a passage's sentences and dates say for it, beyond its vector and its words."""

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rag.store.records import StoredPassage
from rag.vietnamese.sentences import sentence_spans
from rag.vietnamese.syllables import folded_syllables, with_bigrams
from rag.vietnamese.time_expressions import TimeReference, time_reference
from rag.vietnamese.word_lists import word_list

# What a word of the question counts that stands only in the headline: chosen on dev.jsonl.
_TITLE_SHARE = 0.7
_CACHED_PASSAGES = 4096


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, ready to compare.

    Attributes:
        start: Offset in the passage.
        end: Offset behind it.
        terms: Its folded syllables and bigrams.
    """

    start: int
    end: int
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage taken apart.

    Attributes:
        sentences: Its sentences, in order.
        title_terms: Folded syllables and bigrams of the headline.
        time: Times that the passage names.
        title_time: Times that the headline names.
        opening_time: Times that the article's first passage names.
    """

    sentences: tuple[Sentence, ...]
    title_terms: frozenset[str]
    time: TimeReference
    title_time: TimeReference
    opening_time: TimeReference


@functools.lru_cache(maxsize=_CACHED_PASSAGES)
def passage_text(title: str, text: str, opening: str = "") -> PassageText:
    """Take a passage apart; the passages that questions meet often are kept.

    Args:
        title: Its article's headline.
        text: The passage.
        opening: Its article's first passage, which tells who met when and where.
    """
    sentences = (
        Sentence(start, end, frozenset(with_bigrams(folded_syllables(text[start:end]))))
        for start, end in sentence_spans(text)
        if not text[start:end].isspace()
    )
    return PassageText(
        tuple(sentences),
        frozenset(with_bigrams(folded_syllables(title))),
        time_reference(text),
        time_reference(title),
        time_reference(opening),
    )


def content_terms(question: str) -> list[str]:
    """The folded syllables and bigrams of what a question is about, without the words that only ask."""
    asking = set(word_list("question_words"))
    folded = folded_syllables(question)
    bigrams = [f"{first}_{second}" for first, second in itertools.pairwise(folded) if not {first, second} <= asking]
    return list(dict.fromkeys([*(term for term in folded if term not in asking), *bigrams]))


def term_weights(question: str, rarity: Callable[[str], float]) -> dict[str, float]:
    """Weight of each of the question's content terms: its rarity as a share of all, so that they sum to 1."""
    weights = {term: rarity(term) for term in content_terms(question)}
    total = sum(weights.values())
    return {term: weight / total for term, weight in weights.items()} if total > 0 else {}


def coverage(weights: Mapping[str, float], sentence: Sentence, title_terms: frozenset[str]) -> float:
    """Share of the question's terms that a sentence, or in part its headline, holds, 0 to 1."""
    return sum(
        weight if term in sentence.terms else _TITLE_SHARE * weight if term in title_terms else 0.0
        for term, weight in weights.items()
    )


def best_coverage(weights: Mapping[str, float], passage: PassageText) -> float:
    """Coverage by the passage's best sentence, 0 to 1."""
    return max((coverage(weights, sentence, passage.title_terms) for sentence in passage.sentences), default=0.0)


def time_agreement(asked: TimeReference, stored: StoredPassage, passage: PassageText) -> float:
    """How well a passage fits the years and terms asked for.

    Returns:
        1.0 when it or its headline names all of them, 0.5 when some, or when the article begins with one of them or
        appeared in it, -1.0 when it and its article name only others, 0.0 when question or article name none.
    """
    wanted = {*asked.years, *asked.terms}
    if not wanted:
        return 0.0
    named = {*passage.time.years, *passage.time.terms, *passage.title_time.years, *passage.title_time.terms}
    if wanted <= named:
        return 1.0
    of_article = {*passage.opening_time.years, *passage.opening_time.terms}
    if wanted & named or (stored.published is not None and stored.published.year in wanted) or wanted & of_article:
        return 0.5
    return -1.0 if named or of_article else 0.0
