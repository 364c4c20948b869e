from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from outcome_factory import made, unanswerable
from rich.console import Console

from evals.cases import DatasetError
from evals.comparison import BETTER, SAME, UNSURE, WORSE, Change, Comparison, compare, print_comparison
from evals.outcomes import Outcome
from evals.runs import Run, RunOptions


def _run(name: str, outcomes: Sequence[Outcome]) -> Run:
    return Run(Path(name), {"status": "complete", "options": asdict(RunOptions())}, tuple(outcomes))


def _changes(comparison: Comparison) -> dict[str, Change]:
    return {change.metric: change for change in comparison.changes}


def test_what_flipped_each_way_and_whether_it_is_more_than_chance() -> None:
    before = _run("old", [made(str(number), right=number < 20) for number in range(60)])
    after = _run("new", [made(str(number), right=10 <= number < 50) for number in range(60)])
    found = compare(before, after)
    assert [new.id for _, new in found.gained] == [str(number) for number in range(20, 50)]
    assert [new.id for _, new in found.lost] == [str(number) for number in range(10)]
    right = _changes(found)["right"]
    assert (right.n, right.difference.mean) == (60, pytest.approx(20 / 60))
    assert right.difference.low > 0
    assert right.verdict == BETTER
    assert _changes(compare(after, before))["right"].verdict == WORSE


def test_one_flip_of_sixty_is_not_sure() -> None:
    before = _run("old", [made(str(number), right=number < 20) for number in range(60)])
    after = _run("new", [made(str(number), right=number < 21) for number in range(60)])
    assert _changes(compare(before, after))["right"].verdict == UNSURE
    assert _changes(compare(before, before))["right"].verdict == SAME


def test_fewer_wrong_refusals_are_better() -> None:
    before = _run("old", [made(str(number), right=False, abstained=True) for number in range(20)])
    after = _run("new", [made(str(number), right=False) for number in range(20)])
    change = _changes(compare(before, after))["refused_wrongly"]
    assert change.difference.mean == -1.0
    assert change.verdict == BETTER


def test_only_questions_of_both_runs_count_and_the_same_id_is_not_enough() -> None:
    before = _run("old", [made("a", right=True), made("b", right=True), unanswerable("c", refused=True)])
    after = _run(
        "new", [made("a", right=False), made("b", right=False, golds=["khác"]), unanswerable("d", refused=True)]
    )
    found = compare(before, after)
    assert found.questions == 1
    assert [new.id for _, new in found.lost] == ["a"]


def test_runs_without_a_common_question_are_refused() -> None:
    with pytest.raises(DatasetError, match="không có câu hỏi nào chung"):
        compare(_run("old", [made("a", right=True)]), _run("new", [made("b", right=True)]))


def test_what_is_printed_names_the_questions_that_flipped(capsys: pytest.CaptureFixture[str]) -> None:
    found = compare(_run("old", [made("a", right=True)]), _run("new", [made("a", right=False, spans=["Bóng"])]))
    print_comparison(Console(width=140), found)
    printed = capsys.readouterr().out
    assert "old → new: 1 câu hỏi chung" in printed
    assert "Nay sai, trước đúng: 1 câu" in printed
    assert "trước: Giàn · sau: Bóng" in printed
    assert found.as_json()["lost"] == ["a"]
