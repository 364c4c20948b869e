"""The training command on a tiny network and a tiny set of data: it learns, writes what ships, and goes on."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from evals.reader_training.data import XQUAD_LANGUAGES, load_dataset
from evals.reader_training.package import main as package_main
from evals.reader_training.train import main
from rag.answering.reading.weights_file import read_tensors

_SENTENCES = "Ngày 5/3/{n}, ông Lê Văn Tám khánh thành nhà máy số {n} ở Hòa Lạc. Nhà máy có {n} công nhân, ba xưởng."


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Question sets in the layout that the command reads, with texts of our own."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "squad").mkdir()
    (folder / "reader").mkdir()
    names = ["viquad.vi.dev.json", *(f"xquad.{language}.dev.json" for language in XQUAD_LANGUAGES)]
    for offset, name in enumerate(names):
        content = {"data": [_squad_article(2000 + 100 * offset + number) for number in range(8)]}
        (folder / "squad" / name).write_text(json.dumps(content), encoding="utf-8")
    sources = [
        "vi_native_snippets",
        "vi_native_snippets_unanswerable",
        "en_squad2_plausible",
        "viq_enctx_squad2_plausible",
        "vi_mt_squad2_plausible",
    ]
    with gzip.open(folder / "reader" / "train.jsonl.gz", "wt", encoding="utf-8") as lines:
        for number, source in enumerate(sources):
            text = _SENTENCES.format(n=4000 + number)
            start = -1 if "unanswerable" in source else text.index("Lê Văn Tám")
            row = {"question": "Ai khánh thành?", "context": text, "start": start, "end": start + 10, "source": source}
            lines.write(json.dumps(row) + "\n")
    return folder


def _squad_article(number: int) -> dict[str, object]:
    text = _SENTENCES.format(n=number)
    answers = [{"text": "Lê Văn Tám", "answer_start": text.index("Lê Văn Tám")}]
    question = {"id": str(number), "question": f"Ai khánh thành nhà máy số {number}?", "answers": answers}
    return {"title": f"Bài {number}", "paragraphs": [{"context": text, "qas": [question]}]}


def test_a_run_writes_what_ships_and_can_be_resumed(tiny_trunk: Path, data_dir: Path, tmp_path: Path) -> None:
    arguments = ["--data-dir", str(data_dir), "--model-dir", str(tiny_trunk), "--output", str(tmp_path)]
    assert main([*arguments, "--minutes", "0.02"]) == 0
    first = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert first["progress"]["step"] > 0
    with safe_open(str(tmp_path / "reader.safetensors"), framework="pt") as weights:
        assert "head.weight" in weights.keys()  # noqa: SIM118 - not a mapping
        assert "trunk.encoder.layer.3.output.dense.weight" not in weights.keys()  # noqa: SIM118 - shared, not shipped
        assert weights.get_tensor("head.weight").dtype == torch.float16
        assert "viquad" in weights.metadata()["mixture"]
    assert main([*arguments, "--minutes", "0.04", "--resume"]) == 0
    second = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert second["progress"]["step"] > first["progress"]["step"]
    assert not torch.equal(second["trained"]["head.weight"], first["trained"]["head.weight"])


def test_later_training_begins_with_given_weights_and_ships_as_an_update(
    tiny_trunk: Path, data_dir: Path, tmp_path: Path
) -> None:
    arguments = ["--data-dir", str(data_dir), "--model-dir", str(tiny_trunk), "--minutes", "0.01"]
    assert main([*arguments, "--output", str(tmp_path / "first")]) == 0
    first = tmp_path / "first" / "reader.safetensors"
    assert main([*arguments, "--output", str(tmp_path / "later"), "--start-from", str(first), "--seed", "1"]) == 0
    later = tmp_path / "later" / "reader.safetensors"
    assert package_main([str(first), str(later), "--base", str(first), "--output", str(tmp_path / "update")]) == 0
    old, new = read_tensors(first)[0], read_tensors(later)[0]
    shipped, notes = read_tensors(first, tmp_path / "update")
    assert notes["mean_of"] == "2"
    name = "trunk.encoder.layer.4.output.dense.weight"
    assert not (old[name] == new[name]).all()
    middle = (old[name] + new[name]) / 2
    assert abs(shipped[name] - middle).max() <= abs(new[name] - old[name]).max() / 20 + 1e-4


def test_a_change_of_low_rank_goes_on_from_given_weights_in_a_small_file(
    tiny_trunk: Path, data_dir: Path, tmp_path: Path
) -> None:
    arguments = ["--data-dir", str(data_dir), "--model-dir", str(tiny_trunk)]
    assert main([*arguments, "--minutes", "0.01", "--output", str(tmp_path / "first")]) == 0
    first = tmp_path / "first" / "reader.safetensors"
    more = [*arguments, "--output", str(tmp_path / "more"), "--start-from", str(first), "--rank", "2"]
    assert main([*more, "--minutes", "0.02"]) == 0
    begun = torch.load(tmp_path / "more" / "checkpoint.pt", weights_only=True)["progress"]["step"]
    assert main([*more, "--minutes", "0.03", "--resume"]) == 0
    assert torch.load(tmp_path / "more" / "checkpoint.pt", weights_only=True)["progress"]["step"] > begun
    latest = tmp_path / "more" / "reader.safetensors"
    old, new = read_tensors(first)[0], read_tensors(first, latest)[0]
    name = "trunk.encoder.layer.4.output.dense.weight"
    change = new[name] - old[name]
    assert np.abs(change).max() > 0
    assert np.linalg.matrix_rank(change, tol=1e-3 * np.linalg.norm(change)) <= 2
    assert (new["head.weight"] != old["head.weight"]).any()


def test_further_sets_of_any_language_join_the_mixture(tiny_trunk: Path, data_dir: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    article = _squad_article(7000)
    article["paragraphs"][0]["qas"].append({"id": "x", "question": "Ai phá nhà máy?", "answers": []})  # type: ignore[index]
    (more / "bang.vi.json").write_text(json.dumps({"data": [article]}), encoding="utf-8")
    (more / "notes.json").write_text("not SQuAD", encoding="utf-8")
    examples = load_dataset(data_dir, more).training["more"]
    assert [(example.language, bool(example.answers)) for example in examples] == [("vi", True), ("vi", False)]
    arguments = ["--data-dir", str(data_dir), "--model-dir", str(tiny_trunk), "--output", str(tmp_path / "run")]
    assert main([*arguments, "--more", str(more), "--minutes", "0.005"]) == 0
    with safe_open(str(tmp_path / "run" / "reader.safetensors"), framework="pt") as weights:
        assert "more" in weights.metadata()["mixture"]


def test_a_part_can_be_left_out_for_its_terms(tiny_trunk: Path, data_dir: Path, tmp_path: Path) -> None:
    arguments = ["--data-dir", str(data_dir), "--model-dir", str(tiny_trunk), "--output", str(tmp_path)]
    assert main([*arguments, "--minutes", "0.005", "--leave-out", "viquad"]) == 0
    with safe_open(str(tmp_path / "reader.safetensors"), framework="pt") as weights:
        assert "viquad" not in weights.metadata()["mixture"]
