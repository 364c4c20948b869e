"""Slips of the finger put right by the library's words: "sản lương" -> "sản lượng", "Vietsopetro" -> "Vietsovpetro".

Only what cannot be meant as it stands is touched: a small word that the library does not know, or knows with other
accents beside the same neighbour; and a long name of one word that it does not know. A person's name is left alone:
another person may be meant.
"""

from collections.abc import Iterable, Sequence

from rag.vietnamese.accents import AccentModel
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import syllables

_LONG_NAME = 7  # letters; no Vietnamese syllable has so many
_LEAST_COUNT = 2  # of the word, or of the pair, that a slip is taken for
_LEAST_SHARE = 0.25  # of a neighbour's occurrences; 9 of 246 questions of the dev set are changed at 0, none at this
_LETTERS = "abcdefghijklmnopqrstuvwxyzđ"


def put_right(text: str, model: AccentModel) -> str:
    """A question without its slips of the finger.

    Args:
        text: With its accents.
        model: What the library's texts teach.
    """
    words = syllables(text)
    lowered = [word.text.lower() for word in words]
    pieces, position = [], 0
    for place, word in enumerate(words):
        right = _meant(word.text, lowered, place, model)
        pieces += [text[position : word.start], right]
        position = word.end
    return "".join([*pieces, text[position:]])


def _meant(typed: str, words: Sequence[str], place: int, model: AccentModel) -> str:
    word = words[place]
    if not word.isalpha():
        return typed
    if len(word) >= _LONG_NAME:
        if model.count(word):
            return typed
        known = [(model.count(one), one) for one in _one_letter_off(word) if model.count(one) >= _LEAST_COUNT]
        return _in_case_of(typed, max(known)[1]) if known else typed
    if not typed.islower():
        return typed
    before, behind = words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else ""
    if _beside(word, before, behind, model):
        return typed
    nearly = set(model.variants(fold(word)))
    if not model.count(word):
        nearly |= {one for near in _one_letter_off(fold(word)) for one in model.variants(near)}
    share, best = max(((_expected(one, before, behind, model), one) for one in nearly), default=(0.0, word))
    return best if share >= _LEAST_SHARE else typed


def _beside(word: str, before: str, behind: str, model: AccentModel) -> int:
    """How often a word stands beside either of its neighbours."""
    return max(model.pair_count(before, word), model.pair_count(word, behind))


def _expected(word: str, before: str, behind: str, model: AccentModel) -> float:
    """Of all the times that a neighbour occurs, the share at which this word stands beside it."""
    pairs = (model.pair_count(before, word), before), (model.pair_count(word, behind), behind)
    return max(count / model.count(neighbour) if count >= _LEAST_COUNT else 0.0 for count, neighbour in pairs)


def _one_letter_off(word: str) -> Iterable[str]:
    """Every word with a letter more, less or other, or two neighbours swapped."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    yield from (left + right[1:] for left, right in cuts if right)
    yield from (left + letter + right for left, right in cuts for letter in _LETTERS)
    yield from (left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS)
    yield from (left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1)


def _in_case_of(typed: str, word: str) -> str:
    if typed.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word
