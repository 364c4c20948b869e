"""Whether an article speaks of what a question names: its numbers and names, the post that somebody holds."""

import re

from rag.store.records import StoredPassage
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables, syllables
from rag.vietnamese.word_lists import word_list

_DEPUTY = re.compile(r"\b(?:pho|nguyen|cuu|quyen|tro ly|thu ky)\s+$")


def names_nothing_else(question: str, stored: StoredPassage) -> bool:
    """Whether every number and name of a question stands in the passage, its headline or its day.

    Args:
        question: With its accents.
        stored: The passage that answers it.
    """
    day = stored.published.strftime("%d %m %Y") if stored.published else ""
    there = set(folded_syllables(f"{stored.title} {stored.passage.text} {day} {stored.publisher or ''}"))
    named = [word.text for word in syllables(question)[1:] if word.text[0].isdigit() or word.text[0].isupper()]
    return set(folded_syllables(" ".join(named))) <= there


def names_post_of(question: str, sentence: str) -> bool:
    """Whether a sentence names the post that a question asks about, and not only a deputy's; True where it names none.

    Example:
        >>> names_post_of("Ai là Bí thư Đảng ủy?", "Ông Lê Văn Tám – Phó Bí thư Đảng ủy")
        False
    """
    asked, said = fold(question), fold(sentence)
    posts = [fold(post) for post in word_list("offices") if re.search(rf"\b{re.escape(fold(post))}\b", asked)]
    # "phó bí thư" is asked for where it stands, not the "bí thư" in it.
    posts = [post for post in posts if not any(post != other and post in other for other in posts)]
    return not posts or any(
        _DEPUTY.search(said[: match.start()]) is None
        for post in posts
        for match in re.finditer(rf"\b{re.escape(post)}\b", said)
    )
