from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.benchmarks.answer_latency import main
from evals.benchmarks.results import read_result


@pytest.mark.usefixtures("steps_in_this_process", "with_the_tiny_model")
def test_warm_answers_are_timed_after_the_first_few(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["--questions", "2", "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "answer_latency")
    assert result is not None
    (corpus,) = result["figures"]["libraries"]
    assert (corpus["articles"], corpus["passages"], corpus["n"]) == (35, 119, 2)
    assert corpus["p95"] >= corpus["p50"] > 0
    assert "119" in outcome.output
