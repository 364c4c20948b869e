"""The reader's network: the embedding model's lower layers, upper layers of its own, and a layer that scores spans.

The weights files hold the upper layers and the head. `evals/reader_training` makes them;
`weights/MODEL_CARD.md` says from what.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering.reading.weights_file import WeightsError, read_tensors
from rag.network.layers import EncoderLayers, Float32
from rag.network.trunk import SHARED_LAYERS, Trunk

BASE_SAMPLE_NAME = "base_sample"
_BASE_SAMPLE = 2048  # values
_LEAST_LIKENESS = 0.97  # cosine
_TRUNK_PREFIX = "trunk."


class SpanNetwork:
    """Scores, for each token of a question and a passage, that an answer starts or ends there.

    Safe to use from several threads at once.

    Args:
        trunk: The embedding model; its lower layers are used, not copied.
        weights: The file of the first training.
        updates: What later training changed, in the order in which it was trained.

    Attributes:
        notes: What the newest of the files says of itself.

    Raises:
        WeightsError: Another format version, another base model, or other tensors.
        OSError: The file cannot be read.
    """

    def __init__(self, trunk: Trunk, weights: Path, *updates: Path) -> None:
        self._trunk = trunk
        tensors, self.notes = read_tensors(weights, *updates)
        try:
            likeness = _cosine(base_sample(trunk.word_vectors), tensors[BASE_SAMPLE_NAME])
            # The bundled 4-bit copy of the base and the published one differ by rounding; another model by far more.
            if likeness < _LEAST_LIKENESS:
                raise WeightsError(f"{weights}: trained over another base model (likeness {likeness:.3f})")
            self._head = tensors["head.weight"].T, tensors["head.bias"]
            own = {name.removeprefix(_TRUNK_PREFIX): values for name, values in tensors.items()}
            self._upper = EncoderLayers(own, range(SHARED_LAYERS, trunk.layers), trunk.shape)
        except KeyError as error:
            raise WeightsError(f"{weights}: its tensors are not the reader's ({error} is missing)") from error

    def __call__(self, ids: Sequence[int]) -> Float32:
        """Start and end logits (tokens, 2) of one input."""
        weight, bias = self._head
        logits: Float32 = self._upper(self._trunk.lower(ids)) @ weight + bias
        return logits


def base_sample(word_vectors: NDArray[np.floating]) -> Float32:
    """Some values of the word embeddings: what tells whether weights were trained over this base.

    Args:
        word_vectors: The base's table (tokens of the vocabulary, hidden).
    """
    flat = word_vectors.reshape(-1)
    return flat[:: len(flat) // _BASE_SAMPLE][:_BASE_SAMPLE].astype(np.float32)


def _cosine(one: Float32, other: Float32) -> float:
    if one.shape != other.shape:
        return 0.0
    return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))
