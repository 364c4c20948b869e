"""How good retrieval is: ours next to the baselines, on the same passages, with and without typed accents.

    python -m evals.retrieval
    python -m evals.retrieval --ablation evals/datasets/dev.jsonl ../shared/data/squad/xquad.vi.dev.json --json out.json

A hit is right when it overlaps the gold evidence; in SQuAD sets, when it lies in the right article (paragraph).
Only answerable questions on one article without history count.
"""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import click

from evals.cases import Case, DatasetError
from evals.environment import environment, file_digest, output_console
from evals.metrics import CUTOFF, Ranking, values_per_question
from evals.progress import tracked
from evals.retrieval_report import AS_TYPED, STRIPPED, DatasetResult, SystemResult, as_json, print_report
from evals.systems import LibraryPassages, RetrievalSystem, Span, ablations, baselines
from evals.workspace import CORPUS, DEV_SET, Workspace, opened_workspace
from rag.embedding import PassageEmbeddings
from rag.errors import HoidapError
from rag.settings import Settings, silence_telemetry
from rag.vietnamese.normalise import fold

_HITS_FOR_ARTICLES = 50  # an article is found through several passages: deep enough for ten different ones


@click.command()
@click.argument("datasets", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--ablation", is_flag=True, help="Add ours with one step switched off at a time.")
@click.option("--stripped/--no-stripped", default=True, help="Ask again with every accent stripped.")
@click.option("--limit", type=click.IntRange(min=1), help="Ask only so many questions, drawn with the seed.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw and of the bootstrap.")
@click.option(
    "--corpus", type=click.Path(exists=True, path_type=Path), default=CORPUS, help="Articles of JSONL datasets."
)
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here too."
)
def main(
    datasets: tuple[Path, ...],
    *,
    ablation: bool,
    stripped: bool,
    limit: int | None,
    seed: int,
    corpus: Path,
    json_file: Path | None,
) -> None:
    """Measure retrieval on DATASETS: JSONL over the corpus (the dev set when none is given) or SQuAD JSON."""
    silence_telemetry()
    console = output_console()
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    results = []
    try:
        for dataset in datasets or (DEV_SET,):
            result = evaluate(dataset, embeddings, corpus, ablation=ablation, stripped=stripped, limit=limit, seed=seed)
            results.append(result)
            print_report(console, result, environment(embeddings.fingerprint))
    except HoidapError as error:
        raise click.ClickException(str(error)) from error
    if json_file is not None:
        report = {**environment(embeddings.fingerprint), "datasets": [as_json(result) for result in results]}
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def evaluate(
    dataset: Path,
    embeddings: PassageEmbeddings,
    corpus: Path = CORPUS,
    *,
    ablation: bool = False,
    stripped: bool = True,
    limit: int | None = None,
    seed: int = 0,
) -> DatasetResult:
    """Index a dataset's articles and measure every system on its questions.

    Args:
        dataset: JSONL over `corpus`, or SQuAD JSON.
        embeddings: The model of every system.
        corpus: Articles of a JSONL dataset.
        ablation: Add ours with one step switched off at a time.
        stripped: Ask again with every accent stripped.
        limit: Ask only so many questions, drawn with the seed; None asks all.
        seed: Of the draw and of the bootstrap.

    Raises:
        DatasetError: The dataset is missing or broken, or has no question that counts.
        HoidapError: The articles cannot be indexed.
    """
    with opened_workspace(dataset, embeddings, corpus) as workspace:
        cases = drawn([case for case in workspace.cases if case.single], limit, seed)
        if not cases:
            raise DatasetError(
                f"Bộ {dataset} không có câu hỏi nào để đo (trả lời được từ một bài, không có lịch sử).",
                "Hãy chọn bộ khác.",
            )
        passages = LibraryPassages(workspace.library)
        systems = baselines(passages, workspace.articles, workspace.folder / "tutorial")
        systems += ablations(passages) if ablation else []
        return DatasetResult(
            dataset=dataset,
            digest=file_digest(dataset),
            questions=tuple(case.id for case in cases),
            articles=len(workspace.articles),
            passages=workspace.library.vectors.count(),
            by_article=workspace.by_article,
            seed=seed,
            systems=measured(systems, cases, workspace, stripped=stripped),
        )


def drawn(cases: Sequence[Case], limit: int | None, seed: int) -> list[Case]:
    """At most `limit` of the cases, drawn with the seed, in the order of the dataset."""
    if limit is None or limit >= len(cases):
        return list(cases)
    chosen = random.Random(seed).sample(range(len(cases)), limit)  # noqa: S311 - a repeatable sample, not a secret
    return [cases[index] for index in sorted(chosen)]


def measured(
    systems: Sequence[RetrievalSystem], cases: Sequence[Case], workspace: Workspace, *, stripped: bool = True
) -> tuple[SystemResult, ...]:
    """Ask every system every question, as typed and stripped of accents.

    Args:
        systems: Names are unique.
        cases: Answerable, from one article, without history.
        workspace: Says what counts as a right hit, and names the dataset.
        stripped: Whether to ask again without accents.
    """
    rankings: dict[tuple[str, str], list[Ranking]] = defaultdict(list)
    for case in tracked(cases, workspace.dataset.name):
        typings = {AS_TYPED: case.question} | ({STRIPPED: fold(case.question)} if stripped else {})
        # All systems in turn for one question: its vector is made once and comes from the cache after that.
        for typing, question in typings.items():
            for system in systems:
                ranking = ranking_of(system, case, question, by_article=workspace.by_article)
                rankings[system.name, typing].append(ranking)
    typings_asked = [AS_TYPED, STRIPPED] if stripped else [AS_TYPED]
    return tuple(
        SystemResult(
            system.name, {typing: values_per_question(rankings[system.name, typing]) for typing in typings_asked}
        )
        for system in systems
    )


def ranking_of(system: RetrievalSystem, case: Case, question: str, *, by_article: bool) -> Ranking:
    """What a system gives for one question, and what of its index would be right.

    Args:
        system: Is asked.
        case: Holds the evidence.
        question: As it is asked: typed, or stripped.
        by_article: Rank articles, each where its first passage stands, rather than passages.
    """
    if by_article:
        found = dict.fromkeys(hit.article for hit in system.rank(question, _HITS_FOR_ARTICLES))
        return Ranking(tuple(found)[:CUTOFF], frozenset(evidence.article for evidence in case.evidence))
    hits = dict.fromkeys(_item(hit.span) for hit in system.rank(question, CUTOFF))
    articles = {evidence.article for evidence in case.evidence}
    indexed = (span for article in articles for span in system.spans_of(article))
    relevant = (_item(span) for span in indexed if _holds_evidence(case, span))
    return Ranking(tuple(hits), frozenset(relevant))


def _holds_evidence(case: Case, span: Span) -> bool:
    return any(evidence.overlaps(span.article, span.start, span.end) for evidence in case.evidence)


def _item(span: Span) -> str:
    return f"{span.article}:{span.start}-{span.end}"


if __name__ == "__main__":
    main()
