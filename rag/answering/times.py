"""Whether words of an article speak of the years that a question asks for."""

import functools
import re

from rag.retrieval.evidence import PassageText
from rag.store.records import StoredPassage
from rag.vietnamese.expressions import quantities
from rag.vietnamese.time_expressions import TimeReference, time_reference

FIRST_MONTHS = 3
"""Until this month of a year news looks back on the one before."""
_CACHED_TEXTS = 128

# A year that only measures another one by it: "cao hơn năm 2021 từ 41%", "so với cùng kỳ năm ngoái".
_COMPARED_WITH = re.compile(
    r"\b(?:so với|hơn|bằng|như)\s+(?:[^\s,.;\d]+\s+){0,4}?"
    r"(?:\d{4}|năm (?:trước|ngoái)|cùng kỳ)(?:\s+năm (?:trước|ngoái))?",
    re.IGNORECASE,
)
# Behind an amount: "17,2% năm 2022", "5 tỷ đồng của năm 2022"; "91% năm 2022" behind "bằng" measures by that year.
_YEAR_OF_AMOUNT = re.compile(
    r"(?:\s(?!(?:và|còn|xuống|lên|tăng|giảm|so|với|hơn|kém|bằng|đến|tới)\s)[^\W\d_]+){0,3}"
    r"\snăm (?P<year>(?:19|20)\d{2})(?![\d-])"
)
_MEASURED_BY = re.compile(r"\b(?:bằng|gấp|hơn|kém)\s*$", re.IGNORECASE)
_YEAR_BEFORE = re.compile(r"\bnăm (?:trước|ngoái|liền trước)\b|\bcùng kỳ\b", re.IGNORECASE)
_YEAR_ITSELF = re.compile(r"\bnăm (?:qua|vừa qua|nay)\b|\b(?:cả|trong) năm\b(?! \d)", re.IGNORECASE)

_WHEN = r"(?:khi nào|bao giờ|lúc nào|hồi nào|(?:ngày|tháng|năm|giờ) (?:nào|mấy|bao nhiêu))"
_UNTIL_WHEN = re.compile(rf"\b(?:đến|tới|hết) {_WHEN}|\b(?:kết thúc|hết hạn|mãn hạn|hết nhiệm kỳ)\b")
_SINCE_WHEN = re.compile(rf"\btừ {_WHEN}|\bbắt đầu\b")
_SINCE = re.compile(r"\btừ(?: (?:lúc|hồi|ngày|tháng|năm|đầu|cuối|giữa|sáng|chiều|tối))*\s*$")
_UNTIL = re.compile(r"\b(?:đến|tới|hết)(?: (?:hết|lúc|ngày|tháng|năm|đầu|cuối|giữa|sáng|chiều|tối))*\s*$")


def time_fit(asked: TimeReference, stored: StoredPassage, parts: PassageText, sentence: str) -> float:
    """How well a sentence agrees with the years asked for: by its own words, else its article's, else its day.

    The article's words are its headline and its first passage.

    Args:
        asked: The times of the question.
        stored: The passage.
        parts: The same, taken apart.
        sentence: The sentence.

    Returns:
        From -1.0 (it speaks of other years) to 1.0; 0.0 where the question names no year or the article none.
    """
    wanted = {*asked.years, *asked.terms}
    if not wanted:
        return 0.0
    here = time_reference(_COMPARED_WITH.sub("", sentence))
    named = {*here.years, *terms_told(asked, here)}
    in_title = {*parts.title_time.years, *parts.title_time.terms}
    if wanted <= named or (wanted <= named | in_title and (not named or wanted & named or named.isdisjoint(in_title))):
        return 1.0
    if wanted & (named | in_title):
        return 0.3
    if not named and not in_title:
        return _article_time_fit(asked, stored, parts)
    if stored.published is not None and stored.published.year in wanted:
        return -0.5  # a headline on the year before looks back: "tổng kết năm 2022" in January
    looks_back = not named and any(_may_speak_of(term, asked) for term in parts.title_time.terms)
    return 0.0 if looks_back else -1.0


def _article_time_fit(asked: TimeReference, stored: StoredPassage, parts: PassageText) -> float:
    """The same for a sentence without a year under a headline without one: by how the article begins, else its day."""
    wanted = {*asked.years, *asked.terms}
    opening = {*parts.opening_time.years, *parts.opening_time.terms}
    if wanted & opening:
        return 0.7
    if stored.published is not None and stored.published.year in wanted:
        return 0.5
    if not opening or any(_may_speak_of(term, asked) for term in parts.opening_time.terms):
        return 0.0
    return -0.3


def _may_speak_of(term: tuple[int, int], asked: TimeReference) -> bool:
    """Whether an article on a term of office may tell of a time: of years within, or of the term before."""
    return any(term[0] <= year <= term[1] for year in asked.years) or any(last == term[0] for _, last in asked.terms)


def terms_told(asked: TimeReference, said: TimeReference) -> set[tuple[int, int]]:
    """The terms that a text names, and those asked for that it tells by their years: "từ năm 1992 đến năm 1997"."""
    return {*said.terms, *(term for term in asked.terms if said.years.issuperset(term))}


def clause_time_fit(
    asked: TimeReference, stored: StoredPassage, parts: PassageText, sentence: str, clause: str
) -> float | None:
    """The same for a clause that tells its year itself, by number or as "năm trước"; None for any other clause.

    Args:
        asked: The times of the question.
        stored: The passage.
        parts: The same, taken apart.
        sentence: The sentence.
        clause: A part of it.
    """
    own = _COMPARED_WITH.sub("", clause)
    years = set(time_reference(own).years)
    this_year = _this_year(stored, parts, sentence)
    if this_year is not None and _YEAR_BEFORE.search(own):
        years.add(this_year - 1)
    if this_year is not None and _YEAR_ITSELF.search(own):
        years.add(this_year)
    if not asked.years or not years:
        return None
    return 1.0 if asked.years <= years else -1.0


def year_of_amount(text: str, start: int, end: int) -> int | None:
    """The year that stands straight behind an amount and tells when it was; None where there is none.

    Args:
        text: The passage.
        start: Where the amount begins.
        end: Where it ends.

    Example:
        >>> text = "Tỷ lệ hỏng giảm từ 17,2% năm 2022 xuống 15,6%."
        >>> year_of_amount(text, text.index("17"), text.index(" năm")), year_of_amount(text, text.index("15"), 45)
        (2022, None)
    """
    found = _year_behind(text, start, end)
    return int(found["year"]) if found else None


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def without_years_of_amounts(text: str) -> str:
    """A text with the years blanked that belong to one amount alone, and all offsets as they were."""
    for amount in quantities(text):
        year = _year_behind(text, amount.start, amount.end)
        if year:
            text = text[: year.start()] + " " * len(year.group()) + text[year.end() :]
    return text


def _year_behind(text: str, start: int, end: int) -> re.Match[str] | None:
    return None if _MEASURED_BY.search(text, 0, start) else _YEAR_OF_AMOUNT.match(text, end)


def _this_year(stored: StoredPassage, parts: PassageText, sentence: str) -> int | None:
    """The year that an article tells of: its headline's, else the sentence's, else that of its day or the passage."""
    for years in (parts.title_time.years, time_reference(sentence).years):
        if len(years) == 1:
            return next(iter(years))
    day = stored.published
    if day is None:
        return next(iter(parts.time.years)) if len(parts.time.years) == 1 else None
    return day.year - 1 if day.month <= FIRST_MONTHS else day.year


def asks_for_one_end(question: str) -> bool:
    """Whether a question asks since when or until when something lasts, not when it is.

    Example:
        >>> asks_for_one_end("Hội chợ kéo dài đến khi nào?"), asks_for_one_end("Hội chợ diễn ra khi nào?")
        (True, False)
    """
    asked = question.lower()
    return _UNTIL_WHEN.search(asked) is not None or _SINCE_WHEN.search(asked) is not None


def other_end(question: str, before: str) -> bool:
    """Whether a question asks until when and a time tells since when, or the other way round.

    Args:
        question: With its accents.
        before: The words before the time.

    Example:
        >>> other_end("Hợp đồng kéo dài đến khi nào?", "Bà Tư dẫn dắt đội từ ")
        True
    """
    asked = question.lower()
    if _UNTIL_WHEN.search(asked):
        return _SINCE.search(before.lower()) is not None
    return _SINCE_WHEN.search(asked) is not None and _UNTIL.search(before.lower()) is not None
