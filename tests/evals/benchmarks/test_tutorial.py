from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.benchmarks.libraries import OURS, TUTORIAL
from evals.benchmarks.results import read_result
from evals.benchmarks.tutorial import main
from evals.benchmarks.tutorial_files import asked

pytestmark = pytest.mark.usefixtures("steps_in_this_process", "with_the_tiny_model")


def test_both_sides_are_measured_on_the_same_articles_and_a_second_run_keeps_the_steps(tmp_path: Path) -> None:
    arguments = ["--size", "40", "--recombined", "8", "--questions", "5", "--data", str(tmp_path / "data")]
    outcome = CliRunner().invoke(main, [*arguments, "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "tutorial")
    assert result is not None
    figures = result["figures"]
    corpus, more = figures["indexing"]
    assert (corpus["articles"], more["articles"]) == (35, 37)
    for side in (OURS, TUTORIAL):
        assert more[side]["passages"] > corpus[side]["passages"] > 35
        assert figures["retrieval"][side]["R@10"]["mean"] > 0.3
        (search,) = figures["search"]
        assert search["passages"] == 40
        assert search[side]["n"] == 5
        assert search[side]["p95"] >= search[side]["p50"] > 0
        assert search[side]["start_up_seconds"] > 0
    # The model's vectors are of random letters here: words alone find what they find, and ours cuts shorter passages.
    assert corpus[OURS]["passages"] > corpus[TUTORIAL]["passages"]
    assert (tmp_path / "data" / "libraries" / "40-ours" / "chroma").is_dir()
    again = CliRunner().invoke(main, [*arguments, "--results", str(tmp_path / "again")])
    assert again.exit_code == 0, again.output
    assert "search 40: tutorial: kept from an earlier run" in again.output
    kept = read_result(tmp_path / "again", "tutorial")
    assert kept is not None
    assert kept["figures"] == figures


def test_questions_stop_when_the_time_is_up_but_some_are_asked_in_any_case() -> None:
    questions = [str(number) for number in range(20)]
    seen: list[str] = []

    def hits(question: str) -> list[str]:
        seen.append(question)
        return [question]

    some = asked(hits, questions, seconds=0)
    assert 5 <= len(some["milliseconds"]) == len(some["hits"]) < 17
    assert some["hits"][0] == ["3"]  # the first three warm up
    assert len(asked(hits, questions, seconds=60)["hits"]) == 17
