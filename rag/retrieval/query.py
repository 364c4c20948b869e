"""How a question is read before anything is searched: accents, abbreviations, dates, names.

Each step is one function of `Query`'s making and can be switched off with `QueryOptions`; the evaluation's
ablation table shows what each is worth.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.errors import QuestionError
from rag.store.language import CorpusLanguage
from rag.vietnamese.abbreviations import Expansion
from rag.vietnamese.normalise import settle_tone_marks, to_nfc
from rag.vietnamese.politeness import asked_plainly
from rag.vietnamese.syllables import bigrams, folded_syllables, with_bigrams
from rag.vietnamese.time_expressions import TimeReference, time_reference
from rag.vietnamese.typos import put_right
from rag.vietnamese.wording import Wording

_LAST_YEAR = re.compile(r"(?<!so với )(?<!hơn )\bnăm ngoái\b", re.IGNORECASE)
# Weight of a term that the question implies but does not say, beside 1.0 for one that it says.
_IMPLIED = 0.5


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """Which steps are taken.

    Attributes:
        restore_accents: Give syllables typed without accents the ones that the articles use.
        expand_abbreviations: Read "TGĐ" as "Tổng Giám đốc", and look for "TGĐ" where "Tổng Giám đốc" is asked.
        prefer_dates: Prefer passages of the years asked for, and know a day or quarter in its other spellings.
        match_names: Look for the full names of people who are called by title and given name ("ông Thắng").
        read_sentences: Prefer passages with one sentence that holds much of the question.
    """

    restore_accents: bool = True
    expand_abbreviations: bool = True
    prefer_dates: bool = True
    match_names: bool = True
    read_sentences: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched.

    Attributes:
        question: What the user typed, in NFC, without outer space.
        restored: What it asks, without polite words, its accents restored, its short forms as the articles write them.
        text: The same with abbreviations spelled out: what the embedding model reads.
        terms: Folded syllables and bigrams with their weights: what the lexical index is asked.
        expansions: The abbreviations found, with what they were taken to mean.
        names: Full names of the people called by a part of their name.
        time: The years, terms, quarters and days asked for.
        options: The steps taken.
        latest: Whether it asks how things stand now.
        before: Questions and answers of the conversation before it, oldest first.
    """

    question: str
    restored: str
    text: str
    terms: Mapping[str, float]
    expansions: tuple[Expansion, ...]
    names: tuple[str, ...]
    time: TimeReference
    options: QueryOptions
    latest: bool = False
    before: tuple[tuple[str, str], ...] = ()


def checked_question(question: str, max_characters: int) -> str:
    """The question in NFC without outer or repeated space.

    Raises:
        QuestionError: It is empty or too long.
    """
    cleaned = " ".join(to_nfc(question).replace("\0", " ").split())
    if not cleaned:
        raise QuestionError("Câu hỏi đang trống.", "Hãy nhập câu hỏi, ví dụ “Hội nghị diễn ra khi nào?”.")
    if len(cleaned) > max_characters:
        raise QuestionError(
            "Câu hỏi dài {characters} ký tự, quá giới hạn {limit} ký tự.",
            "Hãy hỏi ngắn gọn hơn, mỗi lần một ý.",
            characters=len(cleaned),
            limit=max_characters,
        )
    return cleaned


def understand(question: str, language: CorpusLanguage, options: QueryOptions) -> Query:
    """Read a question.

    Args:
        question: As `checked_question` returns it.
        language: What the indexed text teaches about accents, abbreviations and names.
        options: Which steps to take.
    """
    plain = asked_plainly(question)
    restored = settle_tone_marks(plain)
    if options.restore_accents:
        restored = put_right(language.accents.restore(plain), language.accents)
    restored = _LAST_YEAR.sub(f"năm {datetime.datetime.now().astimezone().year - 1}", restored)
    expansions = []
    if options.expand_abbreviations:
        expansions = [_as_explained(one, language) for one in language.expansions(restored)]
        restored = _with_short_forms(restored, expansions)
    names = language.names.called(restored) if options.match_names else []
    time = time_reference(restored)
    implied = [
        *(term for expansion in expansions for term in with_bigrams(folded_syllables(expansion.long))),
        *(language.abbreviations.short_forms(restored) if options.expand_abbreviations else ()),
        *(pair for name in names for pair in bigrams(folded_syllables(name))),  # a lone given name is a common word
        *(time.index_terms() if options.prefer_dates else ()),
    ]
    terms = dict.fromkeys(with_bigrams(folded_syllables(restored)), 1.0)
    for term in implied:
        terms.setdefault(term, _IMPLIED)
    return Query(
        question,
        restored,
        _spelled_out(restored, expansions),
        terms,
        tuple(expansions),
        tuple(names),
        time,
        options,
        latest=not time.years and next(Wording(restored).find("now_words"), None) is not None,
    )


def _as_explained(expansion: Expansion, language: CorpusLanguage) -> Expansion:
    """In capitals where the articles explain it and the question has none: all that reads names looks for those."""
    if expansion.short.islower() and language.abbreviations.explains(expansion.short):
        return replace(expansion, short=expansion.short.upper())
    return expansion


def _with_short_forms(text: str, expansions: list[Expansion]) -> str:
    for expansion in expansions:
        text = text[: expansion.start] + expansion.short + text[expansion.end :]
    return text


def _spelled_out(text: str, expansions: list[Expansion]) -> str:
    for expansion in reversed(expansions):
        text = text[: expansion.start] + expansion.long + text[expansion.end :]
    return text
