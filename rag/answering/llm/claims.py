"""A sentence that a model wrote, checked against the passages it cites.

Checked are the numbers, dates, times and names, that most of the other words stand there too, and that a denial is not
made up. A sentence whose facts are all right but that relates them wrongly can pass: it is shown beside its quote.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.instructions import judged_sentences
from rag.answering.llm.facts import Facts, Spellings, facts_of, missing
from rag.retrieval.evidence import content_terms
from rag.store.records import StoredPassage
from rag.vietnamese.syllables import folded_syllables

UNVERIFIED = "(chưa kiểm chứng)"

_MARKER = re.compile(r"\s*[\[(【](?:đoạn\s*|nguồn\s*)?(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)[\])】]", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\s*\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|(?:https?://|www\.)\S*[^\s.,;:!?)]")
_MARKUP = re.compile(r"<[^>]*>|[*_`#|~<>]+|^\s*(?:[-•]|\d{1,2}[.)])\s+")
_LONGEST_WINDOW = 3  # sentences that one citation may quote
_LEAST_COVERAGE = 0.5  # share of the claim's other words that stand in the cited ones
_HIGH_COVERAGE = 0.75  # where there is no fact to compare, or the model named no passage
_LEAST_WORDS = 3  # content syllables of a claim without a fact
_DENIALS = frozenset({"khong", "chua", "chang"})


@dataclass(frozen=True, slots=True)
class Support:
    """The exact words that a claim rests on.

    Attributes:
        stored: Their passage.
        start: Offset in the article's body.
        end: Offset behind them.
    """

    stored: StoredPassage
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The words."""
        passage = self.stored.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


@dataclass(frozen=True, slots=True)
class Claim:
    """A checked sentence.

    Attributes:
        text: The sentence without numbers of passages, links and markup.
        support: What it rests on; empty when it is not proven.
        facts: Its facts.
        wanting: What could not be found, for the log of the evaluation.
    """

    text: str
    support: tuple[Support, ...]
    facts: Facts
    wanting: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether it may be shown as a cited fact."""
        return bool(self.support)


def checked(sentence: str, passages: Sequence[StoredPassage], spellings: Spellings) -> Claim | None:
    """Check one sentence of a model's answer.

    Args:
        sentence: As written, with its `[n]`.
        passages: The passages as they were numbered for the model, from 1.
        spellings: Other ways to write what stands in a text: long forms of abbreviations, and abbreviations.

    Returns:
        The claim; None where nothing is left of the sentence but marks and numbers of a list.
    """
    text = cleaned(sentence)
    if not any(character.isalpha() for character in text):  # nothing, or the number of a list item
        return None
    facts = facts_of(text)
    numbers = cited_numbers(sentence)
    cited = [passages[number - 1] for number in numbers if 1 <= number <= len(passages)]
    if numbers and not cited:
        return Claim(text, (), facts, ("cited passage",))
    if cited:
        return _supported(text, facts, cited, spellings, _LEAST_COVERAGE if len(facts) else _HIGH_COVERAGE)
    found = passages if len(facts) else ()
    alone = (_supported(text, facts, [one], spellings, _HIGH_COVERAGE) for one in found)
    return next((claim for claim in alone if claim.verified), Claim(text, (), facts, ("citation",)))


def cited_numbers(sentence: str) -> list[int]:
    """The numbers of passages in a sentence, in order, each once."""
    found = [int(number) for match in _MARKER.finditer(sentence) for number in re.findall(r"\d+", match.group(1))]
    return list(dict.fromkeys(found))


def cleaned(sentence: str) -> str:
    """A sentence without numbers of passages, links, markup and line ends.

    Example:
        >>> cleaned("- **Giàn** nặng [800 tấn](http://x.example) [1].")
        'Giàn nặng 800 tấn.'
    """
    bare = _LINK.sub(lambda match: match.group(1) or "", _IMAGE.sub("", _MARKER.sub("", sentence)))
    line = " ".join(_MARKUP.sub(" ", bare).split())
    return re.sub(r"\s+([.,;:!?])", r"\1", line)


def _supported(text: str, facts: Facts, cited: Sequence[StoredPassage], spellings: Spellings, least: float) -> Claim:
    terms = _words(text, facts)
    windows = [window for stored in cited if (window := _best_window(stored, facts, terms, spellings))]
    titles = [stored.title for stored in cited]
    together = " \n ".join([*(window.quote for window in windows), *titles])
    wanting = missing(facts, together, spellings)
    if _share(terms, together) < least or (not len(facts) and len(terms) < _LEAST_WORDS):
        wanting.append("words")
    denials = _DENIALS & set(folded_syllables(text))
    if denials and not _DENIALS & set(folded_syllables(together)):
        wanting.append("denial")
    if wanting or not windows:
        return Claim(text, (), facts, tuple(wanting or ["words"]))
    return Claim(text, tuple(_needed(windows, facts, terms, spellings)), facts)


def _best_window(stored: StoredPassage, facts: Facts, terms: Sequence[str], spellings: Spellings) -> Support | None:
    """The fewest sentences of a passage that hold the most of a claim; none of them gives orders."""
    text = stored.passage.text
    spans = [span for span in judged_sentences(text) if text[span[0] : span[1]].strip()]
    best: tuple[tuple[float, float], Support] | None = None
    for length in range(1, _LONGEST_WINDOW + 1):
        for first in range(len(spans) - length + 1):
            some = spans[first : first + length]
            if any(orders for _, _, orders in some):
                continue
            words = text[some[0][0] : some[-1][1]]
            unfound = len(missing(facts, f"{words} \n {stored.title}", spellings))
            rank = (-float(unfound), _share(terms, words) - 0.1 * length)
            if best is None or rank > best[0]:
                start = stored.passage.start + some[0][0] + len(words) - len(words.lstrip())
                best = (rank, Support(stored, start, start + len(words.strip())))
    return best[1] if best is not None and _share(terms, best[1].quote) > 0 else None


def _needed(windows: Sequence[Support], facts: Facts, terms: Sequence[str], spellings: Spellings) -> list[Support]:
    """The windows without those whose words add nothing: a model likes to cite too much."""
    ordered = sorted(windows, key=lambda window: -_share(terms, window.quote))
    kept: list[Support] = []
    for window in ordered:
        before = " \n ".join(f"{one.quote} \n {one.stored.title}" for one in kept)
        after = f"{before} \n {window.quote} \n {window.stored.title}"
        if not kept or len(missing(facts, after, spellings)) < len(missing(facts, before, spellings)):
            kept.append(window)
    return [window for window in windows if window in kept]


def _share(terms: Sequence[str], words: str) -> float:
    """Share of a claim's words that stand in some others, 0 to 1."""
    there = set(folded_syllables(words))
    return sum(term in there for term in terms) / len(terms) if terms else 1.0


def _words(text: str, facts: Facts) -> list[str]:
    """The content syllables of a claim beside its facts: what is said about them."""
    named = {syllable for name in facts.names for syllable in name}
    return [term for term in content_terms(text) if "_" not in term and term not in named and not term.isdigit()]
