"""The reader whose weights ship, read by itself: spans are places in the text, and the trunk is shared."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.answering.reading.span_model import SpanModel, WeightsError
from rag.answering.reading.span_reader import SpanReader, trimmed
from rag.embedding import PassageEmbeddings

_PASSAGE = (
    "Chiều 12/3/2021, ông Lê Văn Tám khánh thành nhà máy giấy tại Hòa Lạc. "
    "Nhà máy có 250 công nhân và sản xuất 1.200 tấn giấy mỗi năm."
)


@pytest.fixture(scope="module")
def reader(embeddings: PassageEmbeddings) -> SpanReader:
    return SpanReader.shipped(*embeddings.reader_base())


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Ai khánh thành nhà máy giấy?", "Lê Văn Tám"),
        ("Nhà máy có bao nhiêu công nhân?", "250"),
        ("Nhà máy giấy ở đâu?", "Hòa Lạc"),
    ],
)
def test_the_place_of_the_answer_is_found(reader: SpanReader, question: str, answer: str) -> None:
    (reading,) = reader.read(question, [_PASSAGE])
    best = reading.best(1)[0]
    assert answer in _PASSAGE[best.start : best.end]
    assert best.score > 0


def test_a_passage_about_something_else_scores_lower(reader: SpanReader) -> None:
    right, wrong = reader.read("Nhà máy có bao nhiêu công nhân?", [_PASSAGE, "Trời hôm nay nắng, gió nhẹ, biển êm."])
    assert right.best(1)[0].score > wrong.best(1)[0].score


def test_an_answer_far_into_a_long_text_is_found(reader: SpanReader) -> None:
    filler = "Mưa rơi trên mái nhà, gió thổi qua cánh đồng lúa xanh. " * 30
    text = filler + _PASSAGE
    (reading,) = reader.read("Ai khánh thành nhà máy giấy?", [text])
    best = reading.best(1)[0]
    assert "Lê Văn Tám" in text[best.start : best.end]


def test_passages_read_together_or_alone_score_the_same(reader: SpanReader) -> None:
    question = "Nhà máy sản xuất bao nhiêu tấn giấy?"
    together = reader.read(question, ["Trời nắng.", _PASSAGE, "Không có gì."])[1].best(3)
    alone = reader.read(question, [_PASSAGE])[0].best(3)
    for one, other in zip(together, alone, strict=True):
        assert (one.start, one.end) == (other.start, other.end)
        assert math.isclose(one.score, other.score, abs_tol=1e-3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=200))
def test_spans_lie_in_any_text(reader: SpanReader, question: str, passage: str) -> None:
    (reading,) = reader.read(question, [passage])
    spans = reading.best(5)
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)
    for span in spans:
        assert 0 <= span.start < span.end <= len(passage)
        assert not passage[span.start].isspace()
    assert reading.score(len(passage), len(passage) + 1) == -math.inf


def test_the_lower_layers_are_the_embedding_models_own(embeddings: PassageEmbeddings) -> None:
    base, _ = embeddings.reader_base()
    model = SpanModel.beside(base)
    assert model.trunk.embeddings is base.embeddings
    assert model.trunk.encoder.layer[0] is base.encoder.layer[0]
    assert model.trunk.encoder.layer[11] is not base.encoder.layer[11]


def test_weights_of_another_base_are_refused(embeddings: PassageEmbeddings, tmp_path: Path) -> None:
    base, _ = embeddings.reader_base()
    model = SpanModel.beside(base)
    for tensor in model.own_tensors().values():
        torch.nn.init.zeros_(tensor)
    model.save_weights(tmp_path / "reader.safetensors", {"note": "zeros"})
    assert model.load_weights(tmp_path / "reader.safetensors")["note"] == "zeros"
    other = SpanModel(type(base)(base.config, add_pooling_layer=False))
    with pytest.raises(WeightsError, match="another base"):
        other.load_weights(tmp_path / "reader.safetensors")


def test_an_unmatched_bracket_is_no_part_of_an_answer() -> None:
    text = "(tăng 12%), nay"
    assert text[slice(*trimmed(text, 6, 11))] == "12%"
    assert text[slice(*trimmed(text, 0, 10))] == "(tăng 12%)"
