"""Whether an article speaks of what a question names: only then is the question said again as a statement."""

from rag.store.records import StoredPassage
from rag.vietnamese.syllables import folded_syllables, syllables


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
