"""Weights as they ship: a file of the first training, and the difference that later training made."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save_file

from rag.answering.reading.weights_file import (
    FORMAT_VERSION,
    WeightsError,
    read_tensors,
    write_low_rank_update,
    write_update,
)


def _tensors(seed: int, rows: int, columns: int, size: float) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    return {
        "layer.weight": rng.normal(0, size, (rows, columns)).astype(np.float32),
        "layer.bias": rng.normal(0, size, rows).astype(np.float32),
        "head.weight": rng.normal(0, size, (2, columns)).astype(np.float32),
    }


def _written(folder: Path, tensors: dict[str, NDArray[np.float32]]) -> Path:
    path = folder / "reader.safetensors"
    halves = {name: values.astype(np.float16) for name, values in tensors.items()}
    save_file(halves, path, metadata={"format_version": FORMAT_VERSION, "note": "first"})
    return path


@given(
    seed=st.integers(0, 1000), rows=st.integers(3, 20), half=st.integers(1, 20), size=st.sampled_from([1e-3, 0.1, 2])
)
def test_an_update_gives_the_new_weights_to_within_half_a_step(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int, half: int, size: float
) -> None:
    folder = tmp_path_factory.mktemp("weights")
    path = _written(folder, _tensors(seed, rows, 2 * half, 1.0))
    old, _ = read_tensors(path)
    new = {name: values + change for (name, values), change in zip(old.items(), _change(seed, old, size), strict=True)}
    write_update(folder / "update.safetensors", old, new, {"note": "later"})
    read, notes = read_tensors(path, folder / "update.safetensors")
    assert notes["note"] == "later"
    for name, values in new.items():
        largest = np.abs(values - old[name]).max(axis=-1, keepdims=True)
        assert (np.abs(read[name] - values) <= largest / 13 + np.abs(values) / 1000 + 1e-6).all()


def _change(seed: int, old: dict[str, NDArray[np.float32]], size: float) -> list[NDArray[np.float32]]:
    rng = np.random.default_rng(seed + 1)
    return [rng.normal(0, size, values.shape).astype(np.float32) for values in old.values()]


def test_an_update_is_a_quarter_of_the_weights(tmp_path: Path) -> None:
    path = _written(tmp_path, _tensors(0, 400, 400, 1.0))
    old, _ = read_tensors(path)
    write_update(tmp_path / "update.safetensors", old, _tensors(1, 400, 400, 1.0), {})
    assert (tmp_path / "update.safetensors").stat().st_size < 0.27 * path.stat().st_size


def test_weights_that_did_not_change_come_back_as_they_were(tmp_path: Path) -> None:
    path = _written(tmp_path, _tensors(0, 8, 8, 1.0))
    old, _ = read_tensors(path)
    write_update(tmp_path / "update.safetensors", old, old, {})
    read, _ = read_tensors(path, tmp_path / "update.safetensors")
    assert all((read[name] == values).all() for name, values in old.items())


@given(seed=st.integers(0, 1000), rows=st.integers(3, 30), rank=st.integers(1, 8), size=st.sampled_from([1e-2, 0.3]))
def test_a_low_rank_update_adds_the_product_of_its_factors_to_what_came_before(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int, rank: int, size: float
) -> None:
    folder = tmp_path_factory.mktemp("weights")
    path = _written(folder, _tensors(seed, rows, 2 * rows, 1.0))
    old, _ = read_tensors(path)
    write_update(folder / "update", old, {name: 1.25 * values for name, values in old.items()}, {})
    rng = np.random.default_rng(seed)
    up, down = (rng.normal(0, size, shape).astype(np.float32) for shape in ((rows, rank), (rank, 2 * rows)))
    bias = np.arange(rows, dtype=np.float32)
    write_low_rank_update(folder / "latest", {"layer.weight": (up, down)}, {"layer.bias": bias}, {"note": "latest"})
    before, _ = read_tensors(path, folder / "update")
    read, notes = read_tensors(path, folder / "update", folder / "latest")
    assert notes["note"] == "latest"
    rounding = (np.abs(up).max() * np.abs(down).max()) * rank / 100 + 1e-6
    assert np.abs(read["layer.weight"] - before["layer.weight"] - up @ down).max() <= rounding
    assert (read["layer.bias"] == bias).all()
    assert (read["head.weight"] == before["head.weight"]).all()


def test_a_low_rank_update_of_other_weights_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, _tensors(0, 8, 8, 1.0))
    factors = np.ones((8, 1), np.float32), np.ones((1, 8), np.float32)
    write_low_rank_update(tmp_path / "latest", {"other.weight": factors}, {}, {})
    with pytest.raises(WeightsError, match=r"changes .other"):
        read_tensors(path, tmp_path / "latest")


def test_an_update_of_other_weights_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, _tensors(0, 8, 8, 1.0))
    old, _ = read_tensors(path)
    other = {f"other.{name}": values for name, values in old.items()}
    write_update(tmp_path / "update.safetensors", other, other, {})
    with pytest.raises(WeightsError, match=r"changes .other"):
        read_tensors(path, tmp_path / "update.safetensors")


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    path = _written(tmp_path, _tensors(0, 8, 8, 1.0))
    with pytest.raises(WeightsError, match="update-1"):
        read_tensors(path, path)
    (tmp_path / "broken.safetensors").write_bytes(b"no weights")
    with pytest.raises(WeightsError, match="broken"):
        read_tensors(tmp_path / "broken.safetensors")
