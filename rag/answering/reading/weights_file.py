"""The reader's weights as they ship: one safetensors file, matrices in steps of 8 bits, everything else as float16."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

FORMAT_VERSION = "3"
_STEP = ".step"  # behind the name of a matrix: the size of one step, row by row (rows, 1)
_MOST_STEPS = 127


class WeightsError(ValueError):
    """A weights file does not fit the model it is loaded into."""


def read_tensors(path: Path) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
    """The tensors by name, and what the file says of itself.

    Args:
        path: The file.

    Raises:
        WeightsError: Not a weights file, or another format version.
        OSError: The file cannot be read.
    """
    try:
        with safe_open(str(path), framework="numpy") as file:
            notes: dict[str, str] = file.metadata() or {}
            version = notes.get("format_version")
            if version != FORMAT_VERSION:
                raise WeightsError(f"{path}: format version {version}, this program reads {FORMAT_VERSION}")
            stored = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118 - no dict
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a weights file ({error})") from error
    steps = {name: stored.pop(name) for name in list(stored) if name.endswith(_STEP)}
    return {name: values * steps.get(name + _STEP, np.float32(1)) for name, values in stored.items()}, notes


def write_tensors(path: Path, tensors: Mapping[str, NDArray[np.floating]], notes: Mapping[str, str]) -> None:
    """Write tensors so that `read_tensors` gives them again, but for the rounding.

    Args:
        path: The file to write; a crash half-way leaves the one that was there.
        tensors: Matrices (rows, columns) are rounded to 1/127 of each row's largest value.
        notes: What the file says of itself.

    Raises:
        OSError: The file cannot be written.
    """
    stored: dict[str, NDArray[np.generic]] = {}
    for name, values in tensors.items():
        if values.ndim == 2:  # noqa: PLR2004 - a matrix
            step = (np.abs(values).max(axis=1, keepdims=True) / _MOST_STEPS).astype(np.float16)
            least = np.finfo(np.float16).smallest_subnormal
            steps = np.round(values / np.maximum(step.astype(np.float32), least))
            stored[name], stored[name + _STEP] = np.clip(steps, -_MOST_STEPS, _MOST_STEPS).astype(np.int8), step
        else:
            stored[name] = values.astype(np.float16)
    unfinished = path.with_suffix(".unfinished")
    save_file(stored, unfinished, metadata={**notes, "format_version": FORMAT_VERSION})
    unfinished.replace(path)
