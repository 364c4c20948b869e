"""The hybrid retriever: dense and lexical candidates, fused into one ranking."""

from dataclasses import dataclass

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.retrieval.fusion import Score, fuse
from rag.retrieval.query import Query, checked_question, understand
from rag.store.library import Library
from rag.store.records import SearchFilter, StoredPassage

_CANDIDATES = 50  # taken from each index; the right passage is practically always among them


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may hold the answer, and why it ranks where it does."""

    stored: StoredPassage
    score: Score


class HybridRetriever(BaseRetriever):
    """Finds passages by meaning and by words, as a LangChain retriever.

    Attributes:
        library: What is searched.
        limit: Passages returned by `invoke`.
        search_filter: What `invoke` is restricted to.

    Example:
        >>> retriever = HybridRetriever(library=library, limit=3)  # doctest: +SKIP
        >>> [document.metadata["article"] for document in retriever.invoke("Ai là Bí thư?")]  # doctest: +SKIP
        ['000-seed', '016-dang-bo-vsp-dai-hoi-12', '000-seed']
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    limit: int = 10
    search_filter: SearchFilter | None = None

    def understand(self, question: str) -> Query:
        """Read a question the way it will be searched.

        Raises:
            QuestionError: It is empty or too long.
        """
        checked = checked_question(question, self.library.settings.max_question_characters)
        return understand(checked, self.library.accents)

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
        vector = library.embeddings.embed_query(query.text)
        cosines = library.vectors.nearest(vector, candidates, search_filter)
        bm25 = library.lexical.search(query.terms, candidates, search_filter)
        cosines |= library.vectors.cosines(vector, [found for found in bm25 if found not in cosines])
        ranked = list(fuse(cosines, bm25, library.settings.lexical_weight).items())[:limit]
        stored = library.passages([passage_id for passage_id, _ in ranked])
        return [Hit(stored[passage_id], score) for passage_id, score in ranked if passage_id in stored]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
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
