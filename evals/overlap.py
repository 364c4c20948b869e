"""Exact match and token F1, with the two published normalisers. What they are for stands in `evals.answers`."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

_SQUAD_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MLQA_ARTICLES = re.compile(r"\b(của|là|cái|chiếc|những)\b")

Normaliser = Callable[[str], str]


def squad_normal_form(text: str) -> str:
    """Lower case, without ASCII punctuation, English articles and repeated space: the SQuAD script's normaliser."""
    kept = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(_SQUAD_ARTICLES.sub(" ", kept).split())


def mlqa_normal_form(text: str) -> str:
    """Lower case, without any punctuation and the words MLQA takes for Vietnamese articles."""
    kept = "".join(
        character
        for character in text.lower()
        if character not in string.punctuation and not unicodedata.category(character).startswith("P")
    )
    return " ".join(_MLQA_ARTICLES.sub(" ", kept).split())


def exact_match(gold: str, answer: str, normal_form: Normaliser) -> float:
    """1.0 when both are the same after the normaliser, else 0.0."""
    return float(normal_form(gold) == normal_form(answer))


def token_f1(gold: str, answer: str, normal_form: Normaliser) -> float:
    """F1 of the tokens, as multisets, after the normaliser, 0 to 1."""
    return f1(normal_form(gold).split(), normal_form(answer).split())


def f1(gold: Sequence[str], answer: Sequence[str]) -> float:
    """F1 of two bags of words, 0 to 1."""
    if not gold or not answer:
        return float(gold == answer)
    common = sum((Counter(gold) & Counter(answer)).values())
    return 2 * common / (len(gold) + len(answer))
