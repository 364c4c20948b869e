"""Questions about the library itself: how many articles, which, of whom, from when. Told by its records alone.

Each article that is named is cited by its first sentence, so that a click opens it.
"""

import datetime
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.answer import Answer, Citation, Origin
from rag.answering.citations import check, cite
from rag.answering.instructions import is_instruction
from rag.conversation.acts import Act
from rag.retrieval.query import Query
from rag.retrieval.retriever import HybridRetriever
from rag.store.library import Library
from rag.store.records import ArticleRecord, SearchFilter, StoredPassage
from rag.vietnamese.normalise import fold
from rag.vietnamese.sentences import sentence_spans
from rag.vietnamese.syllables import folded_syllables, with_bigrams
from rag.vietnamese.wording import Span, Wording

_NAMED = 8  # articles by their headlines; the others are counted
_LOOKED_INTO = 300  # passages with the words of a subject
_PUBLISHERS_NAMED = 6
# "tháng 11/2025", "tháng 11 năm 2025", folded.
_MONTH = re.compile(r"\bthang (\d{1,2})(?: nam |\s*/\s*| )?((?:19|20)\d{2})?\b")
# The same words where they are to be left out of what is asked about.
_TIME = re.compile(
    r"(?:\b(?:từ|đến|trong|vào|ngày|tháng|quý|năm)\s+)+\d[\d/-]*|\b\d{1,2}/\d{1,2}(?:/\d{4})?\b|\b(?:19|20)\d{2}\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?:tu|giai doan)\D{0,6}((?:19|20)\d{2})\D{1,6}((?:19|20)\d{2})\b")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which articles a question is about.

    Attributes:
        period: The same in words; empty where all are.
        publisher: Whose; empty where anybody's are.
        subject: What they are to speak of; empty where that is left open.
        admits: Whether an article's day and publisher fit.
    """

    period: str
    publisher: str
    subject: str
    admits: Callable[[ArticleRecord], bool]

    @property
    def in_words(self) -> str:
        """What the articles have in common, to stand behind "bài"; empty for all of them."""
        told = (
            f"của {self.publisher}" if self.publisher else "",
            f"đăng {self.period}" if self.period else "",
            f"nhắc đến “{self.subject}”" if self.subject else "",
        )
        return "".join(f" {one}" for one in told if one)


class Catalogue:
    """Answers from the records of one library.

    Args:
        library: The library.
        retriever: Finds the article that a description fits best.
    """

    def __init__(self, library: Library, retriever: HybridRetriever) -> None:
        self._library = library
        self._retriever = retriever

    def answer(self, act: Act, query: Query, search_filter: SearchFilter | None = None) -> Answer | None:
        """The answer, or None where the question is none that the records tell.

        Args:
            act: What is asked of the library.
            query: How the question was read.
            search_filter: Which articles count.
        """
        records = list(self._library.live.records.values())
        if search_filter is not None:
            records = list(self._library.live.chosen(search_filter).records.values())
        wanted = _wanted(query, records)
        if act in (Act.DATE_OF, Act.PUBLISHER_OF):
            return self._of_one(act, query, wanted, search_filter)
        fitting = [record for record in records if wanted.admits(record)]
        if wanted.subject:
            speaking = self._speaking_of(wanted.subject, search_filter)
            fitting = [record for record in fitting if record.id in speaking]
        fitting.sort(key=lambda record: (record.published or datetime.date.min, record.id), reverse=True)
        if act is Act.HOLDS and not wanted.in_words:
            return self._told(query, _holding(records), [])
        if act in (Act.NEWEST, Act.OLDEST):
            return self._at_the_end(act, query, wanted, fitting)
        if not fitting:
            return self._told(query, f"Thư viện không có bài nào{wanted.in_words}.", [])
        count = f"Thư viện có {_grouped(len(fitting))} bài{wanted.in_words}"
        if act is Act.COUNT and not wanted.in_words:
            return self._told(query, f"{count}.", [])
        return self._told(query, f"{count}: ", fitting)

    def _of_one(self, act: Act, query: Query, wanted: _Wanted, search_filter: SearchFilter | None) -> Answer | None:
        """The day or the publisher of the article that a question describes."""
        if not wanted.subject:
            return None
        hits = self._retriever.search(self._retriever.understand(wanted.subject), 1, search_filter)
        if not hits:
            return None
        record = self._library.live.records.get(hits[0].stored.passage.article_id)
        if record is None:
            return None
        if act is Act.DATE_OF:
            told = f"đăng ngày {_day(record.published)}" if record.published else "không ghi ngày đăng"
        else:
            told = f"do {record.publisher} đăng" if record.publisher else "không ghi do báo nào đăng"
            told += f", tác giả {record.author}" if record.author else ""
        return self._told(query, f"Bài “{record.title}” {told}", [record], listed=False)

    def _at_the_end(self, act: Act, query: Query, wanted: _Wanted, fitting: Sequence[ArticleRecord]) -> Answer:
        dated = [record for record in fitting if record.published is not None]
        if not dated:
            return self._told(query, f"Thư viện không có bài nào{wanted.in_words} mà có ghi ngày đăng.", [])
        last = dated[0].published if act is Act.NEWEST else dated[-1].published
        named = "mới nhất" if act is Act.NEWEST else "cũ nhất"
        same = [record for record in dated if record.published == last]
        count = f"Bài {named}{wanted.in_words}" if len(same) == 1 else f"{len(same)} bài {named}{wanted.in_words}"
        return self._told(query, f"{count}: ", same)

    def _speaking_of(self, subject: str, search_filter: SearchFilter | None) -> set[str]:
        """Ids of the articles that say the words of a subject one after the other."""
        words = folded_syllables(subject)
        phrase = f" {' '.join(words)} "
        terms = dict.fromkeys(with_bigrams(words), 1.0)
        found = self._library.lexical.search(terms, _LOOKED_INTO, search_filter, self._library.live)
        stored = self._library.passages(list(found)).values()
        return {one.passage.article_id for one in stored if phrase in _said(one)}

    def _told(self, query: Query, text: str, records: Sequence[ArticleRecord], *, listed: bool = True) -> Answer:
        named = records[:_NAMED]
        citations = [self._cited(number, record) for number, record in enumerate(named, 1)]
        if listed and named:
            text += "; ".join(
                f"“{record.title}”{f' ({_day(record.published)})' if record.published else ''} [{number}]"
                for number, record in enumerate(named, 1)
            )
            text += f"; và {_grouped(len(records) - len(named))} bài khác." if len(records) > len(named) else "."
        elif named:
            text += " [1]."
        return Answer(
            query.question,
            text,
            (),
            abstained=False,
            confidence=1.0,
            citations=tuple(citations),
            query=query,
            origin=Origin.RECORDS,
        )

    def _cited(self, number: int, record: ArticleRecord) -> Citation:
        stored = self._library.passages([record.head])[record.head]
        start, end = _first_sentence(stored)
        return check(cite(number, stored, start, end), self._library.article(record.id, record.version))


def _first_sentence(stored: StoredPassage) -> tuple[int, int]:
    """Offsets in the article's body of its first sentence that gives no orders to a machine."""
    text, offset = stored.passage.text, stored.passage.start
    spans = [(start, end) for start, end in sentence_spans(text) if text[start:end].strip()]
    start, end = next((one for one in spans if not is_instruction(text[slice(*one)])), spans[0])
    return offset + start, offset + end


def _said(stored: StoredPassage) -> str:
    return f" {' '.join(folded_syllables(f'{stored.title} . {stored.passage.text}'))} "


def _wanted(query: Query, records: Sequence[ArticleRecord]) -> _Wanted:
    question = query.restored
    asked = f" {' '.join(folded_syllables(question))} "
    publishers = {record.publisher for record in records if record.publisher}
    named = [one for one in publishers if f" {' '.join(folded_syllables(one))} " in asked]
    publisher = max(named, key=len, default="")
    period, fits = _period(query)
    subject = _subject(question, publisher, period)

    def admits(record: ArticleRecord) -> bool:
        if publisher and fold(publisher) not in fold(record.publisher or ""):
            return False
        return fits is None or (record.published is not None and fits(record.published))

    return _Wanted(period, publisher, subject, admits)


def _period(query: Query) -> tuple[str, Callable[[datetime.date], bool] | None]:
    """The days that a question is restricted to, in words and as a test; None where it is not."""
    folded, time = fold(query.restored), query.time
    years = sorted(time.years)
    if span := _YEARS.search(folded):
        first, last = int(span[1]), int(span[2])
        return f"từ năm {first} đến năm {last}", lambda day: first <= day.year <= last
    if time.days:
        days, year = sorted(time.days), years[0] if years else None
        written = f"ngày {days[0][0]}/{days[0][1]}" + (f"/{year}" if year else "")
        return written, lambda day: (day.day, day.month) in time.days and year in (None, day.year)
    if month := _MONTH.search(folded):
        wanted, year = int(month[1]), int(month[2]) if month[2] else None
        written = f"tháng {wanted}" + (f"/{year}" if year else "")
        return written, lambda day: day.month == wanted and year in (None, day.year)
    if years:
        return "năm " + ", ".join(map(str, years)), lambda day: day.year in time.years
    return "", None


def _subject(question: str, publisher: str, period: str) -> str:
    """What is left of a question without the words that only ask for articles, whose they are and from when."""
    text = re.sub(re.escape(publisher), " ", question, flags=re.IGNORECASE) if publisher else question
    if period:
        text = _TIME.sub(" ", text)
    wording = Wording(" ".join(text.split()))
    first, last = 0, len(wording)
    while first < last and (length := wording.longest(first, "record_words")):
        first += length
    while last > first:
        ends = [place for place in range(first, last) if wording.longest(place, "record_words") == last - place]
        if not ends:
            break
        last = ends[0]
    return wording.slice(Span(first, last)).strip(' ?.,:;“”"') if last > first else ""


def _holding(records: Sequence[ArticleRecord]) -> str:
    if not records:
        return "Thư viện chưa có bài nào."
    days = sorted(record.published for record in records if record.published is not None)
    publishers = Counter(record.publisher for record in records if record.publisher).most_common(_PUBLISHERS_NAMED)
    text = f"Thư viện có {_grouped(len(records))} bài"
    if days:
        text += f", đăng từ ngày {_day(days[0])} đến ngày {_day(days[-1])}"
    if publishers:
        text += ", nhiều nhất của " + ", ".join(f"{name} ({count} bài)" for name, count in publishers)
    return f"{text}."


def _day(day: datetime.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", ".")
