"""What is derived from the passages and kept beside them: made anew whenever it is out of step or damaged."""

import threading
from collections.abc import Callable
from pathlib import Path

from rag.errors import LibraryError
from rag.store.language import CorpusLanguage
from rag.store.lexical import LexicalIndex
from rag.store.records import VersionState
from rag.store.rows import version_passages
from rag.store.vectors import PassageVectors

_POLL_SECONDS = 1.0
_QUIET_POLLS = 5  # the language is learned again once nobody has written for so many polls

OnDerive = Callable[[str], None]


def no_derive(step: str) -> None:
    """Ignore it."""


class Derived:
    """The lexical index and the language of one library.

    Args:
        folder: Where they are kept.
        vectors: What they are derived from.
    """

    def __init__(self, folder: Path, vectors: PassageVectors) -> None:
        self._vectors = vectors
        self.lexical = LexicalIndex.open(folder / "lexical")
        self.language = CorpusLanguage(folder / "language", lambda term: self.lexical.document_frequency(term) > 0)

    def follow(self, on_derive: OnDerive = no_derive, *, language: bool = True) -> bool:
        """Bring both in step with the passages that readers see.

        Args:
            on_derive: Told, in Vietnamese, what is being made.
            language: Whether the language is brought in step too.

        Returns:
            Whether the lexical index was out of step.
        """
        vectors = self._vectors
        on_derive("Đang cập nhật chỉ mục từ")
        changed = self.lexical.follow(
            vectors.live,
            [record.key for record in vectors.hidden if record.state is VersionState.RETIRED],
            lambda record: vectors.article_passages(record.id, record.version),
            vectors.all_passages,
        )
        if language:
            on_derive("Đang học từ ngữ của các bài viết")
            self.language.refresh(vectors.generation, vectors.all_passages)
        return changed


class Watcher:
    """Follows, in a thread, what other processes write at a Chroma server.

    New passages enter the lexical index before the snapshot that shows them, so that searches in this process see
    each article whole in both indexes.

    Args:
        vectors: The passages.
        derived: What is derived from them here.
        writing: Held while this process itself writes.
    """

    def __init__(self, vectors: PassageVectors, derived: Derived, writing: threading.Lock) -> None:
        self._vectors, self._derived, self._writing = vectors, derived, writing
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hoidap-watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait until it has."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        quiet, stale_language = 0, False
        while not self._stopped.wait(_POLL_SECONDS):
            try:
                with self._writing:
                    if self._vectors.changed_elsewhere():
                        self.catch_up()
                        quiet, stale_language = 0, True
                    elif stale_language and (quiet := quiet + 1) >= _QUIET_POLLS:
                        self._derived.follow()
                        stale_language = False
            except LibraryError:  # the server is away for a while: what is known here still serves
                continue

    def catch_up(self) -> None:
        """Take in what another process wrote."""
        state, lexical = self._vectors.peek(), self._derived.lexical
        missing = [record for record in state.live.records.values() if record.key not in lexical.held]
        lexical.change(
            stored for record in missing for stored in version_passages(state.collection, record.id, record.version)
        )
        self._vectors.adopt(state)
        self._derived.follow(language=False)
