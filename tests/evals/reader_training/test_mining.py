"""Statements made of sentences: the true one as it stands, the false one with one thing changed."""

import itertools
from pathlib import Path
from random import Random

import numpy as np
import pytest
from safetensors.numpy import save_file

from evals.reader_training.average import main as average
from evals.reader_training.mining import sentence_statements
from rag.answering.reading.span_network import BASE_SAMPLE_NAME
from rag.answering.reading.weights_file import FORMAT_VERSION, read_tensors

_PASSAGE = (
    "Sáng 5/3/2023, ông Lê Văn Tám khánh thành nhà máy giấy ở Hòa Lạc cùng bà Trần Thị Mai. "
    "Nhà máy Giấy Hòa Lạc có 250 công nhân, tăng 30 người so với năm trước đó. "
    "Doanh thu của Nhà máy Giấy Hòa Lạc năm 2023 cao hơn năm 2022 là 12 tỷ đồng."
)


@pytest.mark.parametrize("seed", range(20))
def test_a_false_statement_differs_from_its_true_one_in_one_place(seed: int) -> None:
    told = list(sentence_statements(_PASSAGE, "Khánh thành nhà máy", Random(seed)))
    for true, false in itertools.pairwise(told):
        if (true.verdict, false.verdict) != ("yes", "no"):
            continue
        said = true.passage[true.start : true.end].strip().rstrip(".")
        assert true.question.startswith(said)
        assert not false.question.startswith(said)
        same = len(set(said.split()) & set(false.question.split()))
        assert same >= len(set(said.split())) - 4


def test_every_seed_together_asks_true_and_false_ones() -> None:
    told = [one for seed in range(40) for one in sentence_statements(_PASSAGE, "Tin", Random(seed))]
    assert {one.verdict for one in told} == {"yes", "no"}


def test_the_mean_of_two_runs_lies_between_them_and_keeps_the_base_sample(tmp_path: Path) -> None:
    for name, value in (("a", 1.0), ("b", 3.0)):
        tensors = {"head.weight": np.full((2, 2), value, np.float16), BASE_SAMPLE_NAME: np.ones(4, np.float16)}
        save_file(tensors, tmp_path / name, metadata={"format_version": FORMAT_VERSION, "mixture": "x=1"})
    runs = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert average([*runs, "--shares", "3", "1", "--output", str(tmp_path / "mean")]) == 0
    mean, notes = read_tensors(tmp_path / "mean")
    assert mean["head.weight"] == pytest.approx(np.full((2, 2), 1.5), rel=0.001)
    assert mean[BASE_SAMPLE_NAME].tolist() == [1.0] * 4
    assert notes["mixture"] == "x=1"
    with pytest.raises(SystemExit):
        average([*runs, "--shares", "1", "--output", str(tmp_path / "mean")])
