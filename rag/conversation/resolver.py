"""Reads a question in the light of the conversation: over one library, without a language model."""

import functools
from collections.abc import Sequence
from dataclasses import replace

from rag.conversation.follow_up import before, stand_alone
from rag.conversation.history import Message, turns
from rag.errors import QuestionError
from rag.retrieval.query import Query
from rag.retrieval.retriever import HybridRetriever
from rag.vietnamese.normalise import fold

# How far behind the best passage the article answered from may be for a question that names nothing to be about it.
_BELONGS_MARGIN = 0.08
_LOOKED_AT = 20


class FollowUps:
    """Makes follow-up questions stand alone.

    Args:
        retriever: Reads questions, and tells which article an answer was about.

    Example:
        >>> FollowUps(retriever).read("Còn phó bí thư?", history).restored  # doctest: +SKIP
        'Ai là phó bí thư Đảng ủy BMĐH?'
    """

    def __init__(self, retriever: HybridRetriever) -> None:
        self._retriever = retriever

    def read(self, question: str, history: Sequence[Message]) -> Query:
        """How a question is searched after what was said before it.

        Args:
            question: As typed.
            history: Messages with `role` and `content`; only the last few turns are read.

        Raises:
            QuestionError: The question is empty or too long.
        """
        query = self._retriever.understand(question)
        longest = self._retriever.library.settings.max_question_characters
        said: list[tuple[str, str]] = []
        for turn in turns(history, longest):
            asked = self._made_whole(self._retriever.understand(turn.question), said)
            said.append((asked.restored, turn.answer))
        return replace(self._made_whole(query, said), before=tuple(said))

    def _made_whole(self, query: Query, said: Sequence[tuple[str, str]]) -> Query:
        if not said:
            return query
        called = self._retriever.library.language.names.called
        whole = stand_alone(
            query.restored,
            before(said, called),
            called,
            bare=_bare(query.question),
            belongs=functools.partial(self._belongs, said[-1]),
        )
        if whole == query.restored:
            return query
        try:
            return replace(self._retriever.understand(whole), question=query.question)
        except QuestionError:  # what is carried over makes it too long
            return query

    def _belongs(self, last: tuple[str, str], question: str) -> bool:
        """Whether the article that was answered from holds the words of a question about as well as any other."""
        asked, answered = last
        longest = self._retriever.library.settings.max_question_characters
        about = self._retriever.search(self._retriever.understand(f"{asked} {answered}"[:longest]), 1)
        found = self._retriever.search(self._retriever.understand(question), _LOOKED_AT)
        if not about or not found:
            return False
        article = about[0].stored.passage.article_id
        best = max(
            (hit.score.total for hit in found if hit.stored.passage.article_id == article), default=float("-inf")
        )
        return best >= found[0].score.total - _BELONGS_MARGIN


def _bare(text: str) -> bool:
    """Whether a text was typed without accents."""
    return fold(text) == text.lower()
