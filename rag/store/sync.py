"""One index run: find what changed under the given paths, embed that, write it, and only then remove what is gone."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.chunking import passages_of
from rag.embedding import PassageEmbeddings
from rag.errors import ArticleError
from rag.loaders.discovery import ArticleFile, Scope, discover
from rag.loaders.files import parse_article, read_bytes
from rag.settings import Settings
from rag.store.records import ArticleRecord, FailedFile, IndexSummary, StoredPassage, stored_passages
from rag.store.vectors import PassageVectors

_FORMAT = "1"  # raise when reading or cutting articles changes: every article is then written anew
_WRITTEN_AT_ONCE = 64  # passages between two writes: an interrupted run loses at most the work on these


class OnProgress(Protocol):
    """Told how far a run is."""

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` changed articles are written."""


def no_progress(done: int, total: int) -> None:
    """Ignore progress."""


@dataclass(frozen=True, slots=True)
class _NewVersion:
    """A version of an article that is to be written."""

    record: ArticleRecord
    passages: list[StoredPassage]


class Synchroniser:
    """Brings the collection of passages in step with files.

    New passages are written before old ones are deleted, so an interrupted run loses nothing; the next run finds
    what was left half-way and finishes it. Memory is bounded by the largest article, not by the library.

    Args:
        settings: How articles are read and cut.
        embeddings: The model that makes vectors.
        vectors: The collection to change.
    """

    def __init__(self, settings: Settings, embeddings: PassageEmbeddings, vectors: PassageVectors) -> None:
        self._settings = settings
        self._embeddings = embeddings
        self._vectors = vectors

    def scopes(self, paths: Sequence[Path]) -> list[Scope]:
        """The article files at or below each path.

        Raises:
            ArticleError: A path does not exist or cannot be read, or no article was ever there.
        """
        records = self._vectors.records()
        scopes = [discover(path, {record.root for record in records}) for path in paths]
        # A path inside another of the paths is part of it, so that the order of the paths does not matter.
        outermost = sorted(scopes, key=lambda scope: len(scope.path.parts))
        around = [next(outer for outer in outermost if outer.covers(scope.path)) for scope in scopes]
        scopes = [
            scope if scope.root == outer.root else discover(scope.path, [outer.root])
            for scope, outer in zip(scopes, around, strict=True)
        ]
        for path, scope in zip(paths, scopes, strict=True):
            if not scope.files and not any(scope.covers(record.path) for record in records):
                raise ArticleError(f"Không có bài viết nào trong {path}.", "Hãy chọn thư mục có tệp .md hoặc .txt.")
        return scopes

    def run(self, scopes: Sequence[Scope], on_progress: OnProgress = no_progress) -> IndexSummary:
        """Make the collection equal to the scopes and say what changed."""
        started = time.monotonic()
        summary = IndexSummary()
        records = self._vectors.records()
        changed = list(self._changed_files(scopes, records, summary))
        gone = _gone(scopes, records)
        if changed or gone:
            self._vectors.begin_change(self._embeddings.fingerprint)
            held = {record.id for record in records}
            for batch in self._batches(changed, held, summary):
                done = len(summary.added) + len(summary.updated)
                on_progress(done - len(batch), len(changed))
                summary.passages_embedded += self._write(batch)
                on_progress(done, len(changed))
            self._vectors.remove(gone)
        summary.removed += gone
        summary.seconds = time.monotonic() - started
        return summary

    def _changed_files(
        self, scopes: Sequence[Scope], records: Sequence[ArticleRecord], summary: IndexSummary
    ) -> Iterator[ArticleFile]:
        """The files whose content the library does not hold. The others are counted as unchanged, or as failed."""
        held = set(records)
        times_held = Counter(record.id for record in records)  # two versions: the last run was cut off
        owners = {record.id: record.path for record in records if not _covered(scopes, record.path)}
        for file in _distinct(scopes):
            owner = owners.setdefault(file.article_id, file.path)
            if owner != file.path:
                summary.failed.append(_taken(file, owner))
                continue
            try:
                data = self._read(file)
                version = self._version(file, data)
                # Title and body are not compared: the version is a digest of the whole file.
                if times_held[file.article_id] == 1 and any(
                    (record.id, record.version, record.path) == (file.article_id, version, file.path) for record in held
                ):
                    summary.unchanged.append(file.article_id)
                else:
                    yield file
            except ArticleError as error:
                summary.failed.append(FailedFile(file.path, error.message, error.remedy))

    def _batches(
        self, files: Sequence[ArticleFile], held: set[str], summary: IndexSummary
    ) -> Iterator[list[_NewVersion]]:
        """Read and cut the files, and hand them on in groups of about `_WRITTEN_AT_ONCE` passages."""
        batch: list[_NewVersion] = []
        for file in files:
            try:
                batch.append(self._new_version(file))
            except ArticleError as error:
                summary.failed.append(FailedFile(file.path, error.message, error.remedy))
                continue
            (summary.updated if file.article_id in held else summary.added).append(file.article_id)
            if sum(len(version.passages) for version in batch) >= _WRITTEN_AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch

    def _new_version(self, file: ArticleFile) -> _NewVersion:
        data = self._read(file)
        version = self._version(file, data)
        article = parse_article(data, file.article_id)
        passages = stored_passages(article, passages_of(article, self._settings.passage_words), version)
        return _NewVersion(ArticleRecord(article.id, file.root, file.path, version, article.title), passages)

    def _read(self, file: ArticleFile) -> bytes:
        return read_bytes(file.path, int(self._settings.max_file_megabytes * 1e6))

    def _version(self, file: ArticleFile, data: bytes) -> str:
        how = f"{_FORMAT} {self._settings.passage_words} {file.article_id}\n"
        return hashlib.sha256(how.encode() + data).hexdigest()[:12]

    def _write(self, batch: Sequence[_NewVersion]) -> int:
        """Write the new versions, then delete the old ones. Returns how many passages had to be embedded."""
        rows = [(stored, version.record) for version in batch for stored in version.passages]
        vectors = self._vectors.known_vectors([stored.text_to_embed for stored, _ in rows])
        missing = list(dict.fromkeys(stored.text_to_embed for stored, _ in rows if stored.text_to_embed not in vectors))
        vectors.update(zip(missing, self._embeddings.embed_documents(missing) if missing else [], strict=True))
        self._vectors.add(rows, [vectors[stored.text_to_embed] for stored, _ in rows])
        self._vectors.keep_only({version.record.id: version.record.version for version in batch})
        return len(missing)


def _covered(scopes: Sequence[Scope], path: Path) -> bool:
    return any(scope.covers(path) for scope in scopes)


def _gone(scopes: Sequence[Scope], records: Iterable[ArticleRecord]) -> list[str]:
    """Ids of articles below the scopes whose file is there no more, or has another id now."""
    there = {(file.article_id, file.path) for scope in scopes for file in scope.files}
    wanted = {article_id for article_id, _ in there}
    return sorted(
        {
            record.id
            for record in records
            if _covered(scopes, record.path) and (record.id, record.path) not in there and record.id not in wanted
        }
    )


def _distinct(scopes: Sequence[Scope]) -> list[ArticleFile]:
    """The files of all scopes, each once, however many of the scopes it lies in."""
    return list({file.path: file for scope in scopes for file in scope.files}.values())


def _taken(file: ArticleFile, owner: Path) -> FailedFile:
    return FailedFile(
        file.path,
        f"Mã bài “{file.article_id}” đã thuộc về tệp {owner}.",
        "Hãy đổi tên một trong hai tệp, hoặc dùng một thư mục dữ liệu khác bằng --data.",
    )
