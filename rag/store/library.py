"""The library: the articles of one data directory, kept in step with the files they come from."""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from rag import __version__
from rag.article import Article
from rag.embedding import EmbeddingFingerprint, PassageEmbeddings
from rag.errors import LibraryError
from rag.settings import Settings
from rag.store.language import CorpusLanguage
from rag.store.lexical import LexicalIndex
from rag.store.lock import locked, unwritable
from rag.store.records import ArticleRecord, IndexSummary, StoredPassage
from rag.store.sync import OnProgress, Synchroniser, no_progress
from rag.store.vectors import PassageVectors


class Library:
    """Everything that is known of the indexed articles. Open it with `Library.opened`.

    Args:
        settings: Where the data lives, how articles are cut.
        embeddings: The model that makes vectors; loaded only when one is needed.
    """

    def __init__(self, settings: Settings, embeddings: PassageEmbeddings) -> None:
        self.settings = settings
        self.embeddings = embeddings
        self.vectors = PassageVectors.open(settings.data_dir / "chroma")
        self.lexical = LexicalIndex.open(settings.data_dir / "lexical")
        self.language = CorpusLanguage(
            settings.data_dir / "language", lambda term: self.lexical.document_frequency(term) > 0
        )
        self._writing = threading.Lock()
        self._bring_derived_in_step()

    @classmethod
    @contextlib.contextmanager
    def opened(cls, settings: Settings, embeddings: PassageEmbeddings, command: str = "hoidap") -> Iterator[Self]:
        """Hold the data directory and the library in it for the length of a `with` block.

        Args:
            settings: Which data directory.
            embeddings: The model that makes vectors.
            command: What this process is doing, told to others who want the directory.

        Raises:
            LibraryError: The directory is held by another process, unwritable or damaged.
        """
        with locked(settings.data_dir, command):
            try:
                library = cls(settings, embeddings)
            except OSError as error:
                raise unwritable(settings.data_dir, error) from error
            try:
                yield library
            finally:
                library.vectors.close()

    def require_same_model(self) -> EmbeddingFingerprint:
        """The fingerprint of the embedding model, when the library's vectors were made by it.

        Raises:
            LibraryError: The vectors were made by another model.
            ModelError: The model cannot be loaded.
        """
        wanted, stored = self.embeddings.fingerprint, self.vectors.fingerprint
        if stored is not None and stored != wanted and self.vectors.count() > 0:
            raise LibraryError(
                f"Thư viện {self.settings.data_dir} được tạo bằng mô hình nhúng {stored.model} ({stored.revision}), "
                f"không phải {wanted.model} ({wanted.revision}).",
                f"Hãy đặt HOIDAP_EMBEDDING_MODEL={stored.model} như trước, hoặc tạo thư viện mới bằng --data THƯ_MỤC.",
            )
        return wanted

    def require_articles(self) -> None:
        """Refuse to search an empty library.

        Raises:
            LibraryError: There is no article yet.
        """
        if self.vectors.count() == 0:
            raise LibraryError(
                f"Thư viện {self.settings.data_dir} chưa có bài viết nào.",
                "Hãy chạy `hoidap index THƯ_MỤC_BÀI_VIẾT` trước.",
            )

    def sync(self, paths: Sequence[Path], on_progress: OnProgress = no_progress) -> IndexSummary:
        """Make the library equal to the article files under `paths`: add, update, remove; unchanged costs nothing.

        A file that cannot become an article is reported in the summary and what the library held of it is kept.

        Args:
            paths: Files and folders.
            on_progress: Told how many of the changed articles are written.

        Raises:
            ArticleError: A path does not exist.
            LibraryError: The library was made by another model, or cannot be written.
        """
        with self._writing:
            synchroniser = Synchroniser(self.settings, self.embeddings, self.vectors)
            scopes = synchroniser.scopes(paths)
            self.require_same_model()
            try:
                self._bring_derived_in_step()  # a run before this one may have been cut off in this process
                summary = synchroniser.run(scopes, on_progress)
                if summary.changed:
                    self._update_lexical(summary)
                    self._bring_derived_in_step()
            except OSError as error:
                raise unwritable(self.settings.data_dir, error) from error
        return summary

    def _update_lexical(self, summary: IndexSummary) -> None:
        written = summary.added + summary.updated
        if len(written) > len(summary.unchanged):  # most is new: one pass over everything is quicker
            self.lexical.rebuild(self.vectors.all_passages(), self.vectors.generation)
            return
        new_passages = (stored for article_id in written for stored in self.vectors.article_passages(article_id))
        self.lexical.update(new_passages, summary.updated + summary.removed, self.vectors.generation)

    def _bring_derived_in_step(self) -> None:
        """Rebuild the lexical index and the language model where an interrupted run left them behind."""
        generation = self.vectors.generation
        if self.lexical.generation != generation or self.lexical.count() != self.vectors.count():
            self.lexical.rebuild(self.vectors.all_passages(), generation)
        self.language.refresh(generation, self.vectors.all_passages)

    def status(self) -> dict[str, object]:
        """What the library holds, by name: the JSON contract of `hoidap status`."""
        fingerprint = self.vectors.fingerprint
        return {
            "articles": len({record.id for record in self.articles()}),
            "passages": self.vectors.count(),
            "embedding_model": fingerprint.model if fingerprint is not None else None,
            "embedding_revision": fingerprint.revision if fingerprint is not None else None,
            "data_dir": str(self.settings.data_dir),
            "version": __version__,
        }

    def articles(self) -> list[ArticleRecord]:
        """The articles of the library, sorted by id."""
        return self.vectors.records()

    def article(self, article_id: str, version: str | None = None) -> Article | None:
        """One article, put together from its passages; None when the library has none of this id.

        Args:
            article_id: The article's id.
            version: Which version, where a run that was cut off left two; None takes the first.
        """
        stored = self.vectors.article_passages(article_id)
        wanted = version or min((one.version for one in stored), default="")
        stored = [one for one in stored if one.version == wanted]
        if not stored:
            return None
        first = stored[0]
        body = "".join(one.passage.text for one in stored)
        return Article(article_id, first.title, body, first.published, first.source, first.publisher)

    def passages(self, ids: Iterable[str]) -> dict[str, StoredPassage]:
        """The passages with these ids, by id."""
        return self.vectors.passages(list(ids))
