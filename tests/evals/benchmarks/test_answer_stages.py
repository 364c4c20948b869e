import pytest
from click.testing import CliRunner

from evals.benchmarks.answer_stages import STAGES, main


@pytest.mark.usefixtures("embeddings")
def test_the_table_has_every_stage_at_every_number_of_passages() -> None:
    result = CliRunner().invoke(main, ["--questions", "1"])
    assert result.exit_code == 0, result.output
    assert all(stage in result.output for stage in STAGES)
    assert all(f" {passages} " in result.output for passages in (1, 3, 5, 8))
