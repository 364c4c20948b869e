"""BM25 over a set of passages, to find similar passages that do not answer a question."""

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from evals.reader_training.text import match_key

_K1 = 1.2
_B = 0.75
_WORD = re.compile(r"\w+")


class Neighbours:
    """An index of passages, each with the name of its document: `similar` ranks them by BM25 over folded words."""

    def __init__(self, passages: list[str], documents: list[str] | None = None) -> None:
        self.passages = passages
        self.documents = documents or [""] * len(passages)
        self._openings: dict[str, str] = {}
        for passage, document in zip(self.passages, self.documents, strict=True):
            self._openings.setdefault(document, passage)
        self.keys = [match_key(passage) for passage in passages]
        lengths = np.zeros(len(passages), dtype=np.float32)
        occurrences: dict[str, list[tuple[int, int]]] = {}
        for index, key in enumerate(self.keys):
            counts = Counter(_WORD.findall(key))
            lengths[index] = sum(counts.values())
            for word, count in counts.items():
                occurrences.setdefault(word, []).append((index, count))
        relative = lengths / max(float(lengths.mean()), 1.0) if passages else lengths
        self._weights: dict[str, tuple[NDArray[np.int64], NDArray[np.float32]]] = {}
        for word, found in occurrences.items():
            where = np.array([index for index, _ in found], dtype=np.int64)
            counts_here = np.array([count for _, count in found], dtype=np.float32)
            rarity = np.log(1 + (len(passages) - len(found) + 0.5) / (len(found) + 0.5))
            saturation = counts_here * (_K1 + 1) / (counts_here + _K1 * (1 - _B + _B * relative[where]))
            self._weights[word] = where, (rarity * saturation).astype(np.float32)

    def opening_of(self, document: str) -> str:
        """The first passage of a document; "" of one that is not known."""
        return self._openings.get(document, "") if document else ""

    def similar(self, text: str, count: int) -> list[int]:
        """Return the indices of the `count` passages most similar to `text`, best first."""
        scores = np.zeros(len(self.passages), dtype=np.float32)
        for word in dict.fromkeys(_WORD.findall(match_key(text))):  # in order, so that sums are the same in every run
            if word in self._weights:
                where, weights = self._weights[word]
                scores[where] += weights
        return [int(index) for index in np.argsort(-scores, kind="stable")[:count]]
