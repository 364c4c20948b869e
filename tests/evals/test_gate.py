"""The gate over the real library: what is as good passes, what was broken on purpose is flagged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.accuracy_page import accuracy_page
from evals.baseline import BASELINE_FILE, Check, checks, read_baseline, write_baseline
from evals.cases import DatasetError, load_cases
from evals.gate import main
from evals.outcomes import Examiner
from evals.retrieval import drawn
from evals.runs import Run, RunOptions, carry_out, start
from evals.workspace import DEV_SET, Workspace, articles_of
from rag.answering.answer import Answer
from rag.chat import Chatbot
from rag.retrieval.retriever import Hit, HybridRetriever
from rag.store.library import Library


@pytest.fixture(scope="module")
def workspace(corpus_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The corpus with 24 questions of the dev set."""
    articles = articles_of(corpus_library)
    cases = tuple(drawn(load_cases(DEV_SET, {article.id: article.body for article in articles}.get), 24, seed=3))
    return Workspace(DEV_SET, corpus_library, articles, cases, by_article=False, folder=tmp_path_factory.mktemp("w"))


@pytest.fixture(scope="module")
def sound(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of the product as it is."""
    return carry_out(
        start(workspace, RunOptions(), tmp_path_factory.mktemp("sound") / "run"), workspace, Examiner(workspace.library)
    )


@pytest.fixture(scope="module")
def baseline(sound: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("baseline") / "baseline.json"
    write_baseline(sound, path)
    return path


class _Garbled(Chatbot):
    """A reader broken on purpose: it answers with the first words of the article it was right to look into."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._articles = library

    def ask(self, *given: object, **named: object) -> Answer:
        answer = super().ask(*given, **named)  # type: ignore[arg-type]
        citations = tuple(
            replace(citation, start=0, end=9, quote=(self._body(citation.article))[:9]) for citation in answer.citations
        )
        return replace(answer, spans=tuple("không rõ" for _ in answer.spans), citations=citations)

    def _body(self, article: str) -> str:
        found = self._articles.article(article)
        assert found is not None
        return found.body


def _failed(found: list[Check]) -> set[str]:
    return {check.metric for check in found if not check.passed}


def test_the_same_product_passes(sound: Run, baseline: Path) -> None:
    assert _failed(checks(sound, read_baseline(baseline))) == set()


def test_a_broken_reader_is_flagged(workspace: Workspace, baseline: Path, tmp_path: Path) -> None:
    examiner = Examiner(workspace.library, chatbot=_Garbled(workspace.library))
    broken = carry_out(start(workspace, RunOptions(), tmp_path / "run"), workspace, examiner)
    failed = _failed(checks(broken, read_baseline(baseline)))
    assert {"citation_precision", "citation_recall"} <= failed
    assert not {"R@1", "nDCG@10", "verbatim"} & failed
    outcome = CliRunner().invoke(main, ["--run", str(broken.folder), "--baseline", str(baseline)])
    assert outcome.exit_code == 1
    assert "TỤT" in outcome.output


def test_a_broken_retriever_is_flagged(
    workspace: Workspace, baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = HybridRetriever.search

    def backwards(self: HybridRetriever, *given: object, **named: object) -> list[Hit]:
        return whole(self, *given, **named)[::-1]  # type: ignore[arg-type]

    monkeypatch.setattr(HybridRetriever, "search", backwards)
    broken = carry_out(start(workspace, RunOptions(), tmp_path / "run"), workspace, Examiner(workspace.library))
    assert {"R@1", "nDCG@10"} <= _failed(checks(broken, read_baseline(baseline)))


def test_a_quote_that_is_not_verbatim_is_flagged_and_makes_no_baseline(
    sound: Run, baseline: Path, tmp_path: Path
) -> None:
    first = next(one for one in sound.outcomes if one.citations)
    forged = replace(first, citations=[{**citation, "verbatim": False} for citation in first.citations or ()])
    run = replace(sound, outcomes=tuple(forged if one.id == first.id else one for one in sound.outcomes))
    assert _failed(checks(run, read_baseline(baseline))) == {"verbatim"}
    with pytest.raises(DatasetError, match="không nguyên văn"):
        write_baseline(run, tmp_path / "new.json")


def test_a_drop_of_the_same_questions_is_seen_before_the_interval_sees_it(sound: Run, baseline: Path) -> None:
    kept = read_baseline(baseline)
    column = kept["columns"].index("R@1")
    answerable = [name for name, row in kept["questions"].items() if row[column] is not None]
    better = {**kept, "questions": {name: [*row] for name, row in kept["questions"].items()}}
    for name in answerable:
        better["questions"][name][column] = 1.0
    lost = {name for name in answerable if kept["questions"][name][column] == 1.0}
    assert lost
    retrieval = {"R@1": 0.0, "R@5": 1.0, "R@10": 1.0, "MRR@10": 0.5, "nDCG@10": 0.6}
    some = set(sorted(lost)[:6])
    outcomes = tuple(replace(one, retrieval=retrieval) if one.id in some else one for one in sound.outcomes)
    wide = {**better, "figures": {"R@1": {**kept["figures"]["R@1"], "low": 0.0}}}
    assert _failed(checks(replace(sound, outcomes=outcomes), wide)) == {"R@1"}


def test_other_questions_have_no_baseline(sound: Run, baseline: Path) -> None:
    with pytest.raises(DatasetError, match="bộ câu hỏi khác"):
        checks(replace(sound, outcomes=sound.outcomes[1:]), read_baseline(baseline))


def test_an_unfinished_run_proves_nothing(sound: Run, baseline: Path, tmp_path: Path) -> None:
    unfinished = replace(sound, info={**sound.info, "status": "running"})
    with pytest.raises(DatasetError, match="chưa xong"):
        checks(unfinished, read_baseline(baseline))
    with pytest.raises(DatasetError, match="chưa xong"):
        write_baseline(unfinished, tmp_path / "new.json")


def test_update_writes_baseline_and_page_that_tell_no_path_of_this_machine(sound: Run, tmp_path: Path) -> None:
    new, page = tmp_path / "baseline.json", tmp_path / "docs" / "accuracy.md"
    arguments = ["--update", "--run", str(sound.folder), "--unaccented-run", str(sound.folder)]
    outcome = CliRunner().invoke(main, [*arguments, "--baseline", str(new), "--page", str(page)])
    assert outcome.exit_code == 0, outcome.output
    again = CliRunner().invoke(main, ["--run", str(sound.folder), "--baseline", str(new)])
    assert again.exit_code == 0, again.output
    for text in (new.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")):
        assert str(tmp_path.parent) not in text
        assert str(sound.folder.parent) not in text
    assert json.loads(new.read_text(encoding="utf-8"))["dataset"]["name"] == "dev.jsonl"


def test_page_says_n_date_machine_command_and_both_typings(sound: Run) -> None:
    page = accuracy_page(sound, sound)
    assert "24 câu hỏi" in page
    assert str(sound.info["environment"]["date"])[:10] in page
    assert str(sound.info["environment"]["machine"]["cpu"]) in page
    assert "| Đúng, câu có đáp án |" in page
    assert "## Khi gõ không dấu" in page
    assert "| bao nhiêu |" in page


def test_the_baseline_that_ships_is_of_the_dev_set_that_ships() -> None:
    kept = read_baseline(BASELINE_FILE)
    ids = {json.loads(line)["id"] for line in DEV_SET.read_text(encoding="utf-8").splitlines()}
    assert set(kept["questions"]) == ids


def test_a_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="make eval-baseline"):
        read_baseline(tmp_path / "none.json")
