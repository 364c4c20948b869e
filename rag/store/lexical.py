"""BM25 over folded syllables and their bigrams, in tantivy: on disk, incremental, always rebuildable."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import tantivy

from rag.store.records import SearchFilter, StoredPassage, day_number
from rag.vietnamese.syllables import folded_syllables, with_bigrams

_STATE_FILE = "hoidap-state.json"
_FORMAT = 1  # raise when fields or tokens change: an index of another format is rebuilt
_WRITER_HEAP_BYTES = 50_000_000


class LexicalIndex:
    """The lexical index of one data directory.

    Args:
        folder: Where it lives. Contents of another format, or damaged ones, are thrown away and made anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._index = self._opened()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open or make the index in `folder`."""
        return cls(folder)

    @property
    def generation(self) -> int:
        """Generation of the passages that the index was made of; -1 while it is new or half-written."""
        return self._state().get("generation", -1)

    def update(self, add: Iterable[StoredPassage], remove_articles: Iterable[str], generation: int) -> None:
        """Drop the articles named, add the passages, and be of `generation` from then on, in one commit."""
        (self._folder / _STATE_FILE).unlink(missing_ok=True)
        writer = self._index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
        for article_id in remove_articles:
            writer.delete_documents_by_term("article", article_id)
        for stored in add:
            writer.add_document(self._document(stored))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._write_state(generation)

    def rebuild(self, passages: Iterable[StoredPassage], generation: int) -> None:
        """Make the index anew from every passage of the library."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._index = self._opened()
        self.update(passages, [], generation)

    def count(self) -> int:
        """How many passages the index holds."""
        return int(self._index.searcher().num_docs)

    def search(
        self, terms: Mapping[str, float], limit: int, search_filter: SearchFilter | None = None
    ) -> dict[str, float]:
        """Passage ids with their BM25 score, best first.

        Args:
            terms: Folded syllables and bigrams with the weight of each.
            limit: Most ids returned.
            search_filter: Applied inside tantivy; it does not change the scores.
        """
        if not terms:
            return {}
        should = tantivy.Occur.Should
        wanted = tantivy.Query.boolean_query(
            [
                (should, tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, "terms", term), weight))
                for term, weight in terms.items()
            ]
        )
        searcher = self._index.searcher()
        hits = searcher.search(self._restricted(wanted, search_filter), limit).hits
        return {str(searcher.doc(address).get_first("id")): float(score) for score, address in hits}

    def document_frequency(self, term: str) -> int:
        """How many passages hold the term."""
        return int(self._index.searcher().doc_freq("terms", term))

    def _restricted(self, wanted: tantivy.Query, search_filter: SearchFilter | None) -> tantivy.Query:
        conditions = [] if search_filter is None else self._conditions(search_filter)
        if not conditions:
            return wanted
        must = tantivy.Occur.Must
        unscored = [(must, tantivy.Query.const_score_query(condition, 0.0)) for condition in conditions]
        return tantivy.Query.boolean_query([(must, wanted), *unscored])

    def _conditions(self, search_filter: SearchFilter) -> list[tantivy.Query]:
        conditions = []
        if search_filter.day_range is not None:
            first, last = search_filter.day_range
            integer = tantivy.FieldType.Integer
            conditions.append(tantivy.Query.range_query(self._schema, "published", integer, first, last))
        if search_filter.publishers:
            publishers = list(search_filter.publishers)
            conditions.append(tantivy.Query.term_set_query(self._schema, "publisher", publishers))
        if search_filter.articles:
            conditions.append(tantivy.Query.term_set_query(self._schema, "article", list(search_filter.articles)))
        return conditions

    def _document(self, stored: StoredPassage) -> tantivy.Document:
        terms = with_bigrams(folded_syllables(stored.title)) + with_bigrams(folded_syllables(stored.passage.text))
        return tantivy.Document.from_dict(
            {
                "id": stored.id,
                "article": stored.passage.article_id,
                "publisher": stored.publisher or "",
                "published": day_number(stored.published),
                "terms": " ".join(terms),
            },
            self._schema,
        )

    def _opened(self) -> tantivy.Index:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._state().get("format", _FORMAT) == _FORMAT:
            try:
                return tantivy.Index(self._schema, path=str(self._folder))
            except ValueError:  # damaged, or of another schema: it is derived, so it is made anew
                pass
            except BaseException as error:
                # Rust panics on a file cut short. pyo3's PanicException is no Exception and cannot be imported,
                # so it is told by its name; everything else, Ctrl+C among it, goes on.
                if type(error).__name__ != "PanicException":
                    raise
        shutil.rmtree(self._folder)
        self._folder.mkdir()
        return tantivy.Index(self._schema, path=str(self._folder))

    def _state(self) -> dict[str, int]:
        try:
            state = json.loads((self._folder / _STATE_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write_state(self, generation: int) -> None:
        state = json.dumps({"generation": generation, "format": _FORMAT})
        (self._folder / _STATE_FILE).write_text(state, encoding="utf-8")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("publisher", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
