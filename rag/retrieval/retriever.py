"""The hybrid retriever: dense and lexical candidates, fused into one ranking."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from itertools import islice

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, SkipValidation

from rag.retrieval.evidence import PassageText, best_coverage, passage_text, term_weights, time_agreement
from rag.retrieval.fusion import Score, fuse, with_evidence
from rag.retrieval.query import Query, QueryOptions, checked_question, understand
from rag.retrieval.rarity import rarity_in
from rag.retrieval.rerank import CrossEncoderReranker, Reranker
from rag.store.library import Library
from rag.store.records import SearchFilter, StoredPassage

_CANDIDATES = 50  # taken from each index; the right passage is practically always among them
_LOOKED_INTO = 20  # of the fused ranking, whose sentences and dates are read
_RERANKED = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may hold the answer, and why it ranks where it does.

    Attributes:
        stored: The passage.
        score: What it is ranked by.
        opening: The first passage of its article, which tells who met when and where; as it is read.
        accented: The passage with accents, where its article has none; as long, so that every offset holds.
        chosen: Whether the search was restricted to its article.
    """

    stored: StoredPassage
    score: Score
    opening: str = ""
    accented: StoredPassage | None = None
    chosen: bool = False

    @property
    def as_read(self) -> StoredPassage:
        """The passage as it is searched for answers; what is shown and cited stands in `stored`."""
        return self.accented or self.stored

    @property
    def text(self) -> str:
        """The text as it is read."""
        return self.as_read.passage.text

    @property
    def parts(self) -> PassageText:
        """The passage taken apart, as it is read."""
        return passage_text(self.as_read.title, self.text, self.opening)


class HybridRetriever(BaseRetriever):
    """Finds passages by meaning and by words, as a LangChain retriever.

    Attributes:
        library: What is searched.
        limit: Passages returned by `invoke`.
        search_filter: What `invoke` is restricted to.
        options: Which steps are taken to understand a question.
        reranker: The second stage; None leaves it out, unless the settings name one.

    Example:
        >>> retriever = HybridRetriever(library=library, limit=3)  # doctest: +SKIP
        >>> [document.metadata["article"] for document in retriever.invoke("Ai là Bí thư?")]  # doctest: +SKIP
        ['000-seed', '016-dang-bo-vsp-dai-hoi-12', '000-seed']
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    limit: int = 10
    search_filter: SearchFilter | None = None
    options: QueryOptions = QueryOptions()
    reranker: SkipValidation[Reranker] | None = None

    def understand(self, question: str) -> Query:
        """Read a question the way it will be searched.

        Raises:
            QuestionError: It is empty or too long.
        """
        checked = checked_question(question, self.library.settings.max_question_characters)
        return understand(checked, self.library.language, self.options)

    def search(self, query: Query, limit: int, search_filter: SearchFilter | None = None) -> list[Hit]:
        """The best passages for a query, best first.

        Args:
            query: From `understand`.
            limit: Most passages returned.
            search_filter: Restricts the search inside both indexes.

        Raises:
            LibraryError: The library is empty or was made by another embedding model.
        """
        library = self.library
        library.require_articles()
        library.require_same_model()
        candidates = max(_CANDIDATES, limit)
        vector, live = library.embeddings.embed_query(query.text), library.live
        cosines = library.vectors.nearest(vector, candidates, search_filter, live)
        bm25 = library.lexical.search(query.terms, candidates, search_filter, live)
        cosines |= library.vectors.cosines(vector, [found for found in bm25 if found not in cosines])
        scores = fuse(cosines, bm25, library.settings.lexical_weight)
        stored = library.passages(list(islice(scores, max(_LOOKED_INTO, limit))))
        openings = self._openings(stored.values())
        chosen = search_filter is not None and len(search_filter.articles) == 1
        hits = [
            self._hit(stored[found], score, openings.get(stored[found].head, ""), chosen=chosen)
            for found, score in scores.items()
            if found in stored
        ]
        hits = self._looked_into(query, hits)[:limit]
        return self._reranked(query, hits)

    @property
    def rarity(self) -> Callable[[str], float]:
        """Weight of a folded syllable or bigram in this library, larger for rarer ones."""
        return rarity_in(self.library.vectors.count(), self.library.lexical.document_frequency)

    def _hit(self, stored: StoredPassage, score: Score, opening: str, *, chosen: bool) -> Hit:
        accents, passage = self.library.language.accents, stored.passage
        text = accents.accented(passage.text)
        if text == passage.text:
            return Hit(stored, score, opening, chosen=chosen)
        title = accents.restore(stored.title)
        read = replace(stored, title=title, passage=replace(passage, text=text))
        return Hit(stored, score, accents.accented(opening), read, chosen)

    def _openings(self, stored: Collection[StoredPassage]) -> dict[str, str]:
        """The text of the first passage of each article, by that passage's id."""
        first = {one.id: one for one in stored if one.id == one.head}
        first |= self.library.passages(sorted({one.head for one in stored} - set(first)))
        return {head: one.passage.text for head, one in first.items()}

    def _looked_into(self, query: Query, hits: list[Hit]) -> list[Hit]:
        """The hits with what the sentences and dates of their passages say, in their new order."""
        settings, options = self.library.settings, query.options
        weights = term_weights(query.text, self.rarity) if options.read_sentences else {}
        looked_into = []
        for hit in hits:
            time = time_agreement(query.time, hit.stored, hit.parts) if options.prefer_dates else 0.0
            sentence = best_coverage(weights, hit.parts)
            score = with_evidence(hit.score, sentence, settings.sentence_weight, time, settings.time_weight)
            looked_into.append(replace(hit, score=score))
        return sorted(looked_into, key=lambda hit: (-hit.score.total, hit.stored.id))

    def _reranked(self, query: Query, hits: list[Hit]) -> list[Hit]:
        """The first hits ordered by the second stage, where there is one; the others keep their places."""
        name = self.library.settings.reranker
        if self.reranker is None and name is not None:
            self.reranker = CrossEncoderReranker(name)
        if self.reranker is None or not hits:
            return hits
        first, rest = hits[:_RERANKED], hits[_RERANKED:]
        scores = self.reranker.scores(query.text, [hit.stored.text_to_embed for hit in first])
        scored = [
            replace(hit, score=replace(hit.score, rerank=score)) for hit, score in zip(first, scores, strict=True)
        ]
        return sorted(scored, key=lambda hit: (-(hit.score.rerank or 0.0), hit.stored.id)) + rest

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        hits = self.search(self.understand(query), self.limit, self.search_filter)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    stored, passage = hit.stored, hit.stored.passage
    metadata = {
        "article": passage.article_id,
        "title": stored.title,
        "passage": passage.ordinal,
        "start": passage.start,
        "end": passage.end,
        "published": stored.published.isoformat() if stored.published else None,
        "source": stored.source,
        "publisher": stored.publisher,
        "score": hit.score.total,
    }
    return Document(page_content=passage.text, id=stored.id, metadata=metadata)
