"""The reader's weights as they ship: one safetensors file, float16."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

FORMAT_VERSION = "3"


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
            names = file.keys()
            return {name: file.get_tensor(name).astype(np.float32) for name in names}, notes
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a weights file ({error})") from error
