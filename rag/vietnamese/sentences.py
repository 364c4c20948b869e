"""Sentences: where one ends in Vietnamese news text."""

import re

from rag.vietnamese.word_lists import word_list

# A stop with its closing quotes or brackets and the white space behind it; or a line end, which always ends one.
# Each run of stops or of spaces is tried once, from its first character: a megabyte of full stops is no trap.
_CANDIDATE = re.compile(r"(?:(?<![.!?…])[.!?…]++[\"”’»)\]]*+)(\s+)|(?<![^\S\n])[^\S\n]*+\n\s*")
_LAST_WORD = re.compile(r"([^\s(\[\"“‘«]+)$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut `text` into sentences; a line end always ends one.

    The spans partition the text: the first starts at 0, each starts where the one before ends, the last ends at
    `len(text)`. White space belongs to the sentence before it.

    Example:
        >>> text = "Họp tại Tp. Vũng Tàu. Có 3.000 người dự."
        >>> [text[start:end] for start, end in sentence_spans(text)]
        ['Họp tại Tp. Vũng Tàu. ', 'Có 3.000 người dự.']
    """
    if not text:
        return []
    cuts = [match.end() for match in _CANDIDATE.finditer(text) if _ends_sentence(text, match)]
    if text[: cuts[0] if cuts else 0].isspace():  # leading white space is no sentence of its own
        cuts = cuts[1:]
    starts = [0, *(cut for cut in cuts if cut < len(text))]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if "\n" in match.group():
        return True
    following = text[match.end() : match.end() + 1]
    if following.islower():
        return False
    word = _LAST_WORD.search(text, max(0, match.start() - 40), match.start())
    if word is None:
        return True
    stopped = word.group(1).lower()
    single_initial = len(stopped) == 1 and stopped.isalpha()
    return not (text[match.start()] == "." and (single_initial or stopped in word_list("sentence_abbreviations")))
