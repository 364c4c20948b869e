"""The second stage, with a real cross-encoder of sentence-transformers made on the spot."""

from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.retrieval.rerank import CrossEncoderReranker
from rag.retrieval.retriever import HybridRetriever
from rag.store.library import Library


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One random layer over letters: its scores mean nothing, but they are scores."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors  # noqa: PLC0415
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast  # noqa: PLC0415

    pieces = ["[PAD]", "[UNK]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz"]
    tokenizer = Tokenizer(models.WordLevel({piece: place for place, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A [SEP]", pair="$A [SEP] $B [SEP]", special_tokens=[("[SEP]", 2)]
    )
    folder = tmp_path_factory.mktemp("cross-encoder")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", sep_token="[SEP]", model_max_length=64
    )
    fast.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_hits_are_ordered_by_the_cross_encoder_and_none_is_lost(corpus_library: Library, cross_encoder: Path) -> None:
    question = "Giàn BK-24 khánh thành ngày nào?"
    plain = HybridRetriever(library=corpus_library)
    reranking = HybridRetriever(library=corpus_library, reranker=CrossEncoderReranker(str(cross_encoder)))
    before = plain.search(plain.understand(question), 5)
    after = reranking.search(reranking.understand(question), 5)
    scores = [hit.score.rerank for hit in after]
    assert {hit.stored.id for hit in after} == {hit.stored.id for hit in before}
    assert None not in scores
    assert scores == sorted(scores, reverse=True)
    assert all(hit.score.rerank is None for hit in before)


def test_a_model_that_is_not_there_is_named_with_the_setting(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    missing.mkdir()
    with pytest.raises(ModelError, match="none") as refused:
        CrossEncoderReranker(str(missing)).scores("Ai?", ["Ông A."])
    assert "HOIDAP_RERANKER" in refused.value.remedy
