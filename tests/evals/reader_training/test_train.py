"""The training command on a tiny network and a tiny set of data: it learns, writes what ships, and goes on."""

import gzip
import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from evals.people.sets import PEOPLE_SETS
from evals.reader_training.data import XQUAD_LANGUAGES, load_dataset
from evals.reader_training.mining import main as mining_main
from evals.reader_training.mining import read_proposals
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
    _write_people(folder / "people")
    return folder


def _write_people(folder: Path) -> None:
    """The people's sets in their formats, with texts of our own."""
    folder.mkdir()
    for offset, name in enumerate(("vinewsqa.dev", "vinewsqa.train", "viquad2.dev")):
        articles = [_squad_article(20_000 + 1000 * offset + number) for number in range(30)]
        if name == "viquad2.dev":
            articles[0]["title"] = "Texas"  # of the titles that are held back
        (folder / f"{name}.json").write_text(json.dumps({"data": articles}), encoding="utf-8")
    with (folder / "vicoqa.dev.jsonl").open("w", encoding="utf-8") as talks:
        for number in range(30_000, 30_030):
            text = _SENTENCES.format(n=number)
            who = {"question": "Ai khánh thành?", "answer": "ông Tám", "span": text.split(". ")[0]}
            where = {"question": "Ở đâu?", "answer": "Ở Hòa Lạc.", "span": text.split(". ")[0]}
            talks.write(json.dumps({"id": str(number), "story": text, "turns": [who, where]}) + "\n")
    with (folder / "vimqa.dev.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(40_000, 40_030):
            row = {"question": "Nhà máy ở Hòa Lạc phải không?", "paragraph": _SENTENCES.format(n=number)}
            lines.write(json.dumps({**row, "answer": "đúng" if number % 2 else "không"}) + "\n")


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
        assert weights.get_tensor("head.weight").dtype == torch.int8
        assert "viquad2" in weights.metadata()["mixture"]
    assert main([*arguments, "--minutes", "0.04", "--resume"]) == 0
    second = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert second["progress"]["step"] > first["progress"]["step"]
    assert not torch.equal(second["trained"]["head.weight"], first["trained"]["head.weight"])


def test_later_training_begins_with_given_weights(tiny_trunk: Path, data_dir: Path, tmp_path: Path) -> None:
    arguments = ["--data-dir", str(data_dir), "--model-dir", str(tiny_trunk), "--minutes", "0.01"]
    assert main([*arguments, "--output", str(tmp_path / "first")]) == 0
    first = tmp_path / "first" / "reader.safetensors"
    assert main([*arguments, "--output", str(tmp_path / "later"), "--start-from", str(first), "--seed", "1"]) == 0
    old, new = read_tensors(first)[0], read_tensors(tmp_path / "later" / "reader.safetensors")[0]
    name = "head.weight"  # whose steps are large enough for the file's 8 bits
    assert 0 < abs(new[name] - old[name]).max() < abs(old[name]).max()


def test_the_readers_own_mistakes_are_found_and_learned_from(tiny_trunk: Path, data_dir: Path, tmp_path: Path) -> None:
    arguments = ["--data-dir", str(data_dir), "--model-dir", str(tiny_trunk)]
    assert main([*arguments, "--minutes", "0.005", "--output", str(tmp_path / "first")]) == 0
    weights = str(tmp_path / "first" / "reader.safetensors")
    assert mining_main([*arguments, "--weights", weights, "--output", str(tmp_path / "mined")]) == 0
    proposals = read_proposals(tmp_path / "mined" / "proposed.jsonl")
    assert {"supports", "silent"} <= {one.support for one in proposals}
    assert all(one.proposed in one.passage for one in proposals if one.support != "silent")
    mined = ["--mined", str(tmp_path / "mined"), "--output", str(tmp_path / "more")]
    assert main([*arguments, *mined, "--minutes", "0.005"]) == 0
    with safe_open(str(tmp_path / "more" / "reader.safetensors"), framework="pt") as file:
        assert "proposed" in file.metadata()["mixture"]


def test_no_passage_that_is_held_back_is_learned_from(data_dir: Path) -> None:
    training = load_dataset(data_dir).training
    for name, read in PEOPLE_SETS.items():
        whole = read(data_dir)
        texts = {document.text for document in whole.part(held_back=True).documents.values()}
        assert texts
        assert training[name]
        assert not texts & {example.context for part in training.values() for example in part}


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
    assert main([*arguments, "--minutes", "0.005", "--leave-out", "viquad2"]) == 0
    with safe_open(str(tmp_path / "reader.safetensors"), framework="pt") as weights:
        assert "viquad2" not in weights.metadata()["mixture"]
