"""Whether an article speaks of what a question names: its numbers and names, the post that somebody holds."""

import functools
import re
from collections.abc import Collection, Sequence

from rag.retrieval.query import Query
from rag.store.records import StoredPassage
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables, syllable_texts, syllables, with_bigrams
from rag.vietnamese.word_lists import word_list

_AROUND = 60  # characters on each side
_CACHED_QUESTIONS = 64  # each is compared with every candidate for its answer
# Before a post that somebody is asked to hold: the start of the question, or a word for holding it.
_HELD = r"(?:^|\b(?:la|lam|giu|chuc|chuc vu|duoc bo nhiem|dam nhiem)\s+)"
_DEPUTY = re.compile(r"\b(?:pho|nguyen|cuu|quyen|tro ly|thu ky)\s+$")


def names_nothing_else(question: str, stored: StoredPassage) -> bool:
    """Whether every number and name of a question stands in the passage, its headline, its publisher or its day.

    Args:
        question: With its accents.
        stored: The passage that answers it.
    """
    named = [word.text for word in syllables(question)[1:] if word.text[0].isdigit() or word.text[0].isupper()]
    return set(folded_syllables(" ".join(named))) <= said_with(stored)


def said_with(stored: StoredPassage, opening: str = "") -> set[str]:
    """The folded syllables and bigrams of a passage, its headline, its publisher and its day.

    Args:
        stored: The passage.
        opening: The first passage of its article, where what that says counts, too.
    """
    day = stored.published.strftime("%d %m %Y") if stored.published else ""
    return {
        term
        for text in (stored.title, opening, stored.passage.text, stored.publisher or "", day)
        for term in with_bigrams(folded_syllables(text))
    }


def missing_names(query: Query, there: Collection[str]) -> float:
    """Share of the capitalised words of a question that are missing; an abbreviation is there in full, too.

    Args:
        query: How the question was read.
        there: The folded syllables of the text, as `said_with` has them.
    """
    full = {
        fold(part): folded_syllables(expansion.long)
        for expansion in query.expansions
        for part in folded_syllables(expansion.short)
    }
    words = [fold(word) for word in _names(syllable_texts(query.restored))]
    found = [word in there or (word in full and all(one in there for one in full[word])) for word in words]
    return 1.0 - sum(found) / len(found) if found else 0.0


def _names(words: Sequence[str]) -> Sequence[str]:
    """The capitalised words of a question; the first one where more of it than the first letter is, or the next too."""
    first = words[:1]
    if first and not (first[0][1:] != first[0][1:].lower() or (len(words) > 1 and words[1][0].isupper())):
        words = words[1:]
    return [word for word in words if word[0].isupper()]


def names_post_of(question: str, sentence: str) -> bool:
    """Whether a sentence names the post whose holder is asked for, and not only a deputy's; True where none is.

    Example:
        >>> names_post_of("Ai là Bí thư Đảng ủy?", "Ông Lê Văn Tám – Phó Bí thư Đảng ủy")
        False
    """
    posts, said = _posts_asked(question), fold(sentence)
    return not posts or any(
        _DEPUTY.search(said[: match.start()]) is None
        for post in posts
        for match in re.finditer(rf"\b{re.escape(post)}\b", said)
    )


@functools.lru_cache(maxsize=_CACHED_QUESTIONS)
def _posts_asked(question: str) -> tuple[str, ...]:
    """The posts, folded, whose holder a question asks for."""
    asked = fold(question)
    offices = [fold(post) for post in word_list("offices")]
    # "Thành viên nào xin thôi?" describes somebody, whose post need not be told again where he does it.
    described = "|".join(re.escape(post) for post in offices)
    asked = re.sub(rf"^(?:{described})\b(?=[^?]*?\bnao\b)", "", asked)
    posts = [post for post in offices if re.search(rf"{_HELD}{re.escape(post)}\b", asked)]
    # "phó bí thư" is asked for where it stands, not the "bí thư" in it.
    return tuple(post for post in posts if not any(post != other and post in other for other in posts))


def words_around(text: str, sentence: tuple[int, int], start: int, end: int) -> str:
    """The words near a place in a sentence: the entry of a roster, not the whole of it.

    Args:
        text: The passage.
        sentence: Start and end of the sentence.
        start: Where the place begins.
        end: Where it ends.
    """
    before = text[max(sentence[0], start - _AROUND) : start].rpartition(";")[2]
    behind = text[end : min(sentence[1], end + _AROUND)].partition(";")[0]
    return before + text[start:end] + behind
