from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.answering.llm.sentences import whole_sentences


def test_a_number_behind_a_full_stop_belongs_to_the_sentence_before_it() -> None:
    assert list(whole_sentences(["Một. [1] ", "Hai [2]. Ba", "."])) == ["Một. [1]", "Hai [2].", "Ba."]
    assert list(whole_sentences(["Một. ", "[1", "][2]", " Hai."])) == ["Một. [1][2]", "Hai."]


def test_a_sentence_comes_out_before_the_next_one_is_complete() -> None:
    def pieces() -> list[str]:
        return ["Giàn nặng 800 tấn [1]. ", "Giàn có"]

    stream = iter(pieces())
    assert next(whole_sentences(stream)) == "Giàn nặng 800 tấn [1]."


@given(texts(), st.integers(1, 9))
def test_however_the_text_is_cut_into_pieces_the_sentences_are_the_same(text: str, size: int) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert "".join("".join(whole_sentences(pieces)).split()) == "".join(text.split())
