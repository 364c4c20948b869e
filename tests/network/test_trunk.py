"""The network on onnxruntime computes what torch computes from the same folder."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from rag.embedding import PassageEmbeddings
from rag.errors import ModelError
from rag.network.trunk import Trunk

_TEXTS = [
    "passage: ",
    "query: Ai là Bí thư?",
    "passage: " + "Hội nghị họp tại Vũng Tàu sáng 12/3/2021. " * 9,
    "passage: " + "Dài hơn những gì mô hình đọc được. " * 120,
]


@pytest.fixture(scope="module")
def torch_model(embeddings: PassageEmbeddings) -> SentenceTransformer:
    return SentenceTransformer(str(embeddings.trunk.folder), local_files_only=True, device="cpu")


@pytest.mark.parametrize("text", _TEXTS)
def test_vectors_are_those_of_sentence_transformers(
    embeddings: PassageEmbeddings, torch_model: SentenceTransformer, text: str
) -> None:
    expected = torch_model.encode(text, normalize_embeddings=True, show_progress_bar=False)
    assert float(np.dot(embeddings.trunk.embed(text), expected)) > 0.99999


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_has_a_vector_of_length_one_and_always_the_same(embeddings: PassageEmbeddings, text: str) -> None:
    vector = embeddings.trunk.embed(text)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(vector, embeddings.trunk.embed(text))


def test_questions_asked_at_once_get_the_vectors_they_get_alone(embeddings: PassageEmbeddings) -> None:
    texts = [f"query: Giàn BK-{number} ở đâu?" * (1 + number % 3) for number in range(12)]
    alone = [embeddings.trunk.embed(text) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        for vector, expected in zip(threads.map(embeddings.trunk.embed, texts), alone, strict=True):
            assert float(np.dot(vector, expected)) > 0.99999


def test_a_trunk_of_another_size_is_read_from_its_folder(tiny_trunk: Path) -> None:
    trunk = Trunk(tiny_trunk)
    assert (trunk.layers, trunk.shape.hidden, trunk.word_vectors.shape) == (6, 16, (250037, 16))
    assert trunk.embed("query: Ai?").shape == (16,)


@pytest.mark.parametrize("damaged", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_damaged_cache_is_refused_with_its_remedy(
    tiny_trunk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_trunk, folder)
    (folder / damaged).write_bytes(b"garbage")
    monkeypatch.setattr("rag.embedding.unpack_bundled_model", lambda _: folder)
    with pytest.raises(ModelError, match=str(folder)) as refused:
        PassageEmbeddings(None, tmp_path).embed_query("Ai?")
    assert "xóa thư mục" in refused.value.remedy


def test_a_cache_without_the_layers_is_refused(tiny_trunk: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_trunk, folder)
    configuration = (folder / "config.json").read_text(encoding="utf-8")
    (folder / "config.json").write_text(configuration.replace('"hidden_size"', '"other"'), encoding="utf-8")
    with pytest.raises(ValueError, match="hidden_size"):
        Trunk(folder)
