"""BM25 over folded syllables and their bigrams, in tantivy: on disk, incremental, always rebuildable."""

import contextlib
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import tantivy

from rag.errors import LibraryError
from rag.sealed import folder_checksums, read_sealed, write_sealed
from rag.store.records import ArticleRecord, LiveVersions, SearchFilter, StoredPassage, day_number
from rag.vietnamese.syllables import folded_syllables, with_bigrams

_STATE_FILE = "hoidap-state.json"
_FORMAT = 3  # raise when fields or tokens change: an index of another format is rebuilt
_UNSEALED = (".lock",)  # files that tantivy may change at any time
_WRITER_HEAP_BYTES = 50_000_000
_SMALL = 5000  # passages: up to here the index is rather made anew than holed, which keeps its statistics exact

Passages = Callable[[ArticleRecord], Iterable[StoredPassage]]


class LexicalIndex:
    """The lexical index of one data directory.

    It lives in a folder of its own below `folder`, named in a small state file beside which versions it holds; a
    rebuild makes another folder and switches to it, so that searches never see a half-made index.

    Args:
        folder: Where it lives. Contents of another format, or damaged ones, are thrown away and made anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._changing = threading.Lock()
        self._held: set[tuple[str, str]] = set()
        self._name = ""
        self._checksums: dict[str, str] = {}  # of files that never change
        with self._guarded():
            self._index = self._opened()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open or make the index in `folder`."""
        return cls(folder)

    @property
    def held(self) -> frozenset[tuple[str, str]]:
        """Article id and version of everything it holds."""
        return frozenset(self._held)

    def follow(
        self,
        live: LiveVersions,
        keep: Collection[tuple[str, str]],
        passages: Passages,
        everything: Callable[[], Iterable[StoredPassage]],
    ) -> bool:
        """Make the index hold the live versions, by the cheaper of two ways: what is missing, or all anew.

        Args:
            live: What it is to hold.
            keep: Versions that it may hold besides, as readers of a moment ago may be looking at them.
            passages: Gives the passages of one version.
            everything: Gives all live passages.

        Returns:
            Whether there was anything to do.
        """
        wanted = {record.key: record for record in live.records.values()}
        missing = [record for key, record in wanted.items() if key not in self._held]
        surplus = self._held - wanted.keys() - set(keep)
        same = len(wanted) - len(missing)
        damaged = not missing and self._held == wanted.keys() and self.count() != live.passages
        if damaged or len(missing) > same or (surplus and not keep and live.passages <= _SMALL):
            self.rebuild(everything())
        elif missing or surplus:
            self.change((one for record in missing for one in passages(record)), surplus)
        return bool(damaged or missing or surplus)

    def change(self, add: Iterable[StoredPassage], remove: Iterable[tuple[str, str]] = ()) -> None:
        """Add passages and drop versions, in one commit. Passages that are there already are not doubled.

        Raises:
            LibraryError: The index was damaged while it was open.
        """
        with self._changing, self._guarded():
            self._write_state(complete=False)
            self._commit(self._index, add, remove, self._held)
            self._write_state()

    def rebuild(self, passages: Iterable[StoredPassage]) -> None:
        """Make the index anew from every passage of the library; the one before serves until then."""
        with self._changing, self._guarded():
            name = str(int(self._name or 0) + 1)
            shutil.rmtree(self._folder / name, ignore_errors=True)
            (self._folder / name).mkdir(parents=True)
            index = tantivy.Index(self._schema, path=str(self._folder / name))
            self._checksums = {}
            held: set[tuple[str, str]] = set()
            self._commit(index, passages, (), held)
            self._index, self._name, self._held = index, name, held
            self._write_state()
            self._remove_others()

    def _commit(
        self,
        index: tantivy.Index,
        add: Iterable[StoredPassage],
        remove: Iterable[tuple[str, str]],
        held: set[tuple[str, str]],
    ) -> None:
        removed = set(remove)
        writer = index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
        for key in removed:
            writer.delete_documents_by_term("version", "#".join(key))
        added: set[tuple[str, str]] = set()
        for stored in add:
            key = (stored.passage.article_id, stored.version)
            if key not in added and key in held:  # written by a run that was cut off
                writer.delete_documents_by_term("version", "#".join(key))
            added.add(key)
            writer.add_document(self._document(stored))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        held -= removed
        held |= added

    def count(self) -> int:
        """How many passages the index holds."""
        return int(self._index.searcher().num_docs)

    def search(
        self,
        terms: Mapping[str, float],
        limit: int,
        search_filter: SearchFilter | None = None,
        live: LiveVersions | None = None,
    ) -> dict[str, float]:
        """Passage ids with their BM25 score, best first.

        Args:
            terms: Folded syllables and bigrams with the weight of each.
            limit: Most ids returned.
            search_filter: Applied inside tantivy; it does not change the scores.
            live: The snapshot to search; None takes whatever the index holds.

        Raises:
            LibraryError: The index was damaged while it was open.
        """
        if not terms:
            return {}
        with self._guarded():
            return self._found(terms, limit, search_filter, live)

    def _found(
        self, terms: Mapping[str, float], limit: int, search_filter: SearchFilter | None, live: LiveVersions | None
    ) -> dict[str, float]:
        should = tantivy.Occur.Should
        wanted = tantivy.Query.boolean_query(
            [
                (should, tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, "terms", term), weight))
                for term, weight in terms.items()
            ]
        )
        searcher, query = self._index.searcher(), self._restricted(wanted, search_filter)
        most = limit
        while True:
            hits = searcher.search(query, most).hits
            found = {str(searcher.doc(address).get_first("id")): float(score) for score, address in hits}
            seen = {one: score for one, score in found.items() if live is None or live.holds(one)}
            if len(seen) >= limit or len(hits) < most:
                return dict(list(seen.items())[:limit])
            most *= 2  # some of what was found is being written or was replaced

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
                "version": f"{stored.passage.article_id}#{stored.version}",
                "publisher": stored.publisher or "",
                "published": day_number(stored.published),
                "terms": " ".join(terms),
            },
            self._schema,
        )

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn what tantivy raises into an error that says what to do; `OSError` tells of the disk and goes on."""
        try:
            yield
        except ValueError as error:
            raise _damaged(self._folder, error) from error
        except BaseException as error:
            if not _is_panic(error):
                raise
            raise _damaged(self._folder, error) from error

    def _opened(self) -> tantivy.Index:
        self._folder.mkdir(parents=True, exist_ok=True)
        state = self._state()
        if state is not None:
            name, held = state
            try:
                index = tantivy.Index(self._schema, path=str(self._folder / name))
                index.searcher()
                self._name, self._held = name, held
            except ValueError:  # of another schema: it is derived, so it is made anew
                pass
            except BaseException as error:
                if not _is_panic(error):
                    raise
            else:
                self._remove_others()
                return index
        self._name, self._held, self._checksums = "1", set(), {}
        self._remove_others(also_own=True)
        (self._folder / self._name).mkdir()
        return tantivy.Index(self._schema, path=str(self._folder / self._name))

    def _remove_others(self, *, also_own: bool = False) -> None:
        """Delete indexes that are not in use, and what an older release left."""
        keep = {_STATE_FILE} if also_own else {_STATE_FILE, self._name}
        for entry in self._folder.iterdir():
            if entry.name not in keep:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def _state(self) -> tuple[str, set[tuple[str, str]]] | None:
        """Name of the folder in use and what it holds; None where that is unknown, of another format or damaged."""
        try:
            state = read_sealed(self._folder / _STATE_FILE)
            if state["format"] != _FORMAT or not state["complete"] or not state["folder"].isdecimal():
                return None
            sealed = dict(state["files"])
            if folder_checksums(self._folder / state["folder"], sealed) != sealed:
                return None
            self._checksums = sealed
            return state["folder"], {(article, version) for article, version in state["held"]}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _write_state(self, *, complete: bool = True) -> None:
        folder = self._folder / self._name
        if complete:
            names = {file.name for file in folder.iterdir() if not file.name.endswith(_UNSEALED)}
            # A segment's files never change; what else there is does.
            kept = {
                name: found for name, found in self._checksums.items() if name in names and not name.endswith(".json")
            }
            self._checksums = kept | folder_checksums(folder, names - kept.keys())
        state = {
            "format": _FORMAT,
            "folder": self._name,
            "complete": complete,
            "held": sorted(self._held),
            "files": self._checksums if complete else {},
        }
        write_sealed(self._folder / _STATE_FILE, state)


def _is_panic(error: BaseException) -> bool:
    """Whether Rust panicked, as on a file cut short. pyo3's PanicException is no Exception and cannot be imported."""
    return type(error).__name__ == "PanicException"


def _damaged(folder: Path, error: BaseException) -> LibraryError:
    return LibraryError(
        "Chỉ mục từ tại {folder} bị hỏng ({reason}).",
        "Hãy chạy lại lệnh; nếu vẫn lỗi, hãy chạy `hoidap doctor --fix`.",
        folder=folder,
        reason=" ".join(str(error).split())[:200],
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("version", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("publisher", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
