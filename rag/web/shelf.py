"""The library as visitors see it."""

import datetime
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rag.store.library import Library


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """One article in the list.

    Attributes:
        id: The article's id.
        title: Its headline.
        published: The day it appeared, if known.
        publisher: Who published it, if known.
        passages: How many passages it was cut into.
        uploaded: Whether it came in through the page, and can be deleted there.
    """

    id: str
    title: str
    published: datetime.date | None
    publisher: str | None
    passages: int
    uploaded: bool


class Shelf:
    """Reads the library for the page; the list is made once for each state of the library.

    Args:
        library: The library.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._listed: tuple[int, list[ShelfEntry]] | None = None

    @property
    def uploads(self) -> Path:
        """The folder that uploaded files are kept in; indexed as a root of its own."""
        return self._library.settings.data_dir.expanduser().resolve() / "uploads"

    def entries(self) -> list[ShelfEntry]:
        """The articles, sorted by id."""
        with self._lock:
            generation = self._library.vectors.generation
            if self._listed is None or self._listed[0] != generation:
                self._listed = (generation, self._list())
            return self._listed[1]

    def _list(self) -> list[ShelfEntry]:
        uploaded = {record.id for record in self._library.articles() if record.root == self.uploads}
        first, passages = {}, Counter[str]()
        for stored in self._library.vectors.all_passages():
            passages[stored.passage.article_id] += 1
            if stored.passage.ordinal == 0:
                first[stored.passage.article_id] = stored
        return [
            ShelfEntry(
                article_id, one.title, one.published, one.publisher, passages[article_id], article_id in uploaded
            )
            for article_id, one in sorted(first.items())
        ]
