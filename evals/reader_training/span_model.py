"""The reader's network as torch trains it; `rag.answering.reading.span_network` runs what `save_weights` writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import BertModel

from rag.answering.reading.encoding import NULL_POSITION, Window
from rag.answering.reading.span_network import BASE_SAMPLE_NAME, JUDGEMENTS, base_sample
from rag.answering.reading.weights_file import read_tensors, write_tensors
from rag.network.trunk import SHARED_LAYERS

_IMPOSSIBLE = -1e4
_PADDING = 1  # XLM-R's `<pad>`


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


@dataclass(frozen=True, slots=True)
class Logits:
    """What the network says of a batch, all float32.

    Attributes:
        starts: How well an answer starts at each token (examples, tokens).
        ends: How well an answer ends at each token (examples, tokens).
        judgements: Of each whole input (examples, `JUDGEMENTS`).
    """

    starts: Tensor
    ends: Tensor
    judgements: Tensor


class SpanModel(nn.Module):
    """Trunk and heads.

    Args:
        trunk: multilingual-e5-small. Its layers from `SHARED_LAYERS` on belong to this model from now on.
    """

    def __init__(self, trunk: BertModel) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(trunk.config.hidden_size, 2)
        self.judge = nn.Linear(trunk.config.hidden_size, len(JUDGEMENTS))
        for layer in (self.head, self.judge):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)
        for module in self.shared_modules():
            module.requires_grad_(requires_grad=False)

    @classmethod
    def for_training(cls, model_dir: Path, attention: str = "eager") -> "SpanModel":
        """A model with a trunk of its own, its heads at random.

        Args:
            model_dir: multilingual-e5-small.
            attention: How transformers computes attention; "sdpa" is faster where nothing is trained.

        Raises:
            OSError: The folder cannot be read.
        """
        # Written out, attention runs on a processor's matrix units in bfloat16; torch's fused kernel does not, and its
        # backward pass takes half of a step (measured: 1.2 s against 0.7 s for 2,000 tokens on one core with AMX).
        trunk: BertModel = BertModel.from_pretrained(
            str(model_dir),
            local_files_only=True,
            add_pooling_layer=False,
            attn_implementation=attention,
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

    def forward(self, batch: Batch) -> Logits:
        """What the network says of each input."""
        hidden = self.trunk(input_ids=batch.ids, attention_mask=batch.attention).last_hidden_state
        logits = self.head(hidden).float().masked_fill(~batch.allowed.unsqueeze(-1), _IMPOSSIBLE)
        return Logits(logits[..., 0], logits[..., 1], self.judge(hidden[:, NULL_POSITION]).float())

    def own_tensors(self) -> dict[str, nn.Parameter]:
        """The tensors that training changes, by name."""
        return {name: parameter for name, parameter in self.named_parameters() if parameter.requires_grad}

    def load_weights(self, path: Path) -> None:
        """Take the model's own tensors from a file that `save_weights` wrote.

        Raises:
            WeightsError: Not such a file.
            OSError: The file cannot be read.
            KeyError: A tensor is missing.
        """
        saved, _ = read_tensors(path)
        with torch.no_grad():
            for name, tensor in self.own_tensors().items():
                tensor.copy_(torch.from_numpy(saved[name]))

    def save_weights(self, path: Path, notes: dict[str, str]) -> None:
        """Write the model's own tensors, with `notes` in the file's metadata.

        Raises:
            OSError: The file cannot be written.
        """
        tensors = {name: _array(tensor) for name, tensor in self.own_tensors().items()}
        tensors[BASE_SAMPLE_NAME] = base_sample(_array(self.trunk.embeddings.word_embeddings.weight))
        write_tensors(path, tensors, notes)


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().cpu().numpy(), np.float32)


def make_batch(windows: Sequence[Window]) -> Batch:
    """Pad windows to the longest."""
    shape = (len(windows), max(len(window.ids) for window in windows))
    ids = torch.full(shape, _PADDING)
    attention = torch.zeros(shape, dtype=torch.long)
    allowed = torch.zeros(shape, dtype=torch.bool)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        attention[row, : len(window.ids)] = 1
        allowed[row, NULL_POSITION] = True
        allowed[row, window.passage_start : window.passage_start + len(window.offsets)] = True
    return Batch(ids, attention, allowed)
