"""What the indexed text itself teaches about its language, kept beside the library and made anew when it changes."""

import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from rag.store.records import StoredPassage
from rag.vietnamese.accents import AccentModel

_ACCENTS_FILE = "accents.npz"
_STATE_FILE = "state.json"
_FORMAT = 1  # raise when what is kept changes


class CorpusLanguage:
    """The accent model of one library.

    Args:
        folder: Where it is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.accents = AccentModel.from_texts([])

    def refresh(self, generation: int, passages: Callable[[], Iterable[StoredPassage]]) -> None:
        """Load what was learned of this generation, or learn it from the passages and keep it.

        Args:
            generation: Generation of the library.
            passages: Gives every passage of the library; called only when there is something to learn.
        """
        if not self._load(generation):
            self._learn(passages())
            self._save(generation)

    def _learn(self, passages: Iterable[StoredPassage]) -> None:
        self.accents = AccentModel.from_texts(_texts(passages))

    def _load(self, generation: int) -> bool:
        try:
            state = json.loads((self._folder / _STATE_FILE).read_text(encoding="utf-8"))
            if state != {"generation": generation, "format": _FORMAT}:
                return False
            self.accents = AccentModel.load(self._folder / _ACCENTS_FILE)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):  # missing or damaged: it is derived
            return False
        return True

    def _save(self, generation: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / _STATE_FILE).unlink(missing_ok=True)
        self.accents.save(self._folder / _ACCENTS_FILE)
        state = json.dumps({"generation": generation, "format": _FORMAT})
        (self._folder / _STATE_FILE).write_text(state, encoding="utf-8")


def _texts(passages: Iterable[StoredPassage]) -> Iterable[str]:
    """Each headline once, each passage once."""
    for stored in passages:
        if stored.passage.ordinal == 0:
            yield stored.title
        yield stored.passage.text
