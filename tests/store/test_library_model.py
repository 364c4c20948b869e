"""Any sequence of edits, moves, runs and crashes, against a plain model: a dictionary from name to text."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from support import OpenLibrary

from rag.embedding import PassageEmbeddings
from rag.errors import LibraryError
from rag.store.chroma import ChromaStore
from rag.store.library import Library

_NAMES = ("a.md", "b.md", "sub/a.md", "sub/c.txt", "b.txt")
_BODIES = (
    "Giàn BK-24 khánh thành.",
    "Hội nghị họp tại Vũng Tàu. " * 12,
    "Ông Trần Văn A là Bí thư. Câu này có mười từ để đếm cho dễ. " * 9,
)


class Crashed(BaseException):
    """The process is gone."""


class LibraryModel(RuleBasedStateMachine):
    """Files on disk, what the library holds, and a library that may crash at any call to Chroma."""

    open_library: OpenLibrary
    embeddings: PassageEmbeddings

    def __init__(self) -> None:
        super().__init__()
        self._stack = contextlib.ExitStack()
        self.base = Path(self._stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        self.folder = self.base / "articles"
        self.folder.mkdir()
        self.files: dict[str, str] = {}  # as they are
        self.held: dict[str, str] = {}  # text by origin, at the last run that ended
        self.between: dict[str, set[str]] = {}  # what a crash may have left, by origin
        self._opened = contextlib.ExitStack()
        self.library = self._open()

    def _open(self) -> Library:
        return self._opened.enter_context(self.open_library(self.base / "data", self.embeddings, passage_words=20))

    def teardown(self) -> None:
        self._opened.close()
        self._stack.close()

    def origin(self, name: str) -> str:
        return str(self.folder / name)

    @rule(name=st.sampled_from(_NAMES), body=st.sampled_from(_BODIES))
    def write(self, name: str, body: str) -> None:
        self.files[name] = body.strip()
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(f"Tin\n{body}", encoding="utf-8")

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        del self.files[name]
        (self.folder / name).unlink()

    @precondition(lambda self: self.files)
    @rule(data=st.data(), to=st.sampled_from(_NAMES))
    def move(self, data: st.DataObject, to: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        (self.folder / to).parent.mkdir(exist_ok=True)
        (self.folder / name).rename(self.folder / to)
        self.files[to] = self.files.pop(name)

    @precondition(lambda self: self.files)
    @rule()
    def index(self) -> None:
        self.library.sync([self.folder])
        self.held, self.between = {self.origin(name): body for name, body in self.files.items()}, {}
        assert not self.library.sync([self.folder]).changed

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        record = data.draw(st.sampled_from(self.library.articles() or [None]))
        if record is not None:
            assert self.library.remove([record.id]) == [record.id]
            self.held.pop(record.origin, None)
            self.between.pop(record.origin, None)

    @precondition(lambda self: self.files)
    @rule(calls=st.integers(0, 40))
    def crash_while_indexing(self, calls: int) -> None:
        before = {record.origin: self.library.article(record.id).body for record in self.library.articles()}
        with crashing_after(self.library.vectors.store, calls), contextlib.suppress(Crashed):
            self.library.sync([self.folder])
        with contextlib.suppress(LibraryError):
            self._opened.close()
        after = {self.origin(name): body for name, body in self.files.items()}
        self.held = {origin: body for origin, body in after.items() if before.get(origin) == body}
        self.between = {
            origin: {text for text in (before.get(origin), after.get(origin)) if text is not None}
            for origin in before.keys() | after.keys()
        }
        self.library = self._open()

    @rule()
    def reopen(self) -> None:
        self._opened.close()
        self.library = self._open()

    @invariant()
    def every_article_is_whole_and_in_both_indexes(self) -> None:
        library = self.library
        texts = {record.origin: library.article(record.id).body for record in library.articles()}
        if not self.between:
            assert texts == self.held
        for origin, text in texts.items():
            assert text in self.between.get(origin, {self.held.get(origin)})
        live = library.live
        stored = {stored.id for stored in library.vectors.all_passages()}
        assert set(library.lexical.search({"tin": 1.0}, 1000, None, live)) == stored
        assert len(stored) == library.vectors.count()
        if stored:
            vector = library.embeddings.embed_query("giàn")
            assert set(library.vectors.nearest(vector, 1000, None, live)) == stored


@contextlib.contextmanager
def crashing_after(store: ChromaStore, calls: int) -> Iterator[None]:
    """Let so many calls to Chroma through; at the next the process is gone, and nothing reaches Chroma any more."""
    guarded, left = store.guarded, [calls]

    @contextlib.contextmanager
    def counting() -> Iterator[None]:
        left[0] -= 1
        if left[0] == -1:
            raise Crashed
        if left[0] < -1:
            message = "the process is gone"
            raise LibraryError(message, message)
        with guarded():
            yield

    store.guarded = counting  # type: ignore[method-assign]
    try:
        yield
    finally:
        if left[0] >= 0:  # it never came to that call
            store.guarded = guarded  # type: ignore[method-assign]


def test_any_sequence_of_edits_runs_and_crashes_leaves_what_a_plain_model_says(
    open_library: OpenLibrary, tiny_embeddings: PassageEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.store.sync._PUBLISHED_AT_ONCE", 1)
    monkeypatch.setattr("rag.store.sync._WRITTEN_AT_ONCE", 1)

    class Model(LibraryModel):
        pass

    Model.open_library = staticmethod(open_library)  # type: ignore[assignment]
    Model.embeddings = tiny_embeddings
    run_state_machine_as_test(Model, settings=settings(max_examples=12, stateful_step_count=14, derandomize=True))  # type: ignore[no-untyped-call]
