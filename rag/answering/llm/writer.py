"""Answers in a model's words, sentence by sentence as each has been checked; the extractive answer where that fails."""

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from rag.answering.answer import Answer, Citation
from rag.answering.citations import check, cite
from rag.answering.llm.calls import ModelFailedError, streamed
from rag.answering.llm.claims import UNVERIFIED, Claim, Support, checked, cited_numbers
from rag.answering.llm.prompts import ANSWER, NOT_IN_PASSAGES, numbered
from rag.answering.llm.rewriting import rewritten
from rag.answering.llm.sentences import whole_sentences
from rag.article import Article
from rag.conversation.history import Turn
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.library import Library
from rag.store.records import StoredPassage
from rag.vietnamese.normalise import fold

_log = logging.getLogger(__name__)

_MOST_SENTENCES = 8
_INSTEAD = "Dưới đây là câu trích nguyên văn."
_NOT_FOUND_BY_MODEL = "Mô hình ngôn ngữ không thấy câu trả lời trong các đoạn tìm được."
_UNPROVEN = "Không kiểm chứng được câu trả lời của mô hình ngôn ngữ."


@dataclass
class _Written:
    """The answer so far."""

    text: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    @property
    def proven(self) -> int:
        return sum(claim.verified for claim in self.claims)


class AnswerWriter:
    """Writes answers with a language model.

    Args:
        library: Where citations are checked, and whose settings count.
        model: The model.
    """

    def __init__(self, library: Library, model: BaseChatModel) -> None:
        self._library = library
        self._model = model

    def write(
        self,
        query: Query,
        hits: Sequence[Hit],
        extractive: Answer,
        config: RunnableConfig | None = None,
    ) -> Generator[str, None, Answer]:
        """The answer of the model, each sentence given out once it has been checked.

        Args:
            query: How the question was read.
            hits: The passages, best first; at least one.
            extractive: What is answered where the model fails or finds nothing.
            config: Its callbacks see the call.

        Returns:
            The whole answer: the model's, or the extractive one with a note.
        """
        passages = [hit.stored for hit in hits[: self._library.settings.llm_passages]]
        for last_try in (False, True):
            written = _Written()
            try:
                for sentence in self._sentences(query, passages, config):
                    if not written.claims and _says_not_found(sentence):
                        return replace(extractive, note=f"{_NOT_FOUND_BY_MODEL} {_INSTEAD}")
                    claim = checked(sentence, passages, self._spellings)
                    if claim is not None and all(claim.text != before.text for before in written.claims):
                        yield self._take(written, claim)
                break
            except ModelFailedError as error:
                # What has been shown cannot be taken back by a second answer: only an empty page is tried again.
                if last_try or written.claims:
                    return replace(extractive, note=f"{error.note} {_INSTEAD}")
        _log.info("llm answer: %d of %d sentences verified", written.proven, len(written.claims))
        if not written.proven:
            return replace(extractive, note=f"{_UNPROVEN} {_INSTEAD}")
        return self._answer(query, written, extractive)

    def rewritten(self, query: Query, said: Sequence[Turn], config: RunnableConfig | None = None) -> str | None:
        """The question as the model makes it stand alone; None where the reading by rules is to stay."""
        settings = self._library.settings
        return rewritten(
            self._model,
            query.question,
            said,
            self._spellings,
            settings.llm_timeout,
            settings.max_question_characters,
            config,
        )

    def _sentences(
        self, query: Query, passages: Sequence[StoredPassage], config: RunnableConfig | None
    ) -> Iterator[str]:
        messages = ANSWER.format_messages(passages=numbered(passages), question=query.restored)
        seconds = self._library.settings.llm_timeout
        pieces = streamed(self._model, messages, seconds, config, "answer")
        for number, sentence in enumerate(whole_sentences(pieces)):
            if number >= _MOST_SENTENCES:
                return
            yield sentence

    def _take(self, written: _Written, claim: Claim) -> str:
        """Add a claim with its citations; returns how it is shown."""
        written.claims.append(claim)
        numbers = list(dict.fromkeys(self._number(written, support) for support in claim.support))
        marks = "".join(f"[{number}]" for number in numbers) if numbers else UNVERIFIED
        shown = f"{claim.text} {marks}"
        written.text.append(shown)
        return shown if len(written.text) == 1 else f" {shown}"

    def _number(self, written: _Written, support: Support) -> int:
        """The number of a quote: its own if it is cited already, else the next."""
        passage = support.stored.passage
        for citation in written.citations:
            if (citation.article, citation.start, citation.end) == (passage.article_id, support.start, support.end):
                return citation.n
        number = len(written.citations) + 1
        citation = cite(number, support.stored, support.start, support.end)
        written.citations.append(check(citation, self._article(support)))
        return number

    def _article(self, support: Support) -> Article | None:
        return self._library.article(support.stored.passage.article_id, support.stored.version)

    def _answer(self, query: Query, written: _Written, extractive: Answer) -> Answer:
        return Answer(
            query.question,
            " ".join(written.text),
            tuple(citation.quote for citation in written.citations),
            abstained=False,
            confidence=round(extractive.confidence * written.proven / len(written.claims), 4),
            citations=tuple(written.citations),
            query=query,
            unverified=tuple(claim.text for claim in written.claims if not claim.verified),
            written=True,
        )

    def _spellings(self, text: str) -> list[str]:
        language = self._library.language
        return [
            *(expansion.long for expansion in language.expansions(text)),
            *language.abbreviations.short_forms(text),
        ]


def _says_not_found(sentence: str) -> bool:
    return fold(NOT_IN_PASSAGES) in fold(sentence) and not cited_numbers(sentence)
