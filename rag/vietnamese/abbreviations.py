"""Abbreviations and what they stand for: learned from text that explains them, and a short general list."""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import Syllable, bigrams, folded_syllables, syllables
from rag.vietnamese.word_lists import word_list

# "Bộ máy Điều hành (BMĐH)": a short form in brackets, straight behind its long form. A few letters, mostly capitals.
_EXPLAINED = re.compile(r"\(\s*([^\W\d_][\w&-]{1,9})\s*\)")
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LONG_FORM_BREAK = re.compile(r"[,;:.!?()\[\]\"“”\n]")
_MOST_SYLLABLES = 10
_LONGEST_BEFORE = 120  # characters before a bracket in which the long form is looked for
_LEAST_CAPITALS = 2
_VOWELS = set("aeiouy")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A short form that stands in a question, and what it most likely means.

    Attributes:
        short: The characters of the question; in capitals where it is typed small and the articles explain it.
        long: What they stand for, with accents.
        start: Offset of the short form in the question.
        end: Offset behind it.
    """

    short: str
    long: str
    start: int
    end: int


class Abbreviations:
    """Pairs of short and long forms.

    Args:
        learned: Long forms by folded short form, most frequent first, from the indexed text.
    """

    def __init__(self, learned: Mapping[str, Iterable[str]]) -> None:
        self.learned = {short: tuple(long_forms) for short, long_forms in learned.items()}
        long_forms: dict[str, tuple[str, ...]] = dict(self.learned)
        for short, general in _general().items():
            long_forms[short] = tuple(dict.fromkeys([*long_forms.get(short, ()), *general]))
        self._long_forms = long_forms
        self._short_forms: dict[str, list[str]] = defaultdict(list)
        for short, forms in long_forms.items():
            for form in forms:
                self._short_forms["_".join(folded_syllables(form))].append(short)

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> Self:
        """Learn the pairs that the texts themselves explain.

        Example:
            >>> Abbreviations.from_texts(["Đảng ủy Bộ máy Điều hành (BMĐH) họp."]).learned
            {'bmdh': ('Bộ máy Điều hành',)}
        """
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for pair in explained(text):
                counts[_key(pair.short)][text[pair.start : pair.end]] += 1
        return cls({short: [form for form, _ in forms.most_common()] for short, forms in counts.items()})

    def expansions(self, question: str, holds_term: Callable[[str], bool] | None = None) -> list[Expansion]:
        """The short forms of a question with their most likely long forms.

        A token counts as short when it is written in capitals or could not be a syllable ("dt", "tgd").

        Args:
            question: The question.
            holds_term: Whether a folded bigram stands in the indexed text; a long form none of whose pairs of
                syllables does is passed over. None keeps all.
        """
        found = []
        for match in _TOKEN.finditer(question):
            for start, end in _parts(match):
                token = question[start:end]
                if not _looks_short(token):
                    continue
                forms = [
                    form
                    for form in self._long_forms.get(_key(token), ())
                    if holds_term is None or _stands(form, holds_term)
                ]
                if forms:
                    found.append(Expansion(token, forms[0], start, end))
                    if end == match.end():
                        break
        return found

    def explains(self, short: str) -> bool:
        """Whether the indexed text itself says what a short form, in whatever case, stands for."""
        return _key(short) in self.learned

    def short_forms(self, question: str) -> list[str]:
        """Folded short forms of the long forms that a question spells out.

        Example:
            >>> Abbreviations.from_texts([]).short_forms("Tổng Giám đốc là ai?")
            ['tgd']
        """
        folded = folded_syllables(question)
        found: list[str] = []
        place = 0
        while place < len(folded):
            lengths = range(min(_MOST_SYLLABLES, len(folded) - place), 0, -1)
            spans = ((length, "_".join(folded[place : place + length])) for length in lengths)
            # The longest long form wins: "Tổng Giám đốc" is not also "Giám đốc".
            length, span = next(((length, span) for length, span in spans if span in self._short_forms), (1, ""))
            found += self._short_forms.get(span, ())
            place += length
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Explained:
    """A place where a text says what a short form stands for: "Bộ máy Điều hành (BMĐH)".

    Attributes:
        short: The short form.
        start: Offset of the long form.
        end: Offset behind it.
        bracket_end: Offset behind the bracket that holds the short form.
    """

    short: str
    start: int
    end: int
    bracket_end: int


def explained(text: str) -> list[Explained]:
    """The short forms that a text explains, in order.

    Example:
        >>> text = "Đảng ủy Bộ máy Điều hành (BMĐH) họp."
        >>> [(one.short, text[one.start : one.end]) for one in explained(text)]
        [('BMĐH', 'Bộ máy Điều hành')]
    """
    found = []
    for match in _EXPLAINED.finditer(text):
        before = text[max(0, match.start() - _LONGEST_BEFORE) : match.start()]
        long_form = _long_form(before, match.group(1))
        if long_form is not None:
            start = text.rindex(long_form, 0, match.start())
            found.append(Explained(match.group(1), start, start + len(long_form), match.end()))
    return found


def general_long_form(short: str) -> str:
    """What an abbreviation of general Vietnamese stands for ("TGĐ": "Tổng Giám đốc"); empty for any other word."""
    return next(iter(_general_forms().get(_key(short), ())), "") if _looks_short(short) else ""


@functools.cache
def _general_forms() -> dict[str, list[str]]:
    return _general()


def _general() -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = defaultdict(list)
    for line in word_list("abbreviations"):
        short, _, long_form = line.partition("=")
        pairs[_key(short.strip())].append(long_form.strip())
    return pairs


def _key(short: str) -> str:
    return fold(short).replace("-", "").replace("&", "")


def _parts(match: re.Match[str]) -> list[tuple[int, int]]:
    """The whole token, and its parts where it is hyphenated: "SK-SC" is one short form, "NQ-TW" two."""
    parts = [(match.start(), match.end())]
    if "-" in match.group():
        offset = match.start()
        for piece in match.group().split("-"):
            parts.append((offset, offset + len(piece)))
            offset += len(piece) + 1
    return parts


def _looks_short(token: str) -> bool:
    letters = token.replace("-", "")
    if len(letters) < 2:  # noqa: PLR2004 - one letter is no abbreviation
        return False
    return letters.isupper() or sum(map(str.isupper, letters)) >= _LEAST_CAPITALS or not set(fold(letters)) & _VOWELS


def _stands(long_form: str, holds_term: Callable[[str], bool]) -> bool:
    pairs = bigrams(folded_syllables(long_form))
    return not pairs or any(holds_term(pair) for pair in pairs)


def _long_form(before: str, short: str) -> str | None:
    """The words before the bracket that the short form abbreviates, None where it does not look like one."""
    letters = [letter for letter in short if letter.isalpha()]
    if sum(map(str.isupper, letters)) < _LEAST_CAPITALS:
        return None
    clause = _LONG_FORM_BREAK.split(before)[-1]
    words = [word for word in syllables(clause) if not word.text.isdigit()]
    initials = [fold(letter) for letter in letters]
    tail = words[-len(initials) :]
    if len(tail) == len(initials) and [fold(word.text[0]) for word in tail] == initials:
        return clause[tail[0].start :].strip(" -–")
    if words and _is_subsequence(initials, fold(words[-1].text)) and fold(words[-1].text)[0] == initials[0]:
        return words[-1].text
    return _name_sharing_initials(initials, clause)


def _is_subsequence(letters: list[str], word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _name_sharing_initials(letters: list[str], clause: str) -> str | None:
    """The name that ends a clause, when all or all but one of the letters are initials in it, in order.

    "Tập đoàn Dầu khí Việt Nam (PVN)" keeps the whole name, as its first letter comes from elsewhere;
    "Đảng ủy Khối Doanh nghiệp Trung ương (DNTW)" begins at the word of the first letter.
    """
    tail = _capitalised_tail(syllables(clause)[-_MOST_SYLLABLES:])
    if not tail:
        return None
    needed = max(_LEAST_CAPITALS, len(letters) - 1)
    if _shared_in_order(letters, tail) < needed:
        return None
    starts = [place for place, word in enumerate(tail) if fold(word.text[0]) == letters[0]]
    fitting = [place for place in starts if _shared_in_order(letters, tail[place:]) >= needed]
    return clause[tail[fitting[-1] if fitting else 0].start :].strip(" -–")


def _shared_in_order(letters: list[str], words: list[Syllable]) -> int:
    """Length of the longest common subsequence of the letters and the words' initials."""
    lengths = [0] * (len(letters) + 1)
    for word in words:
        for place in range(len(letters), 0, -1):
            if letters[place - 1] == fold(word.text[0]):
                lengths[place] = lengths[place - 1] + 1
        lengths = [max(lengths[: place + 1]) for place in range(len(lengths))]
    return lengths[-1]


def _capitalised_tail(words: list[Syllable]) -> list[Syllable]:
    """The last words from a capitalised one on, with at most one small word between two capitals."""
    start, small_run = len(words), 0
    for place in range(len(words) - 1, -1, -1):
        if words[place].text[0].isupper():
            start, small_run = place, 0
        else:
            small_run += 1
            if small_run > 1:
                break
    return words[start:]
