"""How much a term tells: rare ones more than common ones."""

import math
from collections.abc import Callable


def rarity_in(passages: int, document_frequency: Callable[[str], int]) -> Callable[[str], float]:
    """Inverse document frequency, as BM25 defines it, for a library of so many passages.

    Example:
        >>> rarity = rarity_in(100, {"dang_uy": 20, "kinh_ngu": 1}.get)
        >>> rarity("kinh_ngu") > rarity("dang_uy")
        True
    """

    def rarity(term: str) -> float:
        frequency = document_frequency(term)
        return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))

    return rarity
