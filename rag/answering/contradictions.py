"""What an article says that rules its answer out: it tells of another year, or of another one of a series.

"Lợi nhuận năm 2022?" is not answered by an article on 2024, nor "Đại hội lần thứ 4" by one on the fifth.
"""

import functools
import re
from collections.abc import Sequence

from rag.answering.times import FIRST_MONTHS, terms_told
from rag.retrieval.retriever import Hit
from rag.vietnamese.abbreviations import general_long_form
from rag.vietnamese.normalise import settle_tone_marks
from rag.vietnamese.time_expressions import TimeReference, time_reference
from rag.vietnamese.word_lists import any_of, word_list

_CODE = re.compile(r"(?<!\w)(?P<letters>[A-ZĐa-zđ]{1,5})-?(?P<number>\d+[A-Za-z]?)(?!\w)")
_ABBREVIATION = re.compile(r"(?<!\w)[A-ZĐ]{2,6}(?!\w)")
_CACHED_TEXTS = 128
_ROMAN = {"i": 1, "v": 5, "x": 10}
_SPELLED_OUT = {"nhất": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
# Measures that stand beside others, or for any: "tổng", "số".
_LOOSE_MEASURES = frozenset(
    {"số", "số lượng", "tổng", "tổng số", "lượng", "điểm", "thời gian", "tuổi", "phí", "giá", "giá trị", "quy mô"}
)
_RANKED = re.compile(r"\b(?:phó|nguyên|cựu|quyền)\s(?P<post>[^\W\d_]+\s[^\W\d_]+)")
_CHARGE = re.compile(
    r"\b(?:phụ trách|chuyên trách|đặc trách)\s(?:công tác\s|mảng\s|lĩnh vực\s|khối\s|về\s)?"
    r"(?!(?:\w+\s)?(?:gì|nào|đâu)\b)(\w+\s\w+)"
)
_WON = {"quán quân": 1, "ngôi vô địch": 1, "chức vô địch": 1, "về nhất": 1, "á quân": 2, "về nhì": 2}
_PRIZES = {"nhất": 1, "nhì": 2, "ba": 3, "tư": 4, "khuyến khích": 5}
_NAMED_PLACES = {**_PRIZES, **_WON}
_PLACES = re.compile(
    rf"\b(?:giải|(?<!giải )hạng) (?P<prize>{'|'.join(_PRIZES)})\b"
    rf"|\b(?P<won>{'|'.join(_WON)})\b"
    rf"|(?<!lần )(?<!khóa )(?<!kỳ )\bthứ (?P<number>\d{{1,3}}|{'|'.join(_SPELLED_OUT)})\b"
)
_LOOKS_BACK = re.compile(r"\b(?:năm (?:ngoái|trước|qua|vừa qua)|cùng kỳ|kỳ (?:qua|trước|vừa qua))\b", re.IGNORECASE)
_LOOKS_AHEAD = re.compile(r"\b(?:năm (?:tới|sau|tiếp theo)|sang năm|kỳ (?:tới|mới|sau))\b", re.IGNORECASE)


def tells_of_other_years(asked: TimeReference, best: Hit, hits: Sequence[Hit]) -> bool:
    """Whether an article whose day is known names none of the years asked for, in what was found of it.

    Args:
        asked: The times of the question.
        best: The passage that answers.
        hits: All passages found; those of the same article are read, too.
    """
    stored = best.stored
    if stored.published is None or not (asked.years or asked.terms):
        return False
    same = [hit.text for hit in hits if hit.stored.passage.article_id == stored.passage.article_id]
    text = "\n".join([best.as_read.title, best.text, *same])
    named = time_reference(text)
    day = stored.published
    years = {*named.years, day.year}
    if day.month <= FIRST_MONTHS or _LOOKS_BACK.search(text):
        years.add(day.year - 1)
    if _LOOKS_AHEAD.search(text):
        years.add(day.year + 1)
    if asked.years:
        return asked.years.isdisjoint(years | {year for term in named.terms for year in term})
    relative = _LOOKS_BACK.search(text) or _LOOKS_AHEAD.search(text)
    told = terms_told(asked, named)
    return bool(told) and asked.terms.isdisjoint(told) and not relative


def other_code(question: str, answer: str, sentence: str, passage: str) -> bool:
    """Whether a question names a code ("BK-7") that a passage does not, or its sentence another one ("BK-9").

    Args:
        question: With its accents.
        answer: The short answer; a code may be just what is asked for.
        sentence: The sentence around it.
        passage: All of the passage, with its headline.
    """
    asked, said = _codes(question), _codes(sentence)
    if not asked or asked & said or _codes(answer):
        return False
    series = {letters for letters, _ in asked} & {letters for letters, _ in said}
    return bool(series) or not asked & _codes(passage)


def other_measure(question: str, sentence: str, headline: str) -> bool:
    """Whether a sentence tells what was measured, and it is not what the question names: revenue for profit.

    Example:
        >>> other_measure("Lãi năm 2023?", "Lợi nhuận đạt 9 tỷ đồng.", ""), other_measure("Lãi?", "Doanh thu 9 tỷ.", "")
        (False, True)
    """
    telling, told = _measures(question) - _LOOSE_MEASURES, _spelled_out(f"{headline} {sentence}")
    if not telling or any(_holds(told, name) for measure in telling for name in _names(measure)):
        return False
    return bool(_measures(sentence) - _LOOSE_MEASURES)


def other_kind(question: str, clause: str) -> bool:
    """Whether a clause speaks of a sibling of what a question names, and not of that itself: gas for oil.

    Args:
        question: With its accents.
        clause: The words around the answer.
    """
    for kinds in _siblings():
        asked = [kind for kind in kinds if kind.search(question)]
        told = [kind for kind in kinds if kind.search(clause)]
        if len(asked) == 1 and told and asked[0] not in told:
            return True
    return False


def other_charge(question: str, sentence: str) -> bool:
    """Whether a question asks who is in charge of one field and a sentence tells only of others.

    Example:
        >>> other_charge("Phó Giám đốc phụ trách hành chính là ai?", "Bà Tư, Phó Giám đốc phụ trách kỹ thuật, nói.")
        True
    """
    asked, told = (set(_CHARGE.findall(text.lower())) for text in (question, sentence))
    return bool(asked) and bool(told) and asked.isdisjoint(told)


def other_ordinal(question: str, sentence: str, headline: str) -> bool:
    """Whether a sentence, or the headline where it names none, tells of another one of a series.

    Example:
        >>> other_ordinal("Hội sách lần thứ 4 có bao nhiêu gian hàng?", "Có 182 gian hàng.", "Hội sách lần thứ V")
        True
    """
    asked_places, told_places = _places(question), _places(sentence)
    if told_places and asked_places and asked_places.isdisjoint(told_places):
        return True
    said, above = _ordinals(sentence), _ordinals(headline)
    for noun, number in _ordinals(question):
        numbers = {other for word, other in said if word == noun} or {other for word, other in above if word == noun}
        if numbers and number not in numbers:
            return True
    return False


def other_rank(question: str, sentence: str) -> bool:
    """Whether a question asks about a deputy or a former holder and a sentence tells of the post itself alone.

    Example:
        >>> other_rank("Phó Tổng trọng tài là ai?", "Tổng trọng tài là bà Tư.")
        True
    """
    asked, said = question.lower(), sentence.lower()
    return any(match["post"] in said and match.group() not in said for match in _RANKED.finditer(asked))


def _measures(text: str) -> set[str]:
    """The measures that a text names, the longest of those that hold each other: "tổng mức đầu tư" is one."""
    named = [measure for measure in word_list("measures") if _holds(text, measure)]
    return {one for one in named if not any(one != other and one in other for other in named)}


def _names(measure: str) -> set[str]:
    """A measure and what else it is called: profit is "lãi" and "lợi nhuận"."""
    return {measure}.union(*(names for line in word_list("equal_measures") if measure in (names := line.split("|"))))


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def _spelled_out(text: str) -> str:
    """A text with its general abbreviations in full: "nộp NSNN" is "nộp ngân sách nhà nước"."""
    return _ABBREVIATION.sub(lambda match: general_long_form(match.group()) or match.group(), text)


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text.lower()) is not None


def _codes(text: str) -> set[tuple[str, str]]:
    """The codes of a text as letters and number: "BK-18A" is ("bk", "18a")."""
    return {(match["letters"].lower(), match["number"].lower()) for match in _CODE.finditer(text)}


def _ordinals(text: str) -> set[tuple[str, int]]:
    """The numbers that tell one of a series from the others, behind their nouns: "lần thứ V" is ("lần", 5)."""
    found = _ordinal().finditer(settle_tone_marks(text).lower())
    return {(match["noun"].removesuffix(" thứ"), _number(match["number"])) for match in found}


def _places(text: str) -> set[int]:
    """The places in an order that a text tells: "thứ 20", "thứ hai", "giải nhì", "á quân", "đầu tiên"."""
    lower = text.lower()
    places = {
        _number(match["number"]) if match["number"] else _NAMED_PLACES[match["prize"] or match["won"]]
        for match in _PLACES.finditer(lower)
    }
    return places | ({1} if "đầu tiên" in lower else set())


def _number(written: str) -> int:
    if written in _SPELLED_OUT:
        return _SPELLED_OUT[written]
    if written.isdigit():
        return int(written)
    values = [_ROMAN[letter] for letter in written]
    return sum(value if value >= after else -value for value, after in zip(values, [*values[1:], 0], strict=True))


@functools.cache
def _siblings() -> tuple[tuple[re.Pattern[str], ...], ...]:
    # "dầu khí" is neither oil nor gas. A capital inside a sentence belongs to a name: "Việt Nam" is no "nam".
    return tuple(tuple(_kind(kind) for kind in line.split("|")) for line in word_list("siblings"))


def _kind(kind: str) -> re.Pattern[str]:
    word = rf"(?<!\w)(?!(?i:dầu khí)){kind}(?!\w)(?<!(?i:dầu khí))"
    return re.compile(rf"{word}|(?:^|(?<=[.:;?!]\s))(?i:{word})")


@functools.cache
def _ordinal() -> re.Pattern[str]:
    nouns = any_of("series_nouns")
    return re.compile(
        rf"(?<!\w)(?P<noun>{nouns}|\w+ số)\s(?P<number>\d{{1,2}}|[ivx]+|(?<=thứ )(?:{'|'.join(_SPELLED_OUT)}))"
        r"(?![\w%]|[.,:]\d|/\d{1,2}(?!\d)|/[a-z])"
    )
