from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.benchmarks.results import read_result
from evals.benchmarks.vector_store import main


@pytest.mark.usefixtures("steps_in_this_process", "with_the_tiny_model")
def test_upserts_filters_and_graphs_are_measured(tmp_path: Path) -> None:
    arguments = ["--size", "80", "--upserts", "20", "--graph", "60", "--questions", "4"]
    outcome = CliRunner().invoke(main, [*arguments, "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "vector_store")
    assert result is not None
    figures = result["figures"]
    assert [run["batch"] for run in figures["upserts"]["runs"]] == [64, 250, 1000, 5000]
    assert all(run["rows"] == 20 for run in figures["upserts"]["runs"])
    (queries,) = figures["queries"]
    passing = {run["filter"]: run["passages"] for run in queries["runs"]}
    assert passing["none"] == 80
    assert passing["1 article"] == 4
    assert passing["10 articles"] == 40
    assert 0 < passing["the rarest publisher"] <= passing["the commonest publisher"] < 80
    assert 0 < passing["the commonest publisher with a year"] < 80
    for run in figures["graph"]["runs"]:
        widest = run["searches"][-1]
        assert widest["ef_search"] == 400
        assert widest["recall@50"] == 1.0  # of 60 vectors
    assert "recall@10" in outcome.output
