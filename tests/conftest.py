"""What the tests share: one real model for the session, one indexed corpus, and small libraries made on the spot."""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support import ROOT, OpenLibrary, Write

from evals.benchmarks.tiny_model import make_tiny_model
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library

silence_telemetry()
os.environ["RUST_BACKTRACE"] = "0"
settings.register_profile(
    "core", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("core")


@pytest.fixture(scope="session")
def corpus() -> Path:
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def embeddings() -> PassageEmbeddings:
    """The bundled model, loaded once."""
    return PassageEmbeddings(None, Settings.load().cache_dir)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another real sentence-transformers model: 16 dimensions, random weights, vectors not normalised by itself."""
    return make_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_trunk(tmp_path_factory: pytest.TempPathFactory, embeddings: PassageEmbeddings) -> Path:
    """The folder of a six-layer network of 16 dimensions with the real tokenizer, and random weights."""
    from transformers import BertConfig, BertModel  # noqa: PLC0415 - seconds that most tests do not need

    folder = tmp_path_factory.mktemp("tiny-trunk")
    config = BertConfig(
        vocab_size=250037, hidden_size=16, num_hidden_layers=6, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    shutil.copy(embeddings.trunk.folder / "tokenizer.json", folder)
    return folder


@pytest.fixture(scope="session")
def tiny_embeddings(tiny_model: Path) -> PassageEmbeddings:
    return PassageEmbeddings(str(tiny_model), tiny_model.parent)


@pytest.fixture(scope="session")
def open_library(embeddings: PassageEmbeddings) -> OpenLibrary:
    """Opens a library for a `with` block, by default with the bundled model."""

    def opened(
        data_dir: Path, embeddings: PassageEmbeddings = embeddings, **choices: object
    ) -> AbstractContextManager[Library]:
        return Library.opened(Settings.load(data_dir=data_dir, **choices), embeddings, "pytest")

    return opened


@pytest.fixture(scope="session")
def write() -> Write:
    """Write a Markdown article: `write(folder / "a.md", "Giàn BK-24 khánh thành.", published="2020-12-30")`."""

    def write_article(path: Path, body: str, title: str = "Tin", **fields: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f'title: "{title} {path.stem}"', *(f"{name}: {value}" for name, value in fields.items())]
        path.write_text("\n".join(["---", *lines, "---", body]), encoding="utf-8")
        return path

    return write_article


@pytest.fixture
def library(tmp_path: Path, open_library: OpenLibrary) -> Iterator[Library]:
    """An empty library."""
    with open_library(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for articles."""
    made = tmp_path / "articles"
    made.mkdir()
    return made


@pytest.fixture(scope="session")
def corpus_library(
    tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, corpus: Path
) -> Iterator[Library]:
    """The whole corpus, indexed. For reading only."""
    with open_library(tmp_path_factory.mktemp("corpus")) as opened:
        opened.sync([corpus])
        yield opened


@pytest.fixture(scope="session")
def chatbot(corpus_library: Library) -> Chatbot:
    return Chatbot(corpus_library)
