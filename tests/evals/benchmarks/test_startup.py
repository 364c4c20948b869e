from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.benchmarks.processes import StepError
from evals.benchmarks.results import read_result
from evals.benchmarks.serving import run_hoidap
from evals.benchmarks.startup import main


def test_ask_and_page_are_timed_from_the_start_of_their_process(tmp_path: Path) -> None:
    arguments = ["--runs", "1", "--pages", "1", "--answers", "1", "--results", str(tmp_path)]
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "startup")
    assert result is not None
    (corpus,) = result["figures"]["libraries"]
    assert corpus["passages"] == 119
    (seconds,) = corpus["ask"]["seconds"]
    assert seconds > 0
    assert set(corpus["ask"]["stages"]) >= {"import", "open the library", "load the embedding model"}
    assert corpus["ask"]["peak_megabytes"] > 100
    (page,) = corpus["page"]
    assert 0 < page["up_seconds"] < page["first_answer_seconds"]
    assert page["peak_megabytes"] >= page["first_answer_megabytes"] > 100
    assert page["answer_milliseconds"] > 0


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"(?s)hoidap ask ended with 1.*hoidap index"):
        run_hoidap(["ask", "Ai?", "--data", str(tmp_path)], timeout=120)
