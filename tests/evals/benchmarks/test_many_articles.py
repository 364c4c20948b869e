from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.benchmarks.many_articles import EVERYTHING, NOTHING, ONE_PERCENT, Benchmark, main
from evals.benchmarks.results import read_result


def test_the_second_runs_are_set_against_the_first(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["--articles", "100", "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "many_articles_tiny")
    assert result is not None
    runs = result["figures"]["runs"]
    assert list(runs) == [EVERYTHING, NOTHING, ONE_PERCENT]
    assert runs[EVERYTHING]["passages_embedded"] == 300
    assert runs[NOTHING]["passages_embedded"] == 0
    assert runs[ONE_PERCENT]["passages_embedded"] == 3
    assert not runs[EVERYTHING]["resumed"]


def test_a_run_that_was_stopped_goes_on_and_its_seconds_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = Benchmark._note  # noqa: SLF001 - cut off where what was spent is noted

    def stop_after_noting(self: Benchmark, seconds: float) -> None:
        note(self, seconds + 1000)
        raise KeyboardInterrupt

    arguments = ["--articles", "100", "--data", str(tmp_path / "data"), "--results", str(tmp_path)]
    monkeypatch.setattr(Benchmark, "_note", stop_after_noting)
    assert CliRunner().invoke(main, arguments).exit_code != 0
    assert read_result(tmp_path, "many_articles_tiny") is None
    monkeypatch.setattr(Benchmark, "_note", note)
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "many_articles_tiny")
    assert result is not None
    first = result["figures"]["runs"][EVERYTHING]
    assert first["resumed"]
    assert first["seconds"] > 1000
    assert first["passages_embedded"] == 300
    again = CliRunner().invoke(main, arguments)
    assert f"{ONE_PERCENT}: kept from an earlier run" in again.output
