from pathlib import Path

from click.testing import CliRunner

from evals.benchmarks.results import read_result
from evals.benchmarks.web_load import Load, main, summary
from rag.store.library import Library
from rag.web.server import running_page


def test_answers_of_many_users_are_counted(corpus_library: Library, tmp_path: Path) -> None:
    with running_page(corpus_library, "127.0.0.1", 0) as address:
        arguments = [address, "--users", "1", "--users", "2", "--seconds", "1", "--clicks", "0"]
        outcome = CliRunner().invoke(main, [*arguments, "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    result = read_result(tmp_path, "web_load")
    assert result is not None
    loads = result["figures"]["loads"]
    assert [load["users"] for load in loads] == [1, 2]
    assert all(load["answers"] >= load["users"] for load in loads)
    assert all(load["errors"] == 0 and load["slowest"] >= load["p95"] >= load["p50"] > 0 for load in loads)


def test_errors_are_counted_apart_from_refusals_and_each_kind_is_kept_once() -> None:
    errors = ("AppError: hỏng", "AppError: hỏng", "OSError: x")
    figures = summary(Load(users=16, seconds=(1.0, 3.0), refused=5, errors=errors, wall=4.0))
    assert (figures["users"], figures["answers"], figures["per_second"]) == (16, 2, 0.5)
    assert (figures["errors"], figures["refused"]) == (3, 5)
    assert figures["kinds_of_errors"] == ["AppError: hỏng", "OSError: x"]
    nothing = summary(Load(users=1, seconds=(), refused=0, errors=("OSError: x",), wall=4.0))
    assert nothing["p95"] is None
