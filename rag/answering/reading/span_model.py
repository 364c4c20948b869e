"""The reader's network: multilingual-e5-small with its upper layers trained again, and a layer that scores spans.

The word embeddings and the four lower layers are the embedding model's own, unchanged, so that both share them in
memory; the weights file holds layers 4 to 11 and the head. `evals/reader_training` makes it; `weights/MODEL_CARD.md`
says from what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import BertModel

from rag.answering.reading.encoding import NULL_POSITION, PADDING, Window

FORMAT_VERSION = "2"
SHARED_LAYERS = 4
MAX_SPAN_TOKENS = 40
_IMPOSSIBLE = -1e4
_BASE_SAMPLE = 2048  # values
_BASE_SAMPLE_NAME = "base_sample"
_LEAST_LIKENESS = 0.97  # cosine


class WeightsError(ValueError):
    """A weights file does not fit the model it is loaded into."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded inputs.

    Attributes:
        ids: Token ids (examples, tokens).
        attention: 1 where there is a token, else 0 (examples, tokens).
        allowed: Whether an answer may start or end there: passage tokens and the null position (examples, tokens).
    """

    ids: Tensor
    attention: Tensor
    allowed: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The batch on `device`."""
        return Batch(self.ids.to(device), self.attention.to(device), self.allowed.to(device))


class SpanModel(nn.Module):
    """Trunk and head.

    Args:
        trunk: multilingual-e5-small. Its layers from `SHARED_LAYERS` on belong to this model from now on.
    """

    def __init__(self, trunk: BertModel) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(trunk.config.hidden_size, 2)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        for module in self.shared_modules():
            module.requires_grad_(requires_grad=False)

    @classmethod
    def beside(cls, base: BertModel) -> "SpanModel":
        """A model for inference whose lower layers are those of `base`; its own weights are still to be loaded."""
        with torch.device("meta"):
            trunk = BertModel(base.config, add_pooling_layer=False)
            model = cls(trunk)
        trunk.embeddings = base.embeddings
        for index, layer in enumerate(trunk.encoder.layer):
            if index < SHARED_LAYERS:
                trunk.encoder.layer[index] = base.encoder.layer[index]
            else:
                layer.to_empty(device="cpu")
        model.head.to_empty(device="cpu")
        return model.eval()

    @classmethod
    def for_training(cls, model_dir: Path) -> "SpanModel":
        """A model with a trunk of its own, its head at random.

        Raises:
            OSError: The folder cannot be read.
        """
        # Attention dropout keeps scaled_dot_product_attention off its fast path: ten times slower on a CPU.
        trunk: BertModel = BertModel.from_pretrained(
            str(model_dir),
            local_files_only=True,
            add_pooling_layer=False,
            attn_implementation="sdpa",
            attention_probs_dropout_prob=0.0,
        )
        return cls(trunk)

    def shared_modules(self) -> list[nn.Module]:
        """The modules that training leaves as they are in the embedding model."""
        return [self.trunk.embeddings, *self.trunk.encoder.layer[:SHARED_LAYERS]]

    def train(self, mode: bool = True) -> "SpanModel":  # noqa: FBT001, FBT002 - torch's signature
        """Set training mode; shared modules stay in evaluation mode, without dropout."""
        super().train(mode)
        for module in self.shared_modules():
            module.eval()
        return self

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Start and end logits, both float32 (examples, tokens)."""
        hidden = self.trunk(input_ids=batch.ids, attention_mask=batch.attention).last_hidden_state
        logits = self.head(hidden).float().masked_fill(~batch.allowed.unsqueeze(-1), _IMPOSSIBLE)
        return logits[..., 0], logits[..., 1]

    def own_tensors(self) -> dict[str, nn.Parameter]:
        """The tensors that training changes and the weights file holds, by name."""
        shared = {id(parameter) for module in self.shared_modules() for parameter in module.parameters()}
        return {name: parameter for name, parameter in self.named_parameters() if id(parameter) not in shared}

    def base_sample(self) -> Tensor:
        """Some values of the word embeddings: what tells whether weights were trained over this base."""
        flat = self.trunk.embeddings.word_embeddings.weight.detach().cpu().flatten()
        return flat[:: len(flat) // _BASE_SAMPLE][:_BASE_SAMPLE].clone()

    def save_weights(self, path: Path, notes: dict[str, str]) -> None:
        """Write the model's own tensors as float16, with `notes` in the file's metadata.

        Raises:
            OSError: The file cannot be written.
        """
        tensors = {name: tensor.detach().cpu().half().contiguous() for name, tensor in self.own_tensors().items()}
        tensors[_BASE_SAMPLE_NAME] = self.base_sample().half()
        unfinished = path.with_suffix(".unfinished")
        save_file(tensors, unfinished, metadata={**notes, "format_version": FORMAT_VERSION})
        unfinished.replace(path)

    def load_weights(self, path: Path) -> dict[str, str]:
        """Load a file that `save_weights` wrote; return its metadata.

        Raises:
            WeightsError: Another format version, another base model, or other tensors.
            OSError: The file cannot be read.
        """
        with safe_open(str(path), framework="pt") as file:
            metadata: dict[str, str] = file.metadata() or {}
            if metadata.get("format_version") != FORMAT_VERSION:
                raise WeightsError(f"{path}: format {metadata.get('format_version')!r}, needed is {FORMAT_VERSION!r}")
            own = self.own_tensors()
            if {*own, _BASE_SAMPLE_NAME} != set(file.keys()):
                raise WeightsError(f"{path}: its tensors are not the reader's")
            # The bundled 4-bit copy of the base and the published one differ by rounding; another model by far more.
            likeness = torch.cosine_similarity(self.base_sample(), file.get_tensor(_BASE_SAMPLE_NAME).float(), dim=0)
            if float(likeness) < _LEAST_LIKENESS:
                raise WeightsError(f"{path}: trained over another base model (likeness {float(likeness):.3f})")
            with torch.no_grad():
                for name, tensor in own.items():
                    tensor.copy_(file.get_tensor(name).float())
        return metadata


def make_batch(windows: Sequence[Window]) -> Batch:
    """Pad windows to the longest."""
    shape = (len(windows), max(len(window.ids) for window in windows))
    ids = torch.full(shape, PADDING)
    attention = torch.zeros(shape, dtype=torch.long)
    allowed = torch.zeros(shape, dtype=torch.bool)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        attention[row, : len(window.ids)] = 1
        allowed[row, NULL_POSITION] = True
        allowed[row, window.passage_start : window.passage_start + len(window.offsets)] = True
    return Batch(ids, attention, allowed)
