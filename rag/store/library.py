"""The library: the articles of one data directory, kept in step with the files and web pages they come from."""

import contextlib
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from rag import __version__
from rag.article import Article
from rag.embedding import EmbeddingFingerprint, PassageEmbeddings
from rag.errors import LibraryError
from rag.settings import Settings
from rag.store.derived import Derived, OnDerive, Watcher, no_derive
from rag.store.language import CorpusLanguage
from rag.store.lease import writing_at_server
from rag.store.lexical import LexicalIndex
from rag.store.lock import unwritable, working_folder
from rag.store.migrate import re_embed
from rag.store.plan import OnChecked
from rag.store.records import ArticleRecord, IndexSummary, LiveVersions, StoredPassage, VersionState
from rag.store.scopes import article_scopes, remembered_roots, require_scopes
from rag.store.sync import GRACE_SECONDS, OnProgress, Synchroniser, no_progress
from rag.store.vectors import PassageVectors

_PATIENCE_SECONDS = 5.0  # that closing waits for a run in another thread


class Library:
    """Everything that is known of the indexed articles. Open it with `Library.opened`.

    Args:
        settings: Where the data lives, how articles are cut.
        embeddings: The model that makes vectors; loaded only when one is needed.
        folder: Where this process keeps what it derives.
        command: What this process is doing, told to others who want to write.

    Attributes:
        mended: Whether the lexical index was out of step or damaged, and was mended at opening.
    """

    def __init__(self, settings: Settings, embeddings: PassageEmbeddings, folder: Path, command: str) -> None:
        self.settings = settings
        self.embeddings = embeddings
        self.vectors = PassageVectors.open(settings)
        self._command = command
        self._writing = threading.Lock()
        self._later = threading.Timer(0.0, self._tidy_later)
        self._closed = False
        try:
            self._derived = Derived(folder, self.vectors)
            self.mended = self._derived.follow()
        except BaseException:
            self.vectors.close()
            raise
        self._watcher = Watcher(self.vectors, self._derived, self._writing) if settings.chroma_url else None

    @classmethod
    @contextlib.contextmanager
    def opened(cls, settings: Settings, embeddings: PassageEmbeddings, command: str = "hoidap") -> Iterator[Self]:
        """Hold the data directory and the library in it for the length of a `with` block.

        With `chroma_url` several processes may hold it at once; each follows what the others write.

        Args:
            settings: Which data directory, which Chroma.
            embeddings: The model that makes vectors.
            command: What this process is doing, told to others who want the directory.

        Raises:
            LibraryError: The directory is held by another process, unwritable or damaged.
        """
        with working_folder(settings, command) as folder:
            try:
                library = cls(settings, embeddings, folder, command)
            except OSError as error:
                raise unwritable(settings.data_dir, error) from error
            try:
                if library._watcher is not None:
                    library._watcher.start()
                yield library
            finally:
                library._close()

    def _close(self) -> None:
        self._closed = True
        self._later.cancel()
        if self._watcher is not None:
            self._watcher.stop()
        # A run that another thread is at is cut off like any other; the next one finishes it.
        if self._writing.acquire(timeout=_PATIENCE_SECONDS):
            if self._watcher is None and self.vectors.hidden:
                # Nobody reads any more. What cannot be tidied now is tidied by the next run.
                with contextlib.suppress(LibraryError, OSError):
                    self._settle(everything=True)
            self._writing.release()
        self.vectors.close()

    @property
    def lexical(self) -> LexicalIndex:
        """The index of words."""
        return self._derived.lexical

    @property
    def language(self) -> CorpusLanguage:
        """What the articles teach about their language."""
        return self._derived.language

    @property
    def live(self) -> LiveVersions:
        """A snapshot of what readers see: give it to both searches of one question, and they agree."""
        return self.vectors.live

    def require_same_model(self) -> EmbeddingFingerprint:
        """The fingerprint of the embedding model, when the library's vectors were made by it.

        Raises:
            LibraryError: The vectors were made by another model.
            ModelError: The model cannot be loaded.
        """
        wanted, stored = self.embeddings.fingerprint, self.vectors.fingerprint
        if stored is not None and stored != wanted and self.vectors.count() > 0:
            raise LibraryError(
                "Thư viện {folder} được tạo bằng mô hình nhúng {stored} ({stored_revision}), "
                "không phải {wanted} ({wanted_revision}).",
                "Hãy đặt HOIDAP_EMBEDDING_MODEL={stored} như trước, chạy `hoidap rebuild` để chuyển cả thư viện "
                "sang mô hình mới, hoặc tạo thư viện mới bằng --data THƯ_MỤC.",
                folder=self.settings.data_dir,
                stored=stored.model,
                stored_revision=stored.revision,
                wanted=wanted.model,
                wanted_revision=wanted.revision,
            )
        return wanted

    def require_articles(self) -> None:
        """Refuse to search an empty library.

        Raises:
            LibraryError: There is no article yet.
        """
        if self.vectors.count() == 0:
            raise LibraryError(
                "Thư viện {folder} chưa có bài viết nào.",
                "Hãy chạy `hoidap index THƯ_MỤC_BÀI_VIẾT` trước.",
                folder=self.settings.data_dir,
            )

    def sync(
        self,
        paths: Sequence[Path | str],
        on_progress: OnProgress = no_progress,
        *,
        links: int | None = None,
        on_checked: OnChecked = no_progress,
        on_derive: OnDerive = no_derive,
    ) -> IndexSummary:
        """Make the library equal to the articles under `paths`: add, update, remove; unchanged costs nothing.

        A source that cannot become an article is reported in the summary and what the library held of it is kept.
        Readers go on meanwhile: at every instant they see the old or the new version of an article, whole.

        Args:
            paths: Files, folders, and web addresses (as text).
            on_progress: Told how many of the changed articles are written.
            links: How many pages to take from a web page that lists others; None takes such a page as an article.
                Of sitemaps and feeds None takes as many as the settings say.
            on_checked: Told how many of the files and pages have been compared with the library.
            on_derive: Told what is derived at the end.

        Raises:
            ArticleError: A path does not exist.
            LibraryError: The library was made by another model, cannot be written, or another process is writing.
        """
        with self._as_writer():
            known = self.vectors.records()
            scopes = article_scopes(paths, known, self.settings, links)
            require_scopes(scopes, known)
            self.require_same_model()
            self._derived.follow(language=False)  # a run before this one may have been cut off in this process
            synchroniser = Synchroniser(self.settings, self.embeddings, self.vectors, self.lexical)
            summary = synchroniser.run(scopes, on_progress, on_checked)
            remembered_roots(self.settings).add(scopes)
            self._settle(on_derive)
        return summary

    def remove(self, wanted: Collection[str], on_derive: OnDerive = no_derive) -> list[str]:
        """Remove articles.

        Args:
            wanted: Ids; or the absolute paths of files and folders, or the addresses, that articles came from.
            on_derive: Told what is derived at the end.

        Returns:
            The ids of the removed articles, sorted.

        Raises:
            LibraryError: The library cannot be written, or another process is writing.
        """
        with self._as_writer():
            found = [record.id for record in self.vectors.records() if any(_names(one, record) for one in wanted)]
            fingerprint = self.vectors.fingerprint
            if found and fingerprint is not None:
                self.vectors.begin_change(fingerprint)
                self.vectors.publish([], found)
                self._settle(on_derive)
        return found

    def rebuild(
        self, on_progress: OnProgress = no_progress, on_derive: OnDerive = no_derive, *, anew: bool = False
    ) -> int:
        """Make anew what can be made from the stored articles, without their files.

        Vectors are made anew when the settings name another embedding model than the one that made them: in a new
        edition, which takes over when it is complete. A run that was cut off goes on where it stopped.

        Args:
            on_progress: Told how many passages have been embedded.
            on_derive: Told what is derived at the end.
            anew: Whether to make the vectors in any case, as the stored ones are damaged.

        Returns:
            How many passages were embedded.

        Raises:
            LibraryError: The library cannot be written, or another process is writing.
            ModelError: The embedding model cannot be loaded.
        """
        with self._as_writer():
            embedded = re_embed(self.vectors, self.embeddings, on_progress, anew=anew)
            self._tidy(everything=self.settings.chroma_url is None)
            on_derive("Đang lập chỉ mục từ")
            self.lexical.rebuild(self.vectors.all_passages())
            on_derive("Đang học từ ngữ của các bài viết")
            self.language.refresh(self.vectors.generation, self.vectors.all_passages, anew=True)
        return embedded

    @contextlib.contextmanager
    def _as_writer(self) -> Iterator[None]:
        """One writer at a time: in this process, and at a server in all of them."""
        with contextlib.ExitStack() as held:
            held.enter_context(self._writing)
            try:
                if self.settings.chroma_url is not None:
                    held.enter_context(writing_at_server(self.vectors.store, self._command))
                    if self.vectors.changed_elsewhere():
                        self.vectors.refresh()
                    self.vectors.drop_superseded()
                yield
            except OSError as error:
                raise unwritable(self.settings.data_dir, error) from error

    def _settle(self, on_derive: OnDerive = no_derive, *, everything: bool = False) -> None:
        """Delete what no reader can be looking at any more, and bring what is derived in step."""
        self._tidy(everything=everything)
        self._derived.follow(on_derive)
        self._later.cancel()
        if self.vectors.hidden and not self._closed:  # readers of this moment may be looking at it
            self._later = threading.Timer(GRACE_SECONDS + 1, self._tidy_later)
            self._later.daemon = True
            self._later.start()

    def _tidy_later(self) -> None:
        with contextlib.suppress(LibraryError, OSError), self._as_writer():
            if not self._closed:
                self._settle()

    def _tidy(self, *, everything: bool) -> None:
        before = time.time() - GRACE_SECONDS
        self.vectors.purge(
            [
                one
                for one in self.vectors.hidden
                if everything or one.state is not VersionState.RETIRED or one.since < before
            ]
        )

    def status(self) -> dict[str, object]:
        """What the library holds, by name: the JSON contract of `hoidap status`."""
        fingerprint = self.vectors.fingerprint
        return {
            "articles": len(self.articles()),
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
            version: Which version; None takes the one that readers see. One that was replaced a moment ago, while an
                answer was being made from it, is still there.
        """
        stored = self.vectors.article_passages(article_id, version)
        if not stored:
            return None
        first = stored[0]
        body = "".join(one.passage.text for one in stored)
        record = self.live.records.get(article_id)
        author = record.author if record is not None and record.version == first.version else None
        return Article(article_id, first.title, body, first.published, first.source, first.publisher, author)

    def passages(self, ids: Iterable[str]) -> dict[str, StoredPassage]:
        """The passages with these ids, by id."""
        return self.vectors.passages(list(ids))


def _names(wanted: str, record: ArticleRecord) -> bool:
    """Whether what a user typed names this article, or something that it lies in."""
    inside = wanted.rstrip("/") + "/"
    return wanted in (record.id, record.origin) or record.origin.startswith(inside) or record.root == wanted
