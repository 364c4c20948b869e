"""The reader's weights as they ship: what the first training left, as float16, and what later training changed.

Git keeps every version of a file for ever, so the large file is never written again. Later training ships as the
difference to it, a quarter of its size: each row in steps of 4 bits, with the size of a step as float16.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

FORMAT_VERSION = "2"
UPDATE_VERSION = "update-1"
_STEP = ".step"  # behind the name of a tensor: how much one step is, row by row
_MOST_STEPS = 7


class WeightsError(ValueError):
    """A weights file does not fit the model it is loaded into."""


def read_tensors(weights: Path, update: Path | None = None) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
    """The tensors by name, and what the newest of the files says of itself.

    Args:
        weights: The file of the first training.
        update: What later training changed; None for nothing.

    Raises:
        WeightsError: Not such files, or another format version.
        OSError: A file cannot be read.
    """
    stored, notes = _open(weights, FORMAT_VERSION)
    tensors = {name: values.astype(np.float32) for name, values in stored.items()}
    if update is None:
        return tensors, notes
    changes, notes = _open(update, UPDATE_VERSION)
    for name, values in changes.items():
        if name.endswith(_STEP):
            continue
        if name not in tensors:
            raise WeightsError(f"{update}: changes {name!r}, which {weights.name} does not hold")
        if values.dtype == np.uint8:
            tensors[name] += _unpacked(values) * changes[name + _STEP].astype(np.float32)
        else:
            tensors[name] = values.astype(np.float32)
    return tensors, notes


def write_update(
    path: Path,
    old: Mapping[str, NDArray[np.float32]],
    new: Mapping[str, NDArray[np.float32]],
    notes: Mapping[str, str],
) -> None:
    """Write what changed from `old` to `new`, so that `read_tensors` gives `new` again, but for the rounding.

    Args:
        path: The file to write.
        old: The tensors that the first file holds.
        new: Tensors of the same names and shapes.
        notes: What the file says of itself.

    Raises:
        OSError: The file cannot be written.
    """
    changes: dict[str, NDArray[np.generic]] = {}
    for name, values in new.items():
        rows_are_even = values.ndim == 2 and values.shape[1] % 2 == 0 and values.size > values.shape[1] * 2  # noqa: PLR2004
        if rows_are_even:
            changes[name], changes[name + _STEP] = _packed(values - old[name])
        else:
            changes[name] = values.astype(np.float16)
    save_file(changes, path, metadata={**notes, "format_version": UPDATE_VERSION})


def _open(path: Path, version: str) -> tuple[dict[str, NDArray[np.generic]], dict[str, str]]:
    try:
        with safe_open(str(path), framework="numpy") as file:
            notes: dict[str, str] = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a weights file ({error})") from error
    if notes.get("format_version") != version:
        raise WeightsError(f"{path}: format {notes.get('format_version')!r}, needed is {version!r}")
    return tensors, notes


def _packed(change: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """A change (rows, columns) as two values a byte (rows, columns / 2), and the step of each row (rows, 1)."""
    step = (np.abs(change).max(axis=1, keepdims=True) / _MOST_STEPS).astype(np.float16)
    steps = np.round(change / np.maximum(step.astype(np.float32), np.finfo(np.float16).tiny))
    raised = (np.clip(steps, -_MOST_STEPS, _MOST_STEPS) + _MOST_STEPS + 1).astype(np.uint8)
    return raised[:, 0::2] | (raised[:, 1::2] << 4), step


def _unpacked(packed: NDArray[np.generic]) -> NDArray[np.float32]:
    values = packed.astype(np.uint8)
    raised = np.stack([values & 0x0F, values >> 4], axis=-1).reshape(len(values), -1)
    return raised.astype(np.float32) - (_MOST_STEPS + 1)
