"""A run as its owner meets it: a folder with figures, stopped and resumed, on the real library and chatbot."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.cases import Case, DatasetError, load_cases
from evals.failures import failures
from evals.outcomes import Examiner, Outcome, read_outcomes
from evals.runs import (
    FAILURES_FILE,
    METRICS_FILE,
    QUESTIONS_FILE,
    RUN_FILE,
    Run,
    RunOptions,
    carry_out,
    find_run,
    listed,
    require_same_conditions,
    runs_folder,
    start,
)
from evals.workspace import DEV_SET, Workspace, articles_of
from rag.store.library import Library
from rag.vietnamese.normalise import fold

_ASKED = ("dev-s000-09", "dev-a024-01", "dev-followup-02", "dev-unanswerable-11")


@pytest.fixture(scope="module")
def workspace(corpus_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The corpus with four questions: plain, abbreviated, a follow-up, and one that it does not answer."""
    articles = articles_of(corpus_library)
    cases = load_cases(DEV_SET, {article.id: article.body for article in articles}.get)
    chosen = tuple(case for case in cases if case.id in _ASKED)
    return Workspace(DEV_SET, corpus_library, articles, chosen, by_article=False, folder=tmp_path_factory.mktemp("w"))


@pytest.fixture(scope="module")
def run(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All four, asked and written."""
    started = start(workspace, RunOptions(), tmp_path_factory.mktemp("runs") / "evaluations" / "first")
    return carry_out(started, workspace, Examiner(workspace.library))


class _Stopping(Examiner):
    """Interrupted at its third question, as by Ctrl+C."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.asked: list[str] = []

    def examine(self, case: Case) -> Outcome:
        if len(self.asked) == 2:
            raise KeyboardInterrupt
        self.asked.append(case.id)
        return super().examine(case)


def _by_id(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    return {outcome.id: outcome for outcome in outcomes}


def test_folder_says_what_was_measured_with_what(run: Run, workspace: Workspace) -> None:
    info = json.loads((run.folder / RUN_FILE).read_text(encoding="utf-8"))
    assert info["status"] == "complete"
    assert info["dataset"]["questions"] == 4
    assert info["dataset"]["articles"] == 35
    assert len(info["dataset"]["sha256"]) == 64
    assert info["environment"]["embedding"]["model"] == workspace.library.embeddings.fingerprint.model
    assert info["environment"]["versions"]["hoidap"]
    assert info["environment"]["machine"]["cores"] >= 1
    assert info["settings"]["passage_words"] == 90
    assert not {"data_dir", "cache_dir"} & set(info["settings"])  # a run is passed on
    assert len(info["environment"]["program"]) == 16
    assert info["options"]["seed"] == 0


def test_every_question_is_scored_on_what_it_was_given(run: Run) -> None:
    outcomes = _by_id(read_outcomes(run.folder / QUESTIONS_FILE))
    assert set(outcomes) == set(_ASKED)
    members = outcomes["dev-s000-09"]
    assert members.retrieval is not None
    assert members.retrieval["R@1"] == 1.0
    assert members.evidence_recall == 1.0
    assert "251" in (members.given or "")
    assert [citation["right"] for citation in members.citations or ()] == [True]
    assert [citation["verbatim"] for citation in members.citations or ()] == [True]
    assert members.marked
    nothing = outcomes["dev-unanswerable-11"]
    assert (nothing.retrieval, nothing.evidence_recall, nothing.golds) == (None, None, [])
    assert nothing.right is nothing.abstained


def test_figures_say_n_for_everything_that_counts(run: Run) -> None:
    metrics = json.loads((run.folder / METRICS_FILE).read_text(encoding="utf-8"))
    assert metrics["n"] == {"questions": 4, "answerable": 3, "unanswerable": 1, "errors": 0}
    assert metrics["overall"]["right"]["n"] == 4
    assert metrics["overall"]["R@1"]["n"] == 3
    assert metrics["overall"]["refusal_recall"]["n"] == 1
    assert metrics["overall"]["verbatim"]["mean"] == 1.0
    assert metrics["by_style"]["followup"]["n"] == 1
    assert metrics["by_type"]["unanswerable"]["figures"]["right"]["n"] == 1
    assert metrics["latency"]["p50_seconds"]["mean"] > 0


def test_failures_are_a_table_that_a_spreadsheet_opens(run: Run) -> None:
    text = (run.folder / FAILURES_FILE).read_text(encoding="utf-8")
    assert text.startswith("\ufeffid,type,style,question,gold,given,why")
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))
    assert [row["id"] for row in rows] == [one.id for one in failures(run.outcomes)]
    assert {row["id"] for row in rows} == {one.id for one in run.outcomes if not one.right}
    assert all(row["why"] for row in rows)


def test_a_confident_wrong_answer_is_a_worse_failure_than_a_refusal(run: Run) -> None:
    one = next(outcome for outcome in run.outcomes if outcome.verdict is not None)
    verdict = {**(one.verdict or {}), "right": False}
    sure, unsure, refused = (
        replace(one, id=name, verdict=verdict, confidence=confidence, abstained=abstained)
        for name, confidence, abstained in [("sure", 0.9, False), ("unsure", 0.4, False), ("refused", 0.95, True)]
    )
    assert [outcome.id for outcome in failures([refused, unsure, sure])] == ["sure", "unsure", "refused"]


def test_an_interrupted_run_goes_on_where_it_was(run: Run, workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "stopped"
    first = _Stopping(workspace.library)
    with pytest.raises(KeyboardInterrupt):
        carry_out(start(workspace, RunOptions(), folder), workspace, first)
    with (folder / QUESTIONS_FILE).open("a", encoding="utf-8") as file:
        file.write('{"id": "cut off in the mid')
    stopped = Run.read(folder)
    assert not stopped.complete
    assert [outcome.id for outcome in stopped.outcomes] == first.asked
    require_same_conditions(stopped, workspace)
    second = _Stopping(workspace.library)
    finished = carry_out(stopped, workspace, second)
    assert not set(first.asked) & set(second.asked)
    assert Run.read(folder).complete
    untimed = [replace(outcome, seconds=None) for outcome in finished.outcomes]
    assert untimed == [replace(outcome, seconds=None) for outcome in run.outcomes]


def test_a_run_does_not_go_on_under_other_conditions(run: Run, workspace: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(DEV_SET.read_text(encoding="utf-8").partition("\n")[0], encoding="utf-8")
    with pytest.raises(DatasetError, match="bộ câu hỏi"):
        require_same_conditions(run, replace(workspace, dataset=other))
    info = {**run.info, "settings": {**run.info["settings"], "passage_words": 60}}
    with pytest.raises(DatasetError, match="thiết lập"):
        require_same_conditions(replace(run, info=info), workspace)
    environment = {**run.info["environment"], "program": "another"}
    with pytest.raises(DatasetError, match="chương trình"):
        require_same_conditions(replace(run, info={**run.info, "environment": environment}), workspace)


def test_a_folder_holds_one_run(run: Run, workspace: Workspace) -> None:
    with pytest.raises(DatasetError, match="đã có một lần đo"):
        start(workspace, RunOptions(), run.folder)


def test_runs_are_found_by_name_and_by_folder(run: Run) -> None:
    data_dir = run.folder.parent.parent
    assert runs_folder(data_dir) == run.folder.parent
    assert [one.name for one in listed(data_dir)] == ["first"]
    assert find_run("first", data_dir).folder == run.folder
    assert find_run(str(run.folder), data_dir).name == "first"
    with pytest.raises(DatasetError, match="Không có kết quả đo nào"):
        find_run("second", data_dir)


def test_stripped_questions_are_asked_without_any_accent(workspace: Workspace, tmp_path: Path) -> None:
    started = start(workspace, RunOptions(unaccented=True), tmp_path / "stripped")
    finished = carry_out(started, workspace, Examiner(workspace.library, stripped=True))
    assert all(outcome.question == fold(outcome.question) for outcome in finished.outcomes)
    assert finished.metrics["overall"]["R@5"]["mean"] == 1.0
    # Users type without accents; what was answered before keeps them.
    (talk,) = (outcome.history for outcome in finished.outcomes if outcome.history)
    assert all((turn["content"] == fold(turn["content"])) == (turn["role"] == "user") for turn in talk)


def test_retrieval_only_asks_for_no_answers(workspace: Workspace, tmp_path: Path) -> None:
    started = start(workspace, RunOptions(retrieval_only=True), tmp_path / "retrieval")
    finished = carry_out(started, workspace, Examiner(workspace.library, answering=False))
    assert len(finished.outcomes) == 3
    assert all(outcome.given is None and outcome.right is None for outcome in finished.outcomes)
    assert set(finished.metrics["overall"]) == {"R@1", "R@5", "R@10", "MRR@10", "nDCG@10"}


def test_a_question_that_cannot_be_asked_is_a_failure_with_its_reason(workspace: Workspace) -> None:
    case = workspace.cases[0]
    outcome = Examiner(workspace.library).examine(replace(case, question=case.question * 20))
    assert outcome.right is False
    assert "quá giới hạn 500 ký tự" in (outcome.error or "")
    assert outcome.retrieval is not None
    assert outcome.retrieval["R@10"] == 0.0
