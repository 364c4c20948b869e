"""The systems under comparison over the whole corpus, made once: the tutorial embeds its own chunks."""

import pytest

from evals.systems import LibraryPassages, RetrievalSystem, baselines
from evals.workspace import articles_of
from rag.store.library import Library


@pytest.fixture(scope="session")
def systems(corpus_library: Library, tmp_path_factory: pytest.TempPathFactory) -> dict[str, RetrievalSystem]:
    """Ours and the baselines, by name. For reading only."""
    passages = LibraryPassages(corpus_library)
    made = baselines(passages, articles_of(corpus_library), tmp_path_factory.mktemp("tutorial"))
    return {system.name: system for system in made}
