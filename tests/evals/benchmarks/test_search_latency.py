from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from evals.benchmarks.recombined import fill, material_of
from evals.benchmarks.results import read_result
from evals.benchmarks.search_latency import main
from evals.benchmarks.stages import TOTAL, stage_times, understanding_times
from evals.workspace import articles_of
from rag.embedding import PassageEmbeddings
from rag.settings import Settings
from rag.store.library import Library

_QUESTIONS = ("Giàn BK-24 đóng ở đâu?", "Ai là Tổng Giám đốc?", "Sản lượng năm 2025 là bao nhiêu?")


def test_stages_add_up_to_the_total(corpus_library: Library) -> None:
    times = stage_times(corpus_library, _QUESTIONS)
    parts = np.sum([values for stage, values in times.items() if stage != TOTAL], axis=0)
    assert list(times)[-1] == TOTAL
    assert times[TOTAL].shape == (3,)
    assert parts == pytest.approx(times[TOTAL])
    assert all((values >= 0).all() for values in times.values())


def test_clocks_are_taken_away_again(corpus_library: Library) -> None:
    stage_times(corpus_library, _QUESTIONS[:1])
    for owner in (corpus_library, corpus_library.vectors, corpus_library.lexical, corpus_library.embeddings):
        assert not {"nearest", "cosines", "search", "passages", "embed_query"} & set(vars(owner))


def test_understanding_is_timed_alone(corpus_library: Library) -> None:
    assert (understanding_times(corpus_library, _QUESTIONS) > 0).all()


def test_recombined_library_is_a_library(
    corpus_library: Library, tiny_embeddings: PassageEmbeddings, tmp_path: Path
) -> None:
    articles = articles_of(corpus_library)
    settings = Settings.load(data_dir=tmp_path)
    with Library.opened(settings, tiny_embeddings) as library:
        fill(library, material_of(articles, tiny_embeddings), passages=30, seed=0)
    with Library.opened(settings, tiny_embeddings) as library:
        assert library.vectors.count() == library.lexical.count() == 30
        assert len(library.articles()) == 8
        article = library.article("recombined-0000004")
        assert article is not None
        assert article.title in {one.title for one in articles}
        for stored in library.vectors.article_passages(article.id):
            passage = stored.passage
            assert article.body[passage.start : passage.end] == passage.text
            assert len(passage.text.split()) >= settings.passage_words


def test_command_prints_its_tables_and_keeps_the_library(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOIDAP_EMBEDDING_MODEL", str(tiny_model))
    data = tmp_path / "large"
    arguments = ["--passages", "40", "--questions", "3", "--data", str(data), "--results", str(tmp_path)]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0, first.output
    for word in ("40 passages", "dense search", "total", "peak memory"):
        assert word in first.output
    assert _large(tmp_path)["build_seconds"] > 0
    again = CliRunner().invoke(main, arguments)
    assert again.exit_code == 0, again.output
    assert _large(tmp_path)["build_seconds"] is None
    other = CliRunner().invoke(main, [*arguments, "--passages", "50"])
    assert other.exit_code == 1
    assert "40" in other.output


def _large(results: Path) -> dict[str, Any]:
    result = read_result(results, "search_latency")
    assert result is not None
    found: dict[str, Any] = result["figures"]["libraries"][1]
    return found
