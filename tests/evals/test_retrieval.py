import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.cases import Case, DatasetError, load_cases
from evals.retrieval import drawn, evaluate, main, measured, ranking_of
from evals.retrieval_report import AS_TYPED, STRIPPED, as_json
from evals.systems import RankedSpan, RetrievalSystem, Span
from evals.workspace import DEV_SET, Workspace, articles_of
from rag.embedding import PassageEmbeddings
from rag.store.library import Library

_PARAGRAPHS = {
    "Giàn BK-24 được hạ thủy tại cảng Vietsovpetro vào tháng 6.": "Giàn BK-24 hạ thủy ở đâu?",
    "Đội bóng của công ty thắng giải mùa hè với tỷ số ba một.": "Đội bóng thắng giải nào?",
    "Nhà máy chế biến khí đạt sản lượng hai triệu tấn mỗi năm.": "Sản lượng của nhà máy chế biến khí là bao nhiêu?",
}


@dataclass(frozen=True)
class _Fixed:
    """Ranks the same spans for every question."""

    hits: tuple[RankedSpan, ...]
    index: tuple[Span, ...]
    name: str = "fixed"

    def rank(self, question: str, limit: int) -> list[RankedSpan]:  # noqa: ARG002 - the protocol's
        return list(self.hits)[:limit]

    def spans_of(self, article: str) -> Sequence[Span]:
        return [span for span in self.index if span.article == article]


@dataclass(frozen=True)
class _Backwards:
    """Another system with its ranking turned round: broken on purpose."""

    system: RetrievalSystem
    name: str = "backwards"

    def rank(self, question: str, limit: int) -> list[RankedSpan]:
        return self.system.rank(question, 100)[::-1][:limit]

    def spans_of(self, article: str) -> Sequence[Span]:
        return self.system.spans_of(article)


@pytest.fixture(scope="module")
def workspace(corpus_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The corpus with five questions of the dev set."""
    articles = articles_of(corpus_library)
    cases = load_cases(DEV_SET, {article.id: article.body for article in articles}.get)
    five = drawn([case for case in cases if case.single], 5, seed=1)
    folder = tmp_path_factory.mktemp("workspace")
    return Workspace(DEV_SET, corpus_library, articles, tuple(five), by_article=False, folder=folder)


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    """A small SQuAD file of our own."""
    paragraphs = [
        {"context": text, "qas": [{"id": question, "question": question, "answers": [{"text": text[:5]}]}]}
        for text, question in _PARAGRAPHS.items()
    ]
    path = tmp_path / "small.json"
    path.write_text(json.dumps({"data": [{"title": "Tin", "paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def _case(workspace: Workspace) -> Case:
    return workspace.cases[0]


def test_every_system_answers_typed_and_stripped(workspace: Workspace, systems: dict[str, RetrievalSystem]) -> None:
    results = {one.name: one for one in measured(list(systems.values()), workspace.cases, workspace)}
    assert list(results) == list(systems)
    for result in results.values():
        assert set(result.values) == {AS_TYPED, STRIPPED}
        assert all(len(values) == 5 for values in result.values[AS_TYPED].values())
    assert results["ours"].values[AS_TYPED]["R@10"].mean() == 1.0
    assert results["BM25"].values[AS_TYPED]["R@5"].mean() >= 0.8


def test_folded_index_does_not_mind_missing_accents(workspace: Workspace, systems: dict[str, RetrievalSystem]) -> None:
    (result,) = measured([systems["BM25"]], workspace.cases, workspace)
    drop = result.drop("nDCG@10")
    assert drop is not None
    assert not drop.any()


def test_broken_retriever_scores_lower(workspace: Workspace, systems: dict[str, RetrievalSystem]) -> None:
    ours = systems["ours"]
    whole, broken = measured([ours, _Backwards(ours)], workspace.cases, workspace, stripped=False)
    for metric in ("R@1", "R@10", "MRR@10", "nDCG@10"):
        assert broken.values[AS_TYPED][metric].mean() < whole.values[AS_TYPED][metric].mean()


def test_hit_is_right_when_it_overlaps_the_evidence(workspace: Workspace) -> None:
    evidence = _case(workspace).evidence[0]
    right = RankedSpan(evidence.article, evidence.end - 1, evidence.end + 9, 0.5)
    before = RankedSpan(evidence.article, 0, evidence.start, 0.9)
    system = _Fixed((before, right), (before.span, right.span))
    ranking = ranking_of(system, _case(workspace), "?", by_article=False)
    assert len(ranking.relevant) == 1
    assert ranking.ranked[1] in ranking.relevant


def test_articles_are_ranked_where_their_first_passage_stands(workspace: Workspace) -> None:
    article = _case(workspace).evidence[0].article
    hits = tuple(
        RankedSpan(name, start, start + 1, 0.0) for name, start in [("x", 0), ("x", 5), (article, 0), ("x", 9)]
    )
    ranking = ranking_of(_Fixed(hits, ()), _case(workspace), "?", by_article=True)
    assert ranking.ranked == ("x", article)
    assert ranking.relevant == {article}


def test_draw_is_repeatable_and_keeps_the_order(workspace: Workspace) -> None:
    cases = workspace.cases
    assert drawn(cases, 3, seed=4) == drawn(cases, 3, seed=4)
    assert [case for case in cases if case in drawn(cases, 3, seed=4)] == drawn(cases, 3, seed=4)
    assert drawn(cases, None, seed=4) == drawn(cases, 99, seed=4) == list(cases)


def test_squad_set_is_indexed_and_measured(squad: Path, embeddings: PassageEmbeddings) -> None:
    result = evaluate(squad, embeddings)
    assert (result.articles, result.by_article, len(result.questions)) == (3, True, 3)
    assert result.system("ours").values[AS_TYPED]["R@1"].tolist() == [1.0, 1.0, 1.0]
    report = as_json(result)
    assert report["systems"][-1]["typings"][AS_TYPED]["wrong_at_1"] == []
    assert report["systems"][-1]["typings"][AS_TYPED]["metrics"]["MRR@10"]["mean"] == 1.0


def test_dataset_without_measurable_question_is_refused(tmp_path: Path, tiny_embeddings: PassageEmbeddings) -> None:
    path = tmp_path / "empty.json"
    path.write_text(json.dumps({"data": [{"title": "T", "paragraphs": [{"context": "Một.", "qas": []}]}]}))
    with pytest.raises(DatasetError, match=r"empty\.json"):
        evaluate(path, tiny_embeddings)


def test_command_prints_a_table_and_writes_json(
    squad: Path, tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOIDAP_EMBEDDING_MODEL", str(tiny_model))
    out = tmp_path / "out.json"
    result = CliRunner().invoke(main, [str(squad), "--ablation", "--limit", "2", "--json", str(out)])
    assert result.exit_code == 0, result.output
    for word in ("small.json", "n = 2", "nDCG@10", "LangChain tutorial", "ours without lexical", "no accents", "drop"):
        assert word in result.output
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["embedding"]["dimension"] == 16
    assert report["datasets"][0]["questions"] == 2
    assert len(report["datasets"][0]["sha256"]) == 64


def test_broken_dataset_ends_with_one(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    result = CliRunner().invoke(main, [str(path)])
    assert result.exit_code == 1
    assert "broken.json" in result.output
