"""multilingual-e5-small for embedding texts, its lower layers shared with the reader."""

import functools
import json
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

from rag.network.layers import EncoderLayers, Float32, Shape

SHARED_LAYERS = 4  # the reader's own layers come after them
_WEIGHTS_FILE = "model.safetensors"
_WORDS = "embeddings.word_embeddings.weight"


class Trunk:
    """The embedding model's network.

    The table of word vectors (384 MB) stays on disk and is mapped: only the rows of tokens that occur take memory.
    Safe to use from several threads at once.

    Args:
        folder: multilingual-e5-small as a sentence-transformers folder.

    Attributes:
        folder: The same.
        shape: Of the encoder.
        layers: How many it has.
        tokenizer: XLM-R's, without truncation and padding.

    Raises:
        OSError: A file of the folder cannot be read.
        ValueError: A file of the folder is damaged, or is of another architecture.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        configuration = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        try:
            self.shape = Shape(
                configuration["hidden_size"], configuration["num_attention_heads"], configuration["layer_norm_eps"]
            )
            self.layers: int = configuration["num_hidden_layers"]
            self._max_tokens: int = configuration["max_position_embeddings"]
            embedding = _tensors(folder / _WEIGHTS_FILE, "embeddings.", without=_WORDS)
            self._words = _mapped_tensor(folder / _WEIGHTS_FILE, _WORDS)
            self._positions = (
                embedding["embeddings.position_embeddings.weight"]
                + embedding["embeddings.token_type_embeddings.weight"][0]
            )
            self._scale, self._shift = (embedding[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
            self._lower = EncoderLayers(_layer_tensors(folder, range(SHARED_LAYERS)), range(SHARED_LAYERS), self.shape)
        except KeyError as error:
            message = f"{folder} holds no BERT model: {error} is missing"
            raise ValueError(message) from error
        self.tokenizer = read_tokenizer(folder)

    @property
    def word_vectors(self) -> Float32:
        """The table of word vectors (tokens of the vocabulary, hidden), mapped from disk."""
        return self._words

    def embed(self, text: str) -> Float32:
        """The L2-normalised mean of the last layer's tokens (hidden,).

        Args:
            text: With its prefix. What is beyond the model's 512 tokens is not read.
        """
        ids: list[int] = self.tokenizer.encode(text).ids
        if len(ids) > self._max_tokens:
            ids = [*ids[: self._max_tokens - 1], ids[-1]]
        mean = self._upper(self.lower(ids)).mean(axis=0)
        vector: Float32 = mean / np.linalg.norm(mean)
        return vector

    def lower(self, ids: Sequence[int]) -> Float32:
        """What the layers that the reader shares make of one text's tokens (tokens, hidden).

        Args:
            ids: Token ids, special tokens included; from 1 to 512 of them.
        """
        vectors = self._words[np.asarray(ids)] + self._positions[: len(ids)]
        centred = vectors - vectors.mean(axis=-1, keepdims=True)
        deviation = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + self.shape.epsilon)
        return self._lower((centred / deviation * self._scale + self._shift).astype(np.float32, copy=False))

    @functools.cached_property
    def _upper(self) -> EncoderLayers:
        layers = range(SHARED_LAYERS, self.layers)
        return EncoderLayers(_layer_tensors(self.folder, layers), layers, self.shape)


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model folder.

    Raises:
        FileNotFoundError: There is none.
        ValueError: The file is damaged.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        message = f"no tokenizer in {folder}"
        raise FileNotFoundError(message)
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:
        message = f"{path} is damaged ({error})"
        raise ValueError(message) from error


def _layer_tensors(folder: Path, layers: range) -> dict[str, Float32]:
    return _tensors(folder / _WEIGHTS_FILE, tuple(f"encoder.layer.{layer}." for layer in layers))


def _tensors(path: Path, prefixes: str | tuple[str, ...], without: str = "") -> dict[str, Float32]:
    with safe_open(str(path), framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys() if name.startswith(prefixes) and name != without}  # noqa: SIM118 - not a dict


def _mapped_tensor(path: Path, name: str) -> Float32:
    """A float32 tensor of a safetensors file as a read-only view of the file; safetensors itself would copy it whole.

    The file is one that safetensors has checked. Layout, little endian: u64 length of the header; the header as JSON;
    the tensors' bytes.
    """
    with path.open("rb") as file:
        (header_bytes,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_bytes))
    entry = header[name]
    if entry["dtype"] != "F32":
        message = f"{path}: {name} is {entry['dtype']}, not F32"
        raise ValueError(message)
    offset = 8 + header_bytes + entry["data_offsets"][0]
    mapped: NDArray[np.float32] = np.memmap(path, np.dtype("<f4"), mode="r", offset=offset, shape=tuple(entry["shape"]))
    return mapped
