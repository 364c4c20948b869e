"""In processes of their own, as the command is run: what is measured is also how long they take to start."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.benchmarks.embedding_speed import main, passages_to_embed
from evals.benchmarks.processes import StepError, run_step
from evals.benchmarks.results import read_result


@pytest.mark.usefixtures("with_the_tiny_model")
def test_both_paths_are_timed_and_give_the_same_vectors(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["--passages", "6", "--questions", "3", "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "embedding_speed")
    assert result is not None
    figures = result["figures"]
    assert (figures["passages"], figures["questions"]) == (6, 3)
    assert figures["lowest_cosine_passages"] > 0.9999
    assert figures["lowest_cosine_questions"] > 0.9999
    for side in ("shipped", "torch"):
        assert figures[side]["first_vector_seconds"] > 0
        assert figures[side]["peak_megabytes"] > 100  # torch alone takes as much
    assert result["conditions"]["versions"]["sentence-transformers"]
    assert str(tmp_path.parent) not in str(result)  # of this machine's paths only the last name


def test_more_texts_than_the_corpus_has_are_of_the_same_kind_and_repeatable() -> None:
    real, more = passages_to_embed(119, seed=1), passages_to_embed(200, seed=1)
    assert more[:119] == real
    assert more == passages_to_embed(200, seed=1)
    lengths = [sum(len(text.split()) for text in texts) / len(texts) for texts in (real, more[119:])]
    assert lengths[1] == pytest.approx(lengths[0], rel=0.25)


def test_a_step_that_fails_says_which_and_why() -> None:
    with pytest.raises(StepError, match=r"(?s)embedding_sides shipped ended with 1.*KeyError: 'texts'"):
        run_step("evals.benchmarks.embedding_sides", "shipped", {}, timeout=120)


def test_a_step_that_takes_too_long_is_ended() -> None:
    with pytest.raises(StepError, match="longer than 0 s; allow more with --minutes"):
        run_step("evals.benchmarks.embedding_sides", "torch", {}, timeout=0.05)
