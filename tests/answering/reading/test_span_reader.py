"""The reader whose weights ship, read by itself: spans are places in the text."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.answering.reading.span_reader import SpanReader, trimmed, whole_words
from rag.embedding import PassageEmbeddings

_PASSAGE = (
    "Chiều 12/3/2021, ông Lê Văn Tám khánh thành nhà máy giấy tại Hòa Lạc. "
    "Nhà máy có 250 công nhân và sản xuất 1.200 tấn giấy mỗi năm."
)


@pytest.fixture(scope="module")
def reader(embeddings: PassageEmbeddings) -> SpanReader:
    return SpanReader.shipped(embeddings.trunk)


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
    assert together == reader.read(question, [_PASSAGE])[0].best(3)


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


def test_an_unmatched_bracket_is_no_part_of_an_answer() -> None:
    text = "(tăng 12%), nay"
    assert text[slice(*trimmed(text, 6, 11))] == "12%"
    assert text[slice(*trimmed(text, 0, 10))] == "(tăng 12%)"


@pytest.mark.parametrize(
    ("text", "span", "whole"),
    [
        ("Tổ máy AB-20 chạy.", "20", "AB-20"),
        ("Tổ máy AB-20A chạy.", "20", "AB-20A"),
        ("Nhà máy giấy", "á", "máy"),
        ("khóa 2020-2025", "2025", "2020-2025"),
        ("giấy - mực", "mực", "mực"),
        ("Ông Tám, bà Mơ", "Tám, b", "Tám, bà"),
    ],
)
def test_a_span_is_widened_to_whole_words_and_codes(text: str, span: str, whole: str) -> None:
    start = text.rindex(span)
    assert text[slice(*whole_words(text, start, start + len(span)))] == whole


@given(texts() | st.text(min_size=1, max_size=200), st.data())
def test_whole_words_hold_the_span_and_nothing_is_left_to_widen(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    wide_start, wide_end = whole_words(text, start, end)
    assert 0 <= wide_start <= start < end <= wide_end <= len(text)
    assert not any(one.isspace() for one in text[wide_start:start] + text[end:wide_end])
    assert whole_words(text, wide_start, wide_end) == (wide_start, wide_end)
