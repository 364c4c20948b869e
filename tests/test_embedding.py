import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.embedding import EmbeddingFingerprint, PassageEmbeddings
from rag.errors import ModelError

_TEXTS = ["Ngắn.", "Hội nghị họp tại Vũng Tàu. " * 8, "Giàn BK-24 khánh thành sáng nay."]


def test_vectors_have_length_one_whatever_the_model(
    embeddings: PassageEmbeddings, tiny_embeddings: PassageEmbeddings
) -> None:
    for model in (embeddings, tiny_embeddings):
        vectors = [model.embed_query("Ai là Bí thư?"), *model.embed_documents(_TEXTS)]
        assert [len(vector) for vector in vectors] == [model.fingerprint.dimension] * 4
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_vectors_come_in_order_and_do_not_depend_on_their_neighbours(embeddings: PassageEmbeddings) -> None:
    together = embeddings.embed_documents(_TEXTS)
    for text, vector in zip(_TEXTS, together, strict=True):
        assert np.dot(embeddings.embed_documents([text])[0], vector) > 0.9999
    assert embeddings.embed_documents([]) == []


def test_the_passage_that_answers_is_nearest_to_the_question(embeddings: PassageEmbeddings) -> None:
    passages = [
        "Đồng chí Trần Quốc Thắng là Bí thư Đảng ủy Bộ máy Điều hành.",
        "Phở bò được ninh từ xương trong nhiều giờ.",
        "Giàn BK-24 đón dòng dầu đầu tiên vào tháng Mười.",
    ]
    vectors = np.array(embeddings.embed_documents(passages))
    for question, nearest in [("Ai đứng đầu Đảng ủy?", 0), ("Món ăn nấu thế nào?", 1), ("Khi nào có dầu?", 2)]:
        assert int(np.argmax(vectors @ np.array(embeddings.embed_query(question)))) == nearest


def test_both_placements_of_a_tone_mark_have_the_same_vector(embeddings: PassageEmbeddings) -> None:
    assert embeddings.embed_query("Uỷ viên Thuý Hoà") == embeddings.embed_query("Ủy viên Thúy Hòa")
    older, newer = embeddings.embed_documents(["Ủy viên Thúy Hòa", "Uỷ viên Thuý Hoà"])
    assert older == newer


def test_questions_and_passages_are_told_apart_by_their_prefix(embeddings: PassageEmbeddings) -> None:
    text = "Hội nghị họp tại Vũng Tàu."
    assert (embeddings.fingerprint.query_prefix, embeddings.fingerprint.passage_prefix) == ("query: ", "passage: ")
    assert np.dot(embeddings.embed_query(text), embeddings.embed_documents([text])[0]) < 0.999


def test_a_fingerprint_comes_back_from_its_json(embeddings: PassageEmbeddings) -> None:
    fingerprint = embeddings.fingerprint
    assert EmbeddingFingerprint.from_json(fingerprint.to_json()) == fingerprint
    assert (fingerprint.model, fingerprint.dimension) == ("intfloat/multilingual-e5-small", 384)


@pytest.mark.parametrize("damaged", ["model.safetensors", "config.json", "modules.json", "tokenizer.json"])
def test_a_damaged_model_folder_is_refused_by_name(tiny_model: Path, tmp_path: Path, damaged: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    assert (folder / damaged).is_file()
    (folder / damaged).write_bytes(b"garbage")
    with pytest.raises(ModelError, match=str(folder)) as refused:
        PassageEmbeddings(str(folder), tmp_path).embed_query("a")
    assert "HOIDAP_EMBEDDING_MODEL" in refused.value.remedy


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        _ = PassageEmbeddings(str(tmp_path), tmp_path).fingerprint


def test_a_folder_that_is_not_there_is_refused_without_asking_a_hub(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="missing"):
        PassageEmbeddings(str(tmp_path / "missing"), tmp_path).embed_query("Ai?")
