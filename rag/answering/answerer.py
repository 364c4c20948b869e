"""The extractive answerer: from the passages found to a short answer with its citations, or an honest refusal."""

import threading
from collections.abc import Sequence

from rag.answering.answer import Answer, Citation
from rag.answering.citations import check, cite
from rag.answering.compare import Comparison, Relation, comparison
from rag.answering.compose import asked_of_article, in_place, joined, marked
from rag.answering.confidence import confidence_model
from rag.answering.definition import definition
from rag.answering.finding import Finding, Part, find
from rag.answering.instructions import without_orders
from rag.answering.overview import is_subject, telling_sentences
from rag.answering.question import AnswerKind, asked_for
from rag.answering.reading.span_reader import SpanReader
from rag.answering.standing import Publishers
from rag.answering.support import names_nothing_else
from rag.answering.values import amount_in, comparable
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit, HybridRetriever
from rag.store.library import Library
from rag.store.records import SearchFilter
from rag.vietnamese.syllables import folded_syllables

NOT_FOUND = "Không tìm thấy thông tin này trong các bài viết."

HITS = 10
_SEVERAL_FIT = "Nhiều bài viết nói đến điều này, mỗi bài một khác"
_RELATED = 3
_SUPPORTED = 0.6  # share of the threshold that one side of a comparison may be as unsure as, where the other is sure
_EXPLAINED_LOOKED_INTO = 50  # passages with the abbreviation, of which one may say what it stands for


class Answerer:
    """Answers questions with words of the articles, and with nothing else.

    Args:
        library: What is asked.
        retriever: Finds passages for the parts of a comparison.
    """

    def __init__(self, library: Library, retriever: HybridRetriever) -> None:
        self._library = library
        self._retriever = retriever
        self._publishers = Publishers.from_settings(library.settings)
        self._loading = threading.Lock()
        self._reader: SpanReader | None = None

    @property
    def reader(self) -> SpanReader:
        """The neural reader, loaded on first use.

        Raises:
            ModelError: The model under it cannot be loaded.
        """
        with self._loading:
            if self._reader is None:
                self._reader = SpanReader.shipped(self._library.embeddings.trunk)
            return self._reader

    def believed(self, hits: Sequence[Hit]) -> list[Hit]:
        """The passages that may answer: those of distrusted publishers may not, nor be shown to a language model."""
        return self._publishers.believed(hits)

    def answer(self, query: Query, hits: Sequence[Hit], search_filter: SearchFilter | None = None) -> Answer:
        """Answer a question from the passages found for it, or say that they do not.

        Args:
            query: How the question was read.
            hits: The passages that may answer, best first: see `believed`.
            search_filter: What a search for a part of the question is restricted to.
        """
        compared = comparison(query.restored)
        answer = self._compared(query, compared, search_filter) if compared is not None else None
        answer = answer or self._defined(query, hits, search_filter) or self._overview(query, hits)
        if answer is not None:
            return answer
        finding = find(query, hits, self.reader, self._retriever.rarity, publishers=self._publishers)
        if finding is not None and finding.choices:
            return self._ask_back(finding)
        if finding is None or finding.confidence < confidence_model().threshold:
            return _refused(query, hits, finding)
        return self._stated(finding)

    def _overview(self, query: Query, hits: Sequence[Hit]) -> Answer | None:
        """Sentences about a word or a name that was typed alone; None where something is asked."""
        parts = telling_sentences(query, hits) if is_subject(query) else []
        if not parts:
            return None
        citations, numbers = self._cited(parts)
        told = [f"“{part.text}” [{number}]" for part, number in zip(parts, numbers, strict=True)]
        text = f"Các bài viết nói về “{query.restored}”: {' '.join(told)}"
        return Answer(
            query.question,
            text,
            (),
            abstained=False,
            confidence=1.0,
            citations=tuple(citations),
            query=query,
        )

    def _ask_back(self, finding: Finding) -> Answer:
        """What each of several articles says, and the question which of them is meant."""
        citations, numbers = self._cited(finding.choices)
        told, choices = [], []
        for part, number in zip(finding.choices, numbers, strict=True):
            stored = part.hit.stored
            day = f" ({stored.published:%d/%m/%Y})" if stored.published else ""
            told.append(f"bài “{stored.title}”{day} nêu {part.text} [{number}]")
            choices.append(asked_of_article(finding.query.question, stored.title))
        return Answer(
            finding.query.question,
            f"{_SEVERAL_FIT}: {'; '.join(told)}. Bạn muốn hỏi bài nào?",
            tuple(part.text for part in finding.choices),
            abstained=False,
            confidence=finding.confidence,
            citations=tuple(citations),
            query=finding.query,
            kind=finding.asked.kind,
            choices=tuple(choices),
        )

    def _stated(self, finding: Finding) -> Answer:
        citations, numbers = self._cited(finding.parts)
        shorts = [part.text for part in finding.parts]
        if finding.yes is not None:
            verdict = "Có" if finding.yes else "Không"
            text = marked(f"{verdict}: “{shorts[0].strip(' .')}”", numbers)
            shorts = [verdict, *shorts]
        else:
            text = self._sentence(finding, joined(shorts), citations, numbers)
        if finding.query.latest and citations[0].published:
            text = f"{text} (Theo bài ngày {citations[0].published:%d/%m/%Y}.)"
        others = self._others(finding, len(citations))
        if others:
            text = f"{text} {others[0]}"
            citations = [*citations, *others[1]]
        return Answer(
            finding.query.question,
            text,
            tuple(shorts),
            abstained=False,
            confidence=finding.confidence,
            citations=tuple(citations),
            query=finding.query,
            kind=finding.asked.kind,
        )

    def _sentence(self, finding: Finding, short: str, citations: Sequence[Citation], numbers: Sequence[int]) -> str:
        """The question as a statement, where the cited article speaks of all that it names; else the answer alone."""
        stored = finding.parts[0].hit.stored
        statement = None
        if names_nothing_else(finding.query.restored, stored):
            statement = in_place(finding.query.restored, finding.asked, short)
        if statement is None:
            return f"{marked(short[:1].upper() + short[1:], numbers)} (Theo bài “{citations[0].title}”.)"
        return marked(statement, numbers)

    def _others(self, finding: Finding, cited: int) -> tuple[str, list[Citation]] | None:
        """What another article says instead, with its citation."""
        other = finding.disagreement
        if other is None:
            return None
        (citation,), _ = self._cited([other], cited + 1)
        day = f" ({citation.published:%d/%m/%Y})" if citation.published else ""
        return marked(f"Bài “{citation.title}”{day} nêu: {other.text}", [citation.n]), [citation]

    def _defined(self, query: Query, hits: Sequence[Hit], search_filter: SearchFilter | None) -> Answer | None:
        """What an abbreviation stands for, in the words of the article that explains it."""
        shorts = [expansion.short for expansion in query.expansions]
        if not shorts or asked_for(query.restored, shorts).kind is not AnswerKind.DEFINITION:
            return None
        terms = dict.fromkeys(folded_syllables(query.expansions[0].short), 1.0)
        ids = list(self._library.lexical.search(terms, _EXPLAINED_LOOKED_INTO, search_filter))
        found = self._library.passages(ids)
        more = [Hit(found[one], hits[0].score) for one in ids if one in found] if hits else []
        defined = definition(query, [*hits, *self.believed(more)])
        if defined is None:
            return None
        part = Part(defined.hit, defined.start, defined.end, (defined.start, defined.quote_end))
        citations, numbers = self._cited([part])
        return Answer(
            query.question,
            marked(f"{defined.short} là viết tắt của {part.text}", numbers),
            (part.text,),
            abstained=False,
            confidence=1.0,
            citations=tuple(citations),
            query=query,
            kind=AnswerKind.DEFINITION,
        )

    def _compared(self, query: Query, compared: Comparison, search_filter: SearchFilter | None) -> Answer | None:
        """Both parts of a comparison answered and set side by side; None where it cannot be told apart."""
        found = [self._find_for(question, search_filter) for question in compared.questions]
        first, second = found
        graded = compared.relation in (Relation.MORE, Relation.LESS)
        if graded and first is not None and second is not None and _same_place(first, second):
            # One figure cannot be that of both: the less sure one is looked for in the other articles.
            article = first.parts[0].hit.stored.passage.article_id
            if first.confidence < second.confidence:
                first = self._find_for(compared.questions[0], search_filter, without=article)
            else:
                second = self._find_for(compared.questions[1], search_filter, without=article)
        if first is None or second is None:
            return None
        # Two findings about the same thing support each other, so that one of them may be less sure.
        confidence = round((first.confidence + second.confidence) / 2, 4)
        threshold = confidence_model().threshold
        if confidence < threshold or min(first.confidence, second.confidence) < _SUPPORTED * threshold:
            return _refused(query, [first.parts[0].hit, second.parts[0].hit], first)
        citations, numbers = self._cited([*first.parts, *second.parts])
        marks = numbers[: len(first.parts)], numbers[len(first.parts) :]
        related = _related(compared, (first, second), marks)
        if related is None:
            return None
        shorts, text = related
        return Answer(
            query.question,
            text,
            shorts,
            abstained=False,
            confidence=confidence,
            citations=tuple(citations),
            query=query,
            kind=AnswerKind.COMPARE,
        )

    def _find_for(self, question: str, search_filter: SearchFilter | None, without: str = "") -> Finding | None:
        """What is found for a part of a question, but in one article."""
        query = self._retriever.understand(question)
        found = self._retriever.search(query, HITS, search_filter)
        hits = [hit for hit in found if without_orders(hit) == hit and hit.stored.passage.article_id != without]
        return find(query, self.believed(hits), self.reader, self._retriever.rarity, publishers=self._publishers)

    def _cited(self, parts: Sequence[Part], first_number: int = 1) -> tuple[list[Citation], list[int]]:
        """The citations of some parts, each sentence once, and the number that belongs to each part."""
        citations: list[Citation] = []
        numbers = []
        for part in parts:
            stored = part.hit.stored
            start, end = (stored.passage.start + offset for offset in part.quote)
            known = next(
                (one for one in citations if one.article == stored.passage.article_id and one.start <= start < one.end),
                None,
            )
            if known is None:
                article = self._library.article(stored.passage.article_id, stored.version)
                known = check(cite(first_number + len(citations), stored, start, end), article)
                citations.append(known)
            numbers.append(known.n)
        return citations, numbers


def _same_place(first: Finding, second: Finding) -> bool:
    one, other = first.parts[0], second.parts[0]
    return one.hit.stored.passage == other.hit.stored.passage and (one.start, one.end) == (other.start, other.end)


def _refused(query: Query, hits: Sequence[Hit], finding: Finding | None) -> Answer:
    return Answer(
        query.question,
        NOT_FOUND,
        (),
        abstained=True,
        confidence=finding.confidence if finding is not None else 0.0,
        citations=(),
        query=query,
        related=tuple(hits[:_RELATED]),
        kind=finding.asked.kind if finding is not None else AnswerKind.WHAT,
    )


def _related(
    compared: Comparison, findings: tuple[Finding, Finding], marks: tuple[Sequence[int], Sequence[int]]
) -> tuple[tuple[str, ...], str] | None:
    """The short answers and the sentence of a comparison; None where the two do not compare."""
    names = [name[:1].upper() + name[1:] for name in compared.names]
    said = [joined([part.text for part in finding.parts]) for finding in findings]
    stated = [marked(f"{name}: {text}", marks[side]) for side, (name, text) in enumerate(zip(names, said, strict=True))]
    if compared.relation is Relation.BOTH:
        return tuple(said), " ".join(stated)
    if compared.relation is Relation.COMMON:
        others = {" ".join(folded_syllables(part.text)) for part in findings[1].parts}
        common = [part.text for part in findings[0].parts if " ".join(folded_syllables(part.text)) in others]
        return (tuple(common), marked(joined(common), [*marks[0], *marks[1]])) if common else None
    amounts = [amount_in(text) for text in said]
    first, second = amounts
    if first is None or second is None or not comparable(first, second):
        return tuple(said), " ".join(stated)  # both are told; which is more, the reader of the answer has to judge
    if first.value == second.value:
        return tuple(said), f"Hai bên bằng nhau. {' '.join(stated)}"
    wins = int((second.value > first.value) == (compared.relation is Relation.MORE))
    winner = names[wins]
    return (winner, said[wins], said[1 - wins]), f"{winner}. {stated[wins]} {stated[1 - wins]}"
