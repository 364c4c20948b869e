"""The reader's network: the embedding model's lower layers, upper layers of its own, and two heads.

One head scores the tokens of a passage as start and end of an answer; the other judges a whole input, read off its
first token. The weights file holds the upper layers and the heads. `evals/reader_training` makes it;
`weights/MODEL_CARD.md` says from what.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering.reading.encoding import NULL_POSITION
from rag.answering.reading.weights_file import WeightsError, read_tensors
from rag.network.layers import EncoderLayers, Float32
from rag.network.trunk import SHARED_LAYERS, Trunk

# The passage's answer to a question for yes or no, or that the question asks for something else; and what the passage
# says to a proposed answer.
VERDICTS = ("yes", "no", "unknown", "open")
SUPPORTS = ("supports", "contradicts", "silent")
JUDGEMENTS = (*VERDICTS, *SUPPORTS)
BASE_SAMPLE_NAME = "base_sample"
_BASE_SAMPLE = 2048  # values
_LEAST_LIKENESS = 0.97  # cosine
_FINGERPRINT = 16  # hexadecimal digits
_TRUNK_PREFIX = "trunk."


@dataclass(frozen=True, slots=True)
class NetworkOutput:
    """What the network says of one input.

    Attributes:
        spans: Start and end logits (tokens, 2).
        judgements: Logits of the whole input (`JUDGEMENTS`,).
    """

    spans: Float32
    judgements: Float32


class SpanNetwork:
    """Scores the tokens of a question and a passage as start and end of the answer, and judges the whole.

    Safe to use from several threads at once.

    Args:
        trunk: The embedding model; its lower layers are used, not copied.
        weights: The weights file.

    Attributes:
        notes: What the file says of itself.
        fingerprint: Of the file: what is fitted to one network's scores fits no other's.

    Raises:
        WeightsError: Another format version, another base model, or other tensors.
        OSError: The file cannot be read.
    """

    def __init__(self, trunk: Trunk, weights: Path) -> None:
        self._trunk = trunk
        tensors, self.notes = read_tensors(weights)
        self.fingerprint = hashlib.sha256(weights.read_bytes()).hexdigest()[:_FINGERPRINT]
        try:
            likeness = _cosine(base_sample(trunk.word_vectors), tensors[BASE_SAMPLE_NAME])
            # The bundled 4-bit copy of the base and the published one differ by rounding; another model by far more.
            if likeness < _LEAST_LIKENESS:
                raise WeightsError(f"{weights}: trained over another base model (likeness {likeness:.3f})")
            self._head = tensors["head.weight"].T, tensors["head.bias"]
            self._judge = tensors["judge.weight"].T, tensors["judge.bias"]
            own = {name.removeprefix(_TRUNK_PREFIX): values for name, values in tensors.items()}
            self._upper = EncoderLayers(own, range(SHARED_LAYERS, trunk.layers), trunk.shape)
        except KeyError as error:
            raise WeightsError(f"{weights}: its tensors are not the reader's ({error} is missing)") from error

    def __call__(self, ids: Sequence[int]) -> NetworkOutput:
        """Read one input.

        Args:
            ids: Its tokens, special ones included.
        """
        hidden = self._upper(self._trunk.lower(ids))
        (weight, bias), (judge_weight, judge_bias) = self._head, self._judge
        return NetworkOutput(hidden @ weight + bias, hidden[NULL_POSITION] @ judge_weight + judge_bias)


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
