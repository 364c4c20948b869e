"""Weights as they ship: one file, float16, that says of itself what it is."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rag.answering.reading.weights_file import FORMAT_VERSION, WeightsError, read_tensors

_VALUES = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)


def test_what_was_written_is_read_as_float32_with_its_notes(tmp_path: Path) -> None:
    path = tmp_path / "reader.safetensors"
    save_file({"layer.weight": _VALUES.astype(np.float16)}, path, {"format_version": FORMAT_VERSION, "note": "first"})
    tensors, notes = read_tensors(path)
    assert notes["note"] == "first"
    assert tensors["layer.weight"].dtype == np.float32
    assert tensors["layer.weight"] == pytest.approx(_VALUES, abs=1e-3)


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    old = tmp_path / "old.safetensors"
    save_file({"layer.weight": _VALUES}, old, {"format_version": "2"})
    with pytest.raises(WeightsError, match=r"old\.safetensors.* 2, this program reads 3"):
        read_tensors(old)
    (tmp_path / "broken.safetensors").write_bytes(b"no weights")
    with pytest.raises(WeightsError, match="broken"):
        read_tensors(tmp_path / "broken.safetensors")
