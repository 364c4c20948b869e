"""One index run: embed what changed, write it unseen, let readers see it, and only then delete what it replaced."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.chunking import passages_of
from rag.embedding import PassageEmbeddings
from rag.errors import ArticleError
from rag.loaders.source import Scope
from rag.settings import Settings
from rag.store.lexical import LexicalIndex
from rag.store.plan import Change, OnChecked, Plan, make_plan, record_of, version_of
from rag.store.records import ArticleRecord, FailedFile, IndexSummary, StoredPassage, VersionState, stored_passages
from rag.store.vectors import PassageVectors

_WRITTEN_AT_ONCE = 64  # passages between two writes: an interrupted run loses at most the work on these
_PUBLISHED_AT_ONCE = 2048  # passages that wait unseen at most
_PUBLISHED_AFTER = 5.0  # seconds that they wait at most
GRACE_SECONDS = 60  # a reader that began before a version was retired has this long to finish


class OnProgress(Protocol):
    """Told how far a run is."""

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` changed articles are there for readers, whatever happens from now on."""


def no_progress(done: int, total: int) -> None:
    """Ignore progress."""


@dataclass(frozen=True, slots=True)
class _NewVersion:
    """A version of an article that is to be written."""

    record: ArticleRecord
    passages: list[StoredPassage]


class Synchroniser:
    """Brings the passages in step with files and web pages.

    At every instant readers see one whole version of each article, and an interrupted run loses nothing that was
    published: the next run finds what was left half-way and finishes it, with the vectors that were made. Memory is
    bounded by a batch of passages and the largest article, not by the library.

    Args:
        settings: How articles are cut.
        embeddings: The model that makes vectors.
        vectors: The collection to change.
        lexical: The lexical index, which gets new passages before readers see them.
    """

    def __init__(
        self, settings: Settings, embeddings: PassageEmbeddings, vectors: PassageVectors, lexical: LexicalIndex
    ) -> None:
        self._settings = settings
        self._embeddings = embeddings
        self._vectors = vectors
        self._lexical = lexical

    def run(
        self, scopes: Sequence[Scope], on_progress: OnProgress = no_progress, on_checked: OnChecked = no_progress
    ) -> IndexSummary:
        """Make the library equal to the scopes and say what changed."""
        started = time.monotonic()
        summary = IndexSummary()
        held = self._vectors.live.records
        plan = make_plan(scopes, held, self._settings.passage_words, summary, on_checked)
        if plan.noted:
            self._vectors.note(plan.noted)
        if plan.changes or plan.gone:
            self._vectors.begin_change(self._embeddings.fingerprint)
            self._write_all(plan, summary, on_progress)
        summary.removed += plan.gone
        summary.seconds = time.monotonic() - started
        return summary

    def _write_all(self, plan: Plan, summary: IndexSummary, on_progress: OnProgress) -> None:
        waiting: list[_NewVersion] = []
        done, published = 0, time.monotonic()
        on_progress(done, len(plan.changes))
        gone = _Departures(self._vectors.live.records, plan.gone)
        held = set(self._vectors.live.records)
        for batch in self._batches(plan.changes, held, summary):
            summary.passages_embedded += self._stage(batch)
            waiting += batch
            size = sum(len(version.passages) for version in waiting)
            if size >= _PUBLISHED_AT_ONCE or time.monotonic() - published >= _PUBLISHED_AFTER:
                self._publish(waiting, gone.moved_to(waiting))
                done += len(waiting)
                waiting, published = [], time.monotonic()
                on_progress(done, len(plan.changes))
        if waiting or gone.left:
            self._publish(waiting, gone.left)
        on_progress(done + len(waiting), len(plan.changes))

    def _batches(self, changes: Sequence[Change], held: set[str], summary: IndexSummary) -> Iterator[list[_NewVersion]]:
        """Read and cut the sources, and hand them on in groups of about `_WRITTEN_AT_ONCE` passages."""
        batch: list[_NewVersion] = []
        for change in changes:
            try:
                batch.append(self._new_version(change))
            except ArticleError as error:
                summary.failed.append(FailedFile(change.source.origin, error))
                continue
            (summary.updated if change.article_id in held else summary.added).append(change.article_id)
            if sum(len(version.passages) for version in batch) >= _WRITTEN_AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch

    def _new_version(self, change: Change) -> _NewVersion:
        loaded = change.source.load()
        words = self._settings.passage_words
        version = version_of(change.article_id, loaded.content, words)
        article = replace(loaded.article, id=change.article_id)
        passages = stored_passages(article, passages_of(article, words), version)
        record = record_of(loaded, change, version, len(passages))
        return _NewVersion(replace(record, state=VersionState.STAGED, since=int(time.time())), passages)

    def _stage(self, batch: Sequence[_NewVersion]) -> int:
        """Write the new versions where readers do not see them. Returns how many passages had to be embedded."""
        rows = [(stored, version.record) for version in batch for stored in version.passages]
        vectors = self._vectors.known_vectors([stored.text_to_embed for stored, _ in rows])
        missing = list(dict.fromkeys(stored.text_to_embed for stored, _ in rows if stored.text_to_embed not in vectors))
        vectors.update(zip(missing, self._embeddings.embed_documents(missing) if missing else [], strict=True))
        self._vectors.stage(rows, [vectors[stored.text_to_embed] for stored, _ in rows])
        return len(missing)

    def _publish(self, versions: Sequence[_NewVersion], removed: Sequence[str]) -> None:
        """Switch readers from the old versions to the new: whichever snapshot they hold, both indexes have it all."""
        self._lexical.change(stored for version in versions for stored in version.passages)
        self._vectors.publish([version.record for version in versions], removed)


class _Departures:
    """Articles that are to be removed, each of them together with the article that its file was moved to."""

    def __init__(self, held: Mapping[str, ArticleRecord], gone: Sequence[str]) -> None:
        self.left = list(gone)
        self._by_content = {held[article_id].content: article_id for article_id in gone if held[article_id].content}

    def moved_to(self, versions: Sequence[_NewVersion]) -> list[str]:
        """The departed articles that are among these versions under another id; they are taken off the list."""
        moved = {self._by_content.get(version.record.content) for version in versions} & set(self.left)
        self.left = [article_id for article_id in self.left if article_id not in moved]
        return sorted(one for one in moved if one is not None)
