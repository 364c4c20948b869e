"""Weights as they ship: one file that says of itself what it is."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rag.answering.reading.weights_file import WeightsError, read_tensors, write_tensors

_VALUES = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)


def test_what_was_written_is_read_again_but_for_the_rounding_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "reader.safetensors"
    matrix = np.random.default_rng(0).normal(size=(40, 64)).astype(np.float32) * np.logspace(-3, 1, 40)[:, None]
    write_tensors(path, {"layer.weight": matrix, "layer.bias": _VALUES[0]}, {"note": "first"})
    tensors, notes = read_tensors(path)
    assert notes["note"] == "first"
    assert set(tensors) == {"layer.weight", "layer.bias"}
    assert {values.dtype for values in tensors.values()} == {np.dtype(np.float32)}
    assert tensors["layer.bias"] == pytest.approx(_VALUES[0], abs=1e-3)
    off = np.abs(tensors["layer.weight"] - matrix)
    assert (off <= np.abs(matrix).max(axis=1, keepdims=True) / 127 * 0.6).all()
    assert path.stat().st_size < matrix.nbytes / 3


def test_a_row_of_zeros_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "reader.safetensors"
    write_tensors(path, {"layer.weight": np.zeros((2, 8), np.float32)}, {})
    assert not read_tensors(path)[0]["layer.weight"].any()


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    old = tmp_path / "old.safetensors"
    save_file({"layer.weight": _VALUES}, old, {"format_version": "2"})
    with pytest.raises(WeightsError, match=r"old\.safetensors.* 2, this program reads 3"):
        read_tensors(old)
    (tmp_path / "broken.safetensors").write_bytes(b"no weights")
    with pytest.raises(WeightsError, match="broken"):
        read_tensors(tmp_path / "broken.safetensors")
