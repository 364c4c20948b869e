"""Cut an article into passages: whole sentences, about as many words as asked, exact offsets, nothing lost."""

import bisect
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rag.article import Article
from rag.limits import LIMITS
from rag.vietnamese.sentences import sentence_spans

# A sentence longer than this many targets is cut inside: the embedding model reads at most 512 tokens.
_LONGEST_IN_TARGETS = 2.0
_CLAUSE_END = re.compile(r"[;:,]\s+")
_WORD = re.compile(r"\S+")
# About what the networks read as one token. A run of letters may be as long as the article: it is counted in parts.
_PIECE = re.compile(r"[^\W\d_]{1,7}|\d|[^\w\s]|_")
# Ordinary text has 5 characters and 1.3 pieces a word.
_CHARACTERS_A_WORD = 8
_PIECES_A_WORD = 2
_MOST_MARKS = 50  # that stay with their letter where a cut falls on them


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
    A sentence of more than twice the target is cut behind a clause, or behind a word where there is none. Text
    that has few spaces or many signs is cut anywhere, as `LIMITS` say, so that no passage takes long to read.

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


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence or a part of one, which is never cut.

    Attributes:
        end: Offset behind its last character.
        words: How many it has.
        pieces: Words, digits and signs.
    """

    end: int
    words: int
    pieces: int


def _units(text: str, target_words: int) -> list[_Unit]:
    """Sentences, the overlong ones in pieces."""
    units: list[_Unit] = []
    for start, end in sentence_spans(text):
        for stop in _pieces(text, start, end, int(target_words * _LONGEST_IN_TARGETS)):
            units += _parts(text, start, stop)
            start = stop  # noqa: PLW2901 - the next piece begins where this one ends
    return units


def _parts(text: str, start: int, end: int) -> Iterator[_Unit]:
    """The stretch at [start, end), in parts where it is too dense for one passage."""
    words, pieces = len(text[start:end].split()), len(_PIECE.findall(text, start, end))
    if not _too_dense(words, end - start, pieces):
        yield _Unit(end, words, pieces)
        return
    count = 0
    for match in _PIECE.finditer(text, start, end):
        full = count >= LIMITS.passage_pieces or match.end() - start > LIMITS.passage_characters
        if full and (count >= LIMITS.passage_pieces + _MOST_MARKS or not unicodedata.combining(match.group()[0])):
            yield _Unit(match.start(), len(text[start : match.start()].split()), count)
            start, count = match.start(), 0
        count += 1
    yield _Unit(end, len(text[start:end].split()), count)


def _too_dense(words: int, characters: int, pieces: int) -> bool:
    """Whether this is more to read than a passage of so many words should be."""
    return characters > max(LIMITS.passage_characters + LIMITS.blank_characters, _CHARACTERS_A_WORD * words) or (
        pieces > max(LIMITS.passage_pieces + _MOST_MARKS, _PIECES_A_WORD * words)
    )


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


def _even_cuts(units: list[_Unit], target_words: int) -> list[int]:
    """Ends of groups of units of near-equal length, so that no passage is a short remainder."""
    total = sum(unit.words for unit in units)
    groups = max(1, round(total / target_words))
    share = total / groups
    cuts: list[int] = []
    seen = start = words = pieces = 0
    base, evenly = 0, 0  # words before the last forced cut, and cuts since
    for unit, following in itertools.zip_longest(units, units[1:]):
        seen, words, pieces = seen + unit.words, words + unit.words, pieces + unit.pieces
        if following is None:
            cuts.append(unit.end)
            break
        full = _too_dense(words + following.words, following.end - start, pieces + following.pieces)
        # Cut here unless the next unit would bring the passage closer to its share.
        boundary = base + share * (evenly + 1)
        near = abs(seen - boundary) <= abs(seen + following.words - boundary)
        if full or near:
            cuts.append(unit.end)
            base, evenly = (base, evenly + 1) if near else (seen, 0)
            start, words, pieces = unit.end, 0, 0
    return cuts
