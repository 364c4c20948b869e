"""Accents restored from the indexed text itself: a syllable-bigram model and a Viterbi pass. No model file ships.

On XQuAD-vi 95-97 % of the syllables of unaccented questions come back right, in a fraction of a millisecond.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.vietnamese.normalise import fold, settle_tone_marks
from rag.vietnamese.syllables import syllable_texts, syllables
from rag.vietnamese.word_lists import word_list

_BIGRAM_SHARE = 0.85  # weight of the bigram estimate, the rest goes to the syllable's own frequency
_UNSEEN = 0.1  # count given to a syllable that the texts never hold, typed as it was
_PHRASE_REPEATS = 3  # each question phrase counts as if the texts held it this often
# Lists that hold words which questions use and news may not.
_WORD_LISTS = (
    "measures",
    "verbs",
    "offices",
    "event_nouns",
    "thing_nouns",
    "place_nouns",
    "question_words",
    "record_words",
    "now_words",
)
# In a question that has accents somewhere, a syllable without one was most likely meant so (log odds, nats);
# more surely beside its like, as small ones and the syllables of one name are.
_SURELY_KEPT_BONUS = 6.0
_KEPT_BONUS = 3.0
# Of a text's syllables. Printed Vietnamese has accents on 75 to 90 % of them.
_MOST_WITH_ACCENTS = 0.05
_LEAST_KNOWN = 0.8
_FEWEST_SYLLABLES = 8

_Int64 = NDArray[np.int64]


class AccentModel:
    """Counts of accented syllables and of neighbouring pairs, and the most likely accents for a question.

    Args:
        vocabulary: Distinct syllables, lower case, tone marks settled. Shape (V,).
        counts: How often each occurs. Shape (V,).
        pairs: Sorted keys `first * V + second` of the pairs seen. Shape (P,).
        pair_counts: How often each pair occurs. Shape (P,).
    """

    def __init__(self, vocabulary: Sequence[str], counts: _Int64, pairs: _Int64, pair_counts: _Int64) -> None:
        self._vocabulary = list(vocabulary)
        self._counts = counts
        self._pairs = pairs
        self._pair_counts = pair_counts
        self._total = max(1, int(counts.sum()))
        self._ids = {syllable: index for index, syllable in enumerate(self._vocabulary)}
        self._variants: dict[str, list[int]] = defaultdict(list)
        for index, syllable in enumerate(self._vocabulary):
            self._variants[fold(syllable)].append(index)

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> Self:
        """Count the syllables of `texts`, and of general question phrases and words, which news text rarely holds.

        Texts that lack their accents teach nothing.
        """
        ids: dict[str, int] = {}
        sequence: list[int] = []
        phrases = [*word_list("question_phrases")] * _PHRASE_REPEATS
        phrases += [phrase for name in _WORD_LISTS for phrase in word_list(name)]
        for text in (*phrases, *(text for text in texts if not lacks_accents(text))):
            words = syllable_texts(settle_tone_marks(text).lower())
            sequence.extend([ids.setdefault(word, len(ids)) for word in words])
            sequence.append(-1)  # no pair reaches across two texts
        stream = np.array(sequence, dtype=np.int64)
        size = max(1, len(ids))
        counts = np.bincount(stream[stream >= 0], minlength=size)
        first, second = stream[:-1], stream[1:]
        inside = (first >= 0) & (second >= 0)
        pairs, pair_counts = np.unique(first[inside] * size + second[inside], return_counts=True)
        return cls(list(ids) or [""], counts.astype(np.int64), pairs, pair_counts.astype(np.int64))

    def save(self, path: Path) -> None:
        """Write the counts as one compressed NumPy archive."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                vocabulary=np.array("\n".join(self._vocabulary).encode()),
                counts=self._counts,
                pairs=self._pairs,
                pair_counts=self._pair_counts,
            )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: The file is missing or damaged; the counts can be made anew.
        """
        with np.load(path) as archive:
            vocabulary = bytes(archive["vocabulary"].item()).decode().split("\n")
            return cls(vocabulary, archive["counts"], archive["pairs"], archive["pair_counts"])

    def restore(self, text: str) -> str:
        """`text` with the most likely accents on each syllable that has none. A typed accent is kept as typed.

        Example:
            >>> AccentModel.from_texts(["Bí thư Đảng ủy họp hội nghị."]).restore("ai la bi thu Dang uy")
            'ai là bí thư Đảng ủy'
        """
        settled = settle_tone_marks(text)
        found = syllables(settled)
        if not found:
            return settled
        lowered = [syllable.text.lower() for syllable in found]
        typed = [fold(word) != word for word in lowered]
        bonuses = _kept_bonuses([syllable.text for syllable in found], typed)
        chosen = self._best_path(
            [self._candidates(word, fixed=fixed) for word, fixed in zip(lowered, typed, strict=True)], lowered, bonuses
        )
        pieces, position = [], 0
        for syllable, word in zip(found, chosen, strict=True):
            pieces += [settled[position : syllable.start], _with_case_of(syllable.text, word)]
            position = syllable.end
        return "".join([*pieces, settled[position:]])

    def accented(self, text: str) -> str:
        """A text as long as `text`, with the likely accents where an old site or a telegram has left them out.

        Any other text, and one in another language, comes back as it is.

        Example:
            >>> model = AccentModel.from_texts(["Đại hội cổ đông của nhà máy giấy diễn ra ngày mai."])
            >>> model.accented("Dai hoi co dong cua nha may giay dien ra ngay mai.")
            'Đại hội cổ đông của nhà máy giấy diễn ra ngày mai.'
        """
        if not lacks_accents(text):
            return text
        words = [fold(word) for word in syllable_texts(text) if not word.isdigit()]
        if sum(word in self._variants for word in words) < _LEAST_KNOWN * len(words):
            return text
        restored = self.restore(text)
        return restored if len(restored) == len(text) else text

    def count(self, syllable: str) -> int:
        """How often the texts hold a syllable, lower case."""
        index = self._ids.get(syllable)
        return int(self._counts[index]) if index is not None else 0

    def variants(self, folded: str) -> list[str]:
        """The syllables of the texts that are this one without their accents."""
        return [self._vocabulary[index] for index in self._variants.get(folded, ())]

    def pair_count(self, first: str, second: str) -> int:
        """How often the texts hold two syllables, lower case, one after the other."""
        ids = self._ids.get(first), self._ids.get(second)
        return 0 if ids[0] is None or ids[1] is None else self._pair_count(ids[0], ids[1])

    def _candidates(self, word: str, *, fixed: bool) -> list[str]:
        if fixed or word.isdigit():
            return [word]
        variants = [self._vocabulary[index] for index in self._variants.get(word, [])]
        return variants if word in variants else [*variants, word]

    def _best_path(self, lattice: list[list[str]], typed: list[str], bonuses: list[float]) -> list[str]:
        """Viterbi: the sequence of candidates with the highest log probability, each as typed with its bonus."""
        scores = [self._log_probability(None, word) + bonuses[0] * (word == typed[0]) for word in lattice[0]]
        back: list[list[int]] = []
        for (previous, current), kept, bonus in zip(pairwise(lattice), typed[1:], bonuses[1:], strict=True):
            steps, best_scores = [], []
            for word in current:
                totals = [
                    score + self._log_probability(before, word) for score, before in zip(scores, previous, strict=True)
                ]
                best = max(range(len(totals)), key=totals.__getitem__)
                steps.append(best)
                best_scores.append(totals[best] + bonus * (word == kept))
            back.append(steps)
            scores = best_scores
        index = max(range(len(scores)), key=scores.__getitem__)
        path = [lattice[-1][index]]
        for steps, candidates in zip(reversed(back), reversed(lattice[:-1]), strict=True):
            index = steps[index]
            path.append(candidates[index])
        return path[::-1]

    def _log_probability(self, before: str | None, word: str) -> float:
        word_id = self._ids.get(word)
        alone = (float(self._counts[word_id]) if word_id is not None else _UNSEEN) / self._total
        before_id = self._ids.get(before) if before is not None else None
        if before_id is None or word_id is None:
            return float(np.log((1 - _BIGRAM_SHARE) * alone))
        together = self._pair_count(before_id, word_id) / float(self._counts[before_id])
        return float(np.log(_BIGRAM_SHARE * together + (1 - _BIGRAM_SHARE) * alone))

    def _pair_count(self, first: int, second: int) -> int:
        key = first * len(self._vocabulary) + second
        place = int(np.searchsorted(self._pairs, key))
        return int(self._pair_counts[place]) if place < len(self._pairs) and self._pairs[place] == key else 0


def lacks_accents(text: str) -> bool:
    """Whether a text of some length was written without accents.

    Example:
        >>> lacks_accents("Dai hoi co dong cua nha may giay dien ra ngay mai.")
        True
        >>> lacks_accents("Đại hội cổ đông của nhà máy giấy diễn ra ngày mai.")
        False
    """
    words = [word.lower() for word in syllable_texts(text) if not word.isdigit()]
    if len(words) < _FEWEST_SYLLABLES:
        return False
    return sum(fold(word) != word for word in words) <= _MOST_WITH_ACCENTS * len(words)


def _kept_bonuses(words: Sequence[str], typed: Sequence[bool]) -> list[float]:
    """What each syllable gets for staying as typed, by whether its like was typed with accents."""
    if not any(typed):
        return [0.0] * len(words)
    small = [index == 0 or word.islower() for index, word in enumerate(words)]
    small_typed = any(accented and is_small for accented, is_small in zip(typed, small, strict=True))
    bonuses = []
    for index, is_small in enumerate(small):
        beside = range(max(0, index - 1), min(len(words), index + 2))
        name_typed = any(typed[other] and words[other][0].isupper() for other in beside)
        sure = small_typed if is_small else name_typed
        bonuses.append(_SURELY_KEPT_BONUS if sure else _KEPT_BONUS)
    return bonuses


def _with_case_of(typed: str, word: str) -> str:
    """`word` with the capitals of what was typed: "KimBank" stays so."""
    if len(typed) != len(word):
        return word.capitalize() if typed[:1].isupper() else word
    return "".join(letter.upper() if given.isupper() else letter for given, letter in zip(typed, word, strict=True))
