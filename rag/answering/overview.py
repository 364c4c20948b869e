"""What the articles say about a word or a name that was typed alone: sentences, and no verdict."""

from collections.abc import Sequence

from rag.answering.finding import Part
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.vietnamese.syllables import folded_syllables
from rag.vietnamese.wording import Wording

_LONGEST_SUBJECT = 4  # syllables
_SENTENCES = 3
_SHORTEST, _LONGEST = 6, 60  # syllables of a sentence that tells something


def is_subject(query: Query) -> bool:
    """Whether a turn is a word or a name, and asks nothing: "doanh thu", "BK-24"."""
    wording = Wording(query.restored)
    asks = "?" in query.question or next(wording.find("asking_words"), None) is not None
    return not asks and 0 < len(wording) <= _LONGEST_SUBJECT


def telling_sentences(query: Query, hits: Sequence[Hit]) -> list[Part]:
    """Up to three sentences that say the words one after the other, of different articles where there are such.

    Args:
        query: The word or name.
        hits: The passages, best first.
    """
    wordings = {f" {' '.join(folded_syllables(text))} " for text in (query.restored, query.text)}
    found: list[Part] = []
    for hit in hits:
        for one in hit.parts.sentences:
            words = folded_syllables(hit.text[one.start : one.end])
            said = f" {' '.join(words)} "
            if _SHORTEST <= len(words) <= _LONGEST and any(wording in said for wording in wordings):
                found.append(Part(hit, one.start, one.end, (one.start, one.end)))
                break
    first_of_article = {part.hit.stored.passage.article_id: part for part in reversed(found)}
    chosen = [part for part in found if first_of_article[part.hit.stored.passage.article_id] is part]
    return [*chosen, *(part for part in found if part not in chosen)][:_SENTENCES]
