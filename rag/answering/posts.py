"""Whether a person holds the post that a question asks about, by what the passage says of that person."""

import functools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.answering.question import AnswerKind, AskedFor
from rag.answering.support import said_with
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.records import StoredPassage
from rag.vietnamese.abbreviations import general_long_form
from rag.vietnamese.expressions import Place
from rag.vietnamese.normalise import fold
from rag.vietnamese.posts import Holder, holders, post_end, post_places, title_key
from rag.vietnamese.syllables import folded_syllables, syllables
from rag.vietnamese.word_lists import any_of, word_list

_HELD_BEFORE = re.compile(r"\b(?:la|lam|giu|chuc|chuc vu|duoc bo nhiem|dam nhiem|duoc bau)\s*$")
_ANOTHER_BEFORE = re.compile(r"(?:,|\bkiem|\bva)\s*$")
_SEVERAL_BEFORE = re.compile(r"(?:nhung|cac|hai|ba|bon|nam|sau|\d)\s(?:(?:vi|dong chi|ong|ba|nguoi)\s)?")
# "nguyên Giám đốc", "Bí thư khóa trước": somebody else holds the post now.
_FORMER_BEFORE = re.compile(r"\b(?:nguyên|cựu)\s*$", re.IGNORECASE)
_FORMER_BEHIND = re.compile(r"\s*\(?(?:khóa|nhiệm kỳ) (?:trước|cũ|vừa qua)\b|\s*cũ\b", re.IGNORECASE)
_ASKS_THE_PAST = re.compile(r"\b(?:nguyên|cựu|từng|cũ|trước|tiền nhiệm)\b", re.IGNORECASE)
# "Ai đứng đầu Công đoàn?", but not "đứng đầu giải": who heads a body holds its first post, whatever that is called.
_HEADS = re.compile(r"\b(?:đứng đầu|lãnh đạo|phụ trách chung)\s(?:tổ chức\s)?", re.IGNORECASE)
# "Ông Tám lên làm Giám đốc thay ai?" asks who was before him.
_ASKS_WHO_WAS_BEFORE = re.compile(
    r"\b(?:thay|thay thế|thế chỗ|kế nhiệm|nối tiếp)(?: cho| vị trí của)? ai\b", re.IGNORECASE
)
_ASKS_ITS_HOLDER = re.compile(r"\b(?:la|ten|gom|gom co)\s*$")
_OTHER_BODY_KNOWN = 0.7  # the body stands elsewhere in the article, not with the post
_MOSTLY_KNOWN = 0.6  # share of a body's words: the others may be another way to say it
_ANOTHER_POST_ASKED = 0.7  # a post of the right person, but without the words that the question uses


@dataclass(frozen=True, slots=True)
class _AskedPost:
    """A post that a question names: its title ("" for the first of a body) and the other words, all folded.

    `body` are those words that the post cannot do without: "Giám đốc" alone heads a company, not a union.
    """

    title: str
    words: tuple[str, ...]
    body: frozenset[str] = frozenset()


class PostQuestion:
    """What a question asks about posts: who holds one, or which one somebody holds.

    Args:
        query: How the question was read.
        asked: What it asks for.
    """

    def __init__(self, query: Query, asked: AskedFor) -> None:
        self._kind = asked.kind
        self._query = query
        self._full = {fold(one.short): folded_syllables(one.long) for one in query.expansions}
        # Short forms of what the question names, as the articles have them: "VSP" where it spells the company out.
        self._short_forms = set(query.terms) - set(folded_syllables(query.text))
        self._folded = f" {' '.join(folded_syllables(query.restored))} "
        asks_who = asked.kind in (AnswerKind.WHO, AnswerKind.LIST) and not _ASKS_WHO_WAS_BEFORE.search(query.restored)
        self._readings = _posts_asked(query, asked) if asks_who else ()

    @property
    def asks_for_holder(self) -> bool:
        """Whether the question asks who holds a post."""
        return any(self._readings)

    def places(self, text: str) -> list[Place]:
        """The posts of the people whose post is asked for; empty for any other question."""
        if self._kind is not AnswerKind.ROLE:
            return []
        about = [one.posts for one in holders(text) if self._is_about(text, one)]
        whole = [Place(posts[0].start, posts[-1].end) for posts in about if len(posts) > 1]
        return [post for posts in about for post in posts] + whole

    def holders(self, hit: Hit) -> list[Place]:
        """The names of those whom a passage gives the post that is asked about."""
        if not self.asks_for_holder:
            return []
        return [one.name for one in holders(hit.text) if self._holds(hit, one) > 0]

    def agreement(self, hit: Hit, start: int, end: int) -> float:
        """Whether a span answers as the passage's own words about that person have it.

        Args:
            hit: The passage.
            start: Offset of the span in its text.
            end: Offset behind it.

        Returns:
            From -1.0 (the passage gives this person another post, or this post to another person) to 1.0; 0.0 where
            nothing is asked about posts, or the passage does not tell.
        """
        text = hit.text
        if self._kind is AnswerKind.ROLE:
            return self._role_agreement(text, start, end)
        if not self.asks_for_holder:
            return 0.0
        name = fold(text[start:end])
        held = [one for one in holders(text) if fold(text[one.name.start : one.name.end]) in name]
        return max((self._holds(hit, one) for one in held), default=0.0)

    def _is_about(self, text: str, holder: Holder) -> bool:
        name = text[holder.name.start : holder.name.end]
        return name in self._query.names or f" {' '.join(folded_syllables(name))} " in self._folded

    def _role_agreement(self, text: str, start: int, end: int) -> float:
        told = [one for one in holders(text) if one.posts[0].start < end and start < one.posts[-1].end]
        if not told:
            return 0.0
        if not any(self._is_about(text, one) for one in told):
            return -1.0
        title_and_body = folded_syllables(text[start:end])
        return 1.0 if any(f" {word} " in self._folded for word in title_and_body) else _ANOTHER_POST_ASKED

    def _holds(self, hit: Hit, holder: Holder) -> float:
        """How well the posts of a person agree with those asked about, in the better of the question's readings."""
        return max(
            min(max(self._same_post(hit, place, post) for place in holder.posts) for post in posts)
            for posts in self._readings
            if posts
        )

    def _same_post(self, hit: Hit, place: Place, asked: _AskedPost) -> float:
        if self._was_held(hit.as_read, place):
            return -1.0
        text = hit.text[place.start : place.end]
        title, whole = next(post_places(text))
        held = title_key(text[title.start : title.end])
        if held != asked.title and (asked.title or not _heads_a_body(held)):
            # "kỹ sư Lê Văn Tám" may hold any post, and "trưởng ban" may be short for "Trưởng Ban Kiểm soát".
            untold = not _degrees().isdisjoint((held, asked.title)) or held.startswith(f"{asked.title} ")
            return 0.0 if untold else -1.0
        rest = text[title.end : whole.end]
        return self._same_body(hit, rest, rest if asked.title else text, asked)

    def _same_body(self, hit: Hit, rest: str, told: str, asked: _AskedPost) -> float:
        """How well what stands behind a title agrees with the question; `told` is that with all that names a body."""
        there = self._with_full_forms(folded_syllables(told))
        short_forms = self._short_forms & there
        missing = [
            word
            for word in asked.words
            if not (word in there or _abbreviates(word, folded_syllables(rest)) or _shortened(word, short_forms))
        ]
        if not missing:
            return 1.0
        other_body = not asked.body.isdisjoint(missing)
        if other_body and not rest.strip() and asked.body <= set(folded_syllables(hit.stored.title)):
            return 0.0  # "Bí thư là ông Tám" under a headline about the body
        wanted = f" {' '.join(asked.words)} "
        other_rank = any(f" {rank} " in wanted and not set(rank.split()) <= there for rank in _ranks())
        if other_rank or other_body or self._names_another_body(rest, asked):
            return -1.0
        in_article = self._with_full_forms(said_with(hit.stored, hit.opening))
        known = sum(word in in_article for word in missing) / len(missing)
        if known == 1.0:
            return _OTHER_BODY_KNOWN
        return 0.0 if known >= _MOSTLY_KNOWN else -1.0

    def _was_held(self, stored: StoredPassage, place: Place) -> bool:
        """Whether a passage tells of a post that somebody has no longer, and the question does not look back."""
        text = stored.passage.text
        if not (_FORMER_BEFORE.search(text[: place.start]) or _FORMER_BEHIND.match(text, place.end)):
            return False
        asked = {*self._query.time.years, *(last for _, last in self._query.time.terms)}
        looks_back = asked and (stored.published is None or max(asked) < stored.published.year)
        return not looks_back and _ASKS_THE_PAST.search(self._query.restored) is None

    def _names_another_body(self, rest: str, asked: _AskedPost) -> bool:
        """Whether a post names a body that the question does not: "Bí thư Đảng ủy Khối" for the one of a company."""
        own = [fold(word.text) for word in syllables(_body_nouns().sub(" ", rest)) if word.text[0].isupper()]
        long_forms = [self._full.get(word) or _general_forms(word) or (word,) for word in own]
        return any(
            word not in asked.words
            and not set(long_form) <= set(asked.words)
            and not _abbreviates(word, asked.words)
            and not any(_shortened(one, {word}) for one in asked.words)
            for word, long_form in zip(own, long_forms, strict=True)
        )

    def _with_full_forms(self, words: Collection[str]) -> set[str]:
        """The words and those that the abbreviations among them stand for."""
        full = [self._full.get(word, ()) for word in words] + [_general_forms(word) for word in words]
        return {*words, *(word for long_form in full for word in long_form)}


def _posts_asked(query: Query, asked: AskedFor) -> tuple[tuple[_AskedPost, ...], ...]:
    """The posts whose holder is asked for, with the question's abbreviations spelled out and as they are."""
    before = fold(query.restored[: asked.start]).rstrip()
    behind = fold(query.restored[asked.start : asked.end])
    opens = bool(_ASKS_ITS_HOLDER.search(before)) or "ten" in behind.split() or "nao" in behind.split()
    return tuple(_posts_in(text, opens=opens) for text in dict.fromkeys((query.text, query.restored)))


def _posts_in(text: str, *, opens: bool) -> tuple[_AskedPost, ...]:
    """The posts of a question that are asked about: behind a word for holding one, or first in "X là ai"."""
    found: list[_AskedPost] = []
    last_end = 0
    for title, whole in post_places(text):
        if title.start < last_end:
            continue
        lead = fold(text[: title.start])
        first = (opens and not lead.strip()) or _HELD_BEFORE.search(lead) or _SEVERAL_BEFORE.fullmatch(lead)
        if first or (found and _ANOTHER_BEFORE.search(lead)):
            words = folded_syllables(text[title.end : whole.end])
            found.append(
                _AskedPost(title_key(text[title.start : title.end]), tuple(word for word in words if word != "cua"))
            )
            last_end = whole.end
    return tuple(found) or _heads_in(text)


def _heads_in(text: str) -> tuple[_AskedPost, ...]:
    """The first post of each body that a question says somebody heads."""
    found = []
    for heads in _HEADS.finditer(text):
        body = text[heads.end() : post_end(text, heads.end(), len(text))]
        noun = _organisation().match(body)
        if noun:
            told = () if _body_nouns().fullmatch(noun.group()) else folded_syllables(noun.group())
            words = tuple(word for word in folded_syllables(body) if word != "cua")
            found.append(_AskedPost("", words, frozenset(told)))
    return tuple(found)


@functools.cache
def _organisation() -> re.Pattern[str]:
    return re.compile(rf"{any_of('organisation_nouns')}(?!\w)", re.IGNORECASE)


@functools.cache
def _ranks() -> tuple[str, ...]:
    return tuple(fold(rank) for rank in word_list("rank_words"))


@functools.cache
def _degrees() -> frozenset[str]:
    return frozenset(fold(degree) for degree in word_list("degrees"))


@functools.cache
def _chief_titles() -> frozenset[str]:
    return frozenset(fold(title) for title in word_list("chief_titles"))


def _heads_a_body(title: str) -> bool:
    """Whether a post is the first of a body, whose name may be a part of it: "trưởng ban kiểm soát"."""
    return any(f"{title} ".startswith(f"{chief} ") for chief in _chief_titles())


def _abbreviates(short: str, words: Sequence[str]) -> bool:
    """Whether a word is made of the first letters of some words in a row: "ktsx" of "ky thuat san xuat"."""
    return len(short) > 1 and short in "".join(word[0] for word in words)


def _shortened(word: str, short_forms: Collection[str]) -> bool:
    """Whether one of the short forms has letters of the word, in order, from its first one on."""
    for short in short_forms:
        letters = iter(word)
        if len(short) > 1 and short[0] == word[0] and all(letter in letters for letter in short):
            return True
    return False


@functools.cache
def _body_nouns() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_of('body_nouns')}(?!\w)", re.IGNORECASE)


@functools.lru_cache(maxsize=1024)
def _general_forms(word: str) -> Sequence[str]:
    """The folded syllables of what an abbreviation of general Vietnamese stands for; none for a word."""
    return folded_syllables(general_long_form(word.upper()))
