import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.vietnamese.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@given(st.one_of(texts(), st.text(alphabet=" \n\t.!?…”)aÂđ", max_size=60)))
def test_sentences_partition_the_text(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


@given(texts())
def test_a_line_end_always_ends_a_sentence(text: str) -> None:
    assert not any(re.search(r"\n\s*\S", sentence.lstrip()) for sentence in sentences(text))


@given(st.text(alphabet=" \n\t.!aÂđ", min_size=1, max_size=60))
def test_white_space_alone_is_never_a_sentence_beside_others(text: str) -> None:
    found = sentences(text)
    assert len(found) == 1 or all(sentence.strip() for sentence in found)


@pytest.mark.parametrize(
    "text",
    [
        "Hội nghị họp tại Tp. Vũng Tàu sáng nay.",
        "Có 3.000 người và 15.5 tấn.",
        "Ths. Nguyễn Văn A. Trần phát biểu.",
        "Ông nói “rất vui!” rồi về.",
        "Các sở, ngành v.v. đã dự.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


def test_closing_quotes_and_brackets_stay_with_their_sentence() -> None:
    assert sentences("Ông nói: “Xong rồi.” Mọi người về. (Hết.) Thế à? Vâng…") == [
        "Ông nói: “Xong rồi.” ",
        "Mọi người về. ",
        "(Hết.) ",
        "Thế à? ",
        "Vâng…",
    ]


def test_empty_text_has_no_sentence() -> None:
    assert sentence_spans("") == []
