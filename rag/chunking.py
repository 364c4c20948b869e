"""Cut an article into passages: whole sentences, about as many words as asked, exact offsets, nothing lost."""

import bisect
import itertools
import re
from dataclasses import dataclass

from rag.article import Article
from rag.vietnamese.sentences import sentence_spans

# A sentence longer than this many targets is cut inside: the embedding model reads at most 512 tokens.
_LONGEST_IN_TARGETS = 2.0
_CLAUSE_END = re.compile(r"[;:,]\s+")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one article's body: `article.body[start:end] == text`.

    Attributes:
        article_id: The article it is cut from.
        ordinal: Its place among the article's passages, from 0.
        start: Offset of its first character in the body.
        end: Offset behind its last character.
        text: The characters, white space included.
    """

    article_id: str
    ordinal: int
    start: int
    end: int
    text: str


def passages_of(article: Article, target_words: int) -> list[Passage]:
    """Partition the body into passages of whole sentences, each near `target_words` syllables.

    The texts of the passages, joined, are the body. Photo captions never share a passage with the text before them.
    A sentence of more than twice the target is cut behind a clause, or behind a word where there is none.

    Args:
        article: The article to cut.
        target_words: Length to aim for, in syllables separated by spaces.

    Example:
        >>> article = Article("a", "Tin", "Câu một. Câu hai.")
        >>> [passage.text for passage in passages_of(article, target_words=2)]
        ['Câu một. ', 'Câu hai.']
    """
    body, captions = article.body, article.captions_start
    cuts = [0]
    for part_start, part_end in ((0, captions), (captions, len(body))):
        units = _units(body[part_start:part_end], target_words)
        cuts += [part_start + cut for cut in _even_cuts(units, target_words)]
    return [
        Passage(article.id, ordinal, start, end, body[start:end])
        for ordinal, (start, end) in enumerate(itertools.pairwise(cuts))
    ]


def _units(text: str, target_words: int) -> list[tuple[int, int]]:
    """Sentences as (end offset, words), the overlong ones in pieces."""
    units = []
    for start, end in sentence_spans(text):
        for stop in _pieces(text, start, end, int(target_words * _LONGEST_IN_TARGETS)):
            units.append((stop, len(text[start:stop].split())))
            start = stop  # noqa: PLW2901 - the next piece begins where this one ends
    return units


def _pieces(text: str, start: int, end: int, longest: int) -> list[int]:
    """End offsets of the pieces of the sentence at [start, end), each at most `longest` words."""
    stops: list[int] = []
    words = [match.start() for match in _WORD.finditer(text, start, end)]
    first = 0  # index of the word that the next piece begins with
    while len(words) - first > longest:
        window_end = words[first + longest]
        clause = [match.end() for match in _CLAUSE_END.finditer(text, start, window_end)]
        middle = start + (window_end - start) // 2
        start = clause[-1] if clause and clause[-1] > middle else window_end
        first = bisect.bisect_left(words, start, first)
        stops.append(start)
    return [*stops, end]


def _even_cuts(units: list[tuple[int, int]], target_words: int) -> list[int]:
    """Ends of groups of units of near-equal length, so that no passage is a short remainder."""
    total = sum(words for _, words in units)
    groups = max(1, round(total / target_words))
    share = total / groups
    cuts: list[int] = []
    seen = 0
    for index, (stop, words) in enumerate(units):
        seen += words
        following = units[index + 1][1] if index + 1 < len(units) else 0
        boundary = share * (len(cuts) + 1)
        # Cut here unless the next unit would bring the passage closer to its share.
        if index + 1 == len(units) or abs(seen - boundary) <= abs(seen + following - boundary):
            cuts.append(stop)
    return cuts
