"""The reader's weights as they ship: what the first training left, as float16, and what later training changed.

Git keeps every version of a file for ever, so the large file is never written again. Later training ships as the
difference to it, a quarter of its size: each row in steps of 4 bits, with the size of a step as float16. The latest
ships as a change of low rank on top of that, a thirtieth of its size: two thin matrices in steps of 8 bits, for each
weight matrix their product (Hu et al. 2021, LoRA).
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

FORMAT_VERSION = "2"
UPDATE_VERSION = "update-1"
LOW_RANK_VERSION = "low-rank-1"
_STEP = ".step"  # behind the name of a tensor: how much one step is, row by row
_UP, _DOWN = ".up", ".down"  # behind the name of a tensor: the factors of its change
_MOST_STEPS = 7
_MOST_STEPS_OF_FACTORS = 127


class WeightsError(ValueError):
    """A weights file does not fit the model it is loaded into."""


def read_tensors(weights: Path, *updates: Path) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
    """The tensors by name, and what the newest of the files says of itself.

    Args:
        weights: The file of the first training.
        updates: What later training changed, in the order in which it was trained.

    Raises:
        WeightsError: Not such files, or another format version.
        OSError: A file cannot be read.
    """
    stored, notes = _open(weights, FORMAT_VERSION)
    tensors = {name: values.astype(np.float32) for name, values in stored.items()}
    for update in updates:
        changes, notes = _open(update, UPDATE_VERSION, LOW_RANK_VERSION)
        for name, values in changes.items():
            if name.endswith((_STEP, _DOWN)):
                continue
            changed = name.removesuffix(_UP)
            if changed not in tensors:
                raise WeightsError(f"{update}: changes {changed!r}, which {weights.name} does not hold")
            if name.endswith(_UP):
                tensors[changed] += _factor(changes, name) @ _factor(changes, changed + _DOWN)
            elif values.dtype == np.uint8:
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


def write_low_rank_update(
    path: Path,
    factors: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]],
    replaced: Mapping[str, NDArray[np.float32]],
    notes: Mapping[str, str],
) -> None:
    """Write a change of low rank, so that `read_tensors` adds it to what the files before it hold.

    Args:
        path: The file to write.
        factors: By the name of the tensor (rows, columns) that changes: `up` (rows, rank) and `down` (rank, columns),
            whose product is added to it.
        replaced: Small tensors that are written whole.
        notes: What the file says of itself.

    Raises:
        OSError: The file cannot be written.
    """
    tensors: dict[str, NDArray[np.generic]] = {name: values.astype(np.float16) for name, values in replaced.items()}
    for name, (up, down) in factors.items():
        for place, values in ((name + _UP, up), (name + _DOWN, down)):
            step = _step(values, _MOST_STEPS_OF_FACTORS)
            tensors[place], tensors[place + _STEP] = _steps(values, step, _MOST_STEPS_OF_FACTORS).astype(np.int8), step
    save_file(tensors, path, metadata={**notes, "format_version": LOW_RANK_VERSION})


def _open(path: Path, *versions: str) -> tuple[dict[str, NDArray[np.generic]], dict[str, str]]:
    try:
        with safe_open(str(path), framework="numpy") as file:
            notes: dict[str, str] = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a weights file ({error})") from error
    if notes.get("format_version") not in versions:
        needed = " or ".join(repr(version) for version in versions)
        raise WeightsError(f"{path}: format {notes.get('format_version')!r}, needed is {needed}")
    return tensors, notes


def _packed(change: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """A change (rows, columns) as two values a byte (rows, columns / 2), and the step of each row (rows, 1)."""
    step = _step(change, _MOST_STEPS)
    raised = (_steps(change, step, _MOST_STEPS) + _MOST_STEPS + 1).astype(np.uint8)
    return np.asarray(raised[:, 0::2] | (raised[:, 1::2] << 4), np.uint8), step


def _unpacked(packed: NDArray[np.generic]) -> NDArray[np.float32]:
    values = packed.astype(np.uint8)
    raised = np.stack([values & 0x0F, values >> 4], axis=-1).reshape(len(values), -1)
    return raised.astype(np.float32) - (_MOST_STEPS + 1)


def _step(values: NDArray[np.float32], most: int) -> NDArray[np.float16]:
    """The size of a step for each row (rows, 1), so that its largest value is `most` steps."""
    return np.asarray(np.abs(values).max(axis=1, keepdims=True) / most, np.float16)


def _steps(values: NDArray[np.float32], step: NDArray[np.float16], most: int) -> NDArray[np.float32]:
    steps = np.round(values / np.maximum(step.astype(np.float32), np.finfo(np.float16).smallest_subnormal))
    return np.asarray(np.clip(steps, -most, most), np.float32)


def _factor(changes: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    return changes[name].astype(np.float32) * changes[name + _STEP].astype(np.float32)
