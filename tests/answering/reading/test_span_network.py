"""The reader's network on onnxruntime: what torch trained and saved is what is run."""

from pathlib import Path

import pytest
import torch
from safetensors.numpy import load_file, save_file
from transformers import BertConfig, BertModel

from evals.reader_training.span_model import SpanModel, make_batch
from rag.answering.reading.encoding import PairEncoder, Window
from rag.answering.reading.span_network import SpanNetwork
from rag.answering.reading.weights_file import FORMAT_VERSION, WeightsError
from rag.embedding import PassageEmbeddings
from rag.network.trunk import Trunk


@pytest.fixture(scope="module")
def window(embeddings: PassageEmbeddings) -> Window:
    encoder = PairEncoder(embeddings.trunk.tokenizer)
    return encoder.windows("Ai khánh thành nhà máy?", "Chiều 12/3/2021, ông Lê Văn Tám khánh thành nhà máy giấy.")[0]


@pytest.fixture(scope="module")
def trained(embeddings: PassageEmbeddings, tmp_path_factory: pytest.TempPathFactory) -> tuple[SpanModel, Path]:
    """A model as training leaves it (here with upper layers and a head that nobody trained), and its file."""
    torch.manual_seed(0)
    model = SpanModel.for_training(embeddings.trunk.folder)
    with torch.no_grad():
        for tensor in model.own_tensors().values():
            tensor.add_(0.01 * torch.randn_like(tensor))
    path = tmp_path_factory.mktemp("weights") / "reader.safetensors"
    model.save_weights(path, {"note": "noise"})
    return model.eval(), path


def test_what_was_trained_in_torch_is_what_runs(
    embeddings: PassageEmbeddings, trained: tuple[SpanModel, Path], window: Window
) -> None:
    model, path = trained
    network = SpanNetwork(embeddings.trunk, path)
    assert network.notes["note"] == "noise"
    with torch.inference_mode():
        expected = model(make_batch([window]))
    said = network(window.ids)
    inside = slice(window.passage_start, window.passage_start + len(window.offsets))
    spans = torch.stack([expected.starts[0, inside], expected.ends[0, inside]], dim=1).numpy()
    assert said.spans[inside] == pytest.approx(spans, abs=0.02)  # the file is float16
    assert said.judgements == pytest.approx(expected.judgements[0].numpy(), abs=0.02)


def test_weights_of_another_base_are_refused(
    embeddings: PassageEmbeddings, trained: tuple[SpanModel, Path], tmp_path: Path
) -> None:
    other = BertModel(BertConfig(vocab_size=250037, hidden_size=384, num_attention_heads=12, num_hidden_layers=5))
    other.save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").symlink_to(embeddings.trunk.folder / "tokenizer.json")
    with pytest.raises(WeightsError, match="another base"):
        SpanNetwork(Trunk(tmp_path), trained[1])


@pytest.mark.parametrize(
    ("left_out", "version", "reason"),
    [
        ("head.bias", FORMAT_VERSION, "head.bias"),
        ("judge.bias", FORMAT_VERSION, "judge.bias"),
        ("base_sample", FORMAT_VERSION, "base_sample"),
        ("", "1", "format version 1"),
    ],
)
def test_a_file_that_is_not_the_readers_is_refused(
    embeddings: PassageEmbeddings,
    trained: tuple[SpanModel, Path],
    tmp_path: Path,
    left_out: str,
    version: str,
    reason: str,
) -> None:
    tensors = {name: values for name, values in load_file(trained[1]).items() if name != left_out}
    save_file(tensors, tmp_path / "other.safetensors", metadata={"format_version": version})
    with pytest.raises(WeightsError, match=reason):
        SpanNetwork(embeddings.trunk, tmp_path / "other.safetensors")


def test_a_headline_is_read_but_is_never_an_answer(embeddings: PassageEmbeddings) -> None:
    encoder = PairEncoder(embeddings.trunk.tokenizer)
    passage = "Chiều 12/3/2021, ông Lê Văn Tám khánh thành nhà máy giấy. " * 30
    plain = encoder.windows("Ai khánh thành?", passage)
    headed = encoder.windows("Ai khánh thành?", passage, "Nhà máy giấy Hòa Lạc")
    assert len(plain) == len(headed) > 1
    for without, window in zip(plain, headed, strict=True):
        assert window.offsets == without.offsets
        assert len(window.ids) > len(without.ids)
        assert window.ids[window.passage_start :] == without.ids[without.passage_start :]


def test_conversation_and_proposed_answer_are_read_but_are_no_answers(embeddings: PassageEmbeddings) -> None:
    encoder = PairEncoder(embeddings.trunk.tokenizer)
    passage = "Chiều 12/3/2021, ông Lê Văn Tám khánh thành nhà máy giấy."
    plain = encoder.windows("Ai khánh thành?", passage)[0]
    more = encoder.windows("Ai khánh thành?", passage, before="Khi nào? Chiều 12/3.", proposed="Lê Văn Tám")[0]
    assert more.offsets == plain.offsets
    assert more.ids[more.passage_start :] == plain.ids[plain.passage_start :]
    assert more.passage_start > plain.passage_start
