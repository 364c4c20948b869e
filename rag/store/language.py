"""What the indexed text itself teaches about its language, kept beside the library and made anew when it changes."""

import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from rag.sealed import file_checksum, read_sealed, write_sealed
from rag.store.records import StoredPassage
from rag.vietnamese.abbreviations import Abbreviations, Expansion
from rag.vietnamese.accents import AccentModel
from rag.vietnamese.names import GivenNames

_ACCENTS_FILE = "accents.npz"
_STATE_FILE = "state.json"
_FORMAT = 5  # raise when what is kept changes


class CorpusLanguage:
    """Accents, abbreviations and names as one library writes them.

    Args:
        folder: Where they are kept.
        holds_term: Whether a folded bigram stands anywhere in the library.
    """

    def __init__(self, folder: Path, holds_term: Callable[[str], bool]) -> None:
        self._folder = folder
        self._holds_term = holds_term
        self.accents = AccentModel.from_texts([])
        self.abbreviations = Abbreviations({})
        self.names = GivenNames({})

    def expansions(self, question: str) -> list[Expansion]:
        """The abbreviations of a question with what they most likely mean in this library."""
        return self.abbreviations.expansions(question, self._holds_term)

    def refresh(self, generation: int, passages: Callable[[], Iterable[StoredPassage]], *, anew: bool = False) -> None:
        """Load what was learned of this generation, or learn it from the passages and keep it.

        Args:
            generation: Generation of the library.
            passages: Gives every passage of the library; called only when there is something to learn.
            anew: Whether to learn it in any case.
        """
        if anew or not self._load(generation):
            texts = [text for stored in passages() for text in _texts(stored)]
            self.accents = AccentModel.from_texts(texts)
            self.abbreviations = Abbreviations.from_texts(texts)
            self.names = GivenNames.from_texts(texts)
            self._save(generation)

    def _load(self, generation: int) -> bool:
        try:
            state = read_sealed(self._folder / _STATE_FILE)
            if (state["generation"], state["format"]) != (generation, _FORMAT):
                return False
            if state["accents"] != file_checksum(self._folder / _ACCENTS_FILE):
                return False
            accents = AccentModel.load(self._folder / _ACCENTS_FILE)
            abbreviations, names = Abbreviations(state["abbreviations"]), GivenNames(state["names"])
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            EOFError,
            zlib.error,
            zipfile.BadZipFile,
        ):  # missing or damaged: it is derived
            return False
        self.accents, self.abbreviations, self.names = accents, abbreviations, names
        return True

    def _save(self, generation: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / _STATE_FILE).unlink(missing_ok=True)
        self.accents.save(self._folder / _ACCENTS_FILE)
        state = {
            "generation": generation,
            "format": _FORMAT,
            "accents": file_checksum(self._folder / _ACCENTS_FILE),
            "abbreviations": self.abbreviations.learned,
            "names": self.names.full_names,
        }
        write_sealed(self._folder / _STATE_FILE, state)


def _texts(stored: StoredPassage) -> tuple[str, ...]:
    """The passage, and with an article's first one its headline."""
    return (stored.title, stored.passage.text) if stored.passage.ordinal == 0 else (stored.passage.text,)
