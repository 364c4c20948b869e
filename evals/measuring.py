"""From a dataset to a finished run: which articles it is about, asked in turn, written down."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from evals.judges import judge_of
from evals.outcomes import Examiner
from evals.runs import OnProgress, Run, RunOptions, carry_out, no_progress, require_same_conditions, start
from evals.workspace import (
    CORPUS,
    Workspace,
    articles_of,
    indexed_articles,
    is_dev_set,
    library_workspace,
    opened_workspace,
)
from rag.embedding import PassageEmbeddings
from rag.settings import Settings
from rag.store.library import Library

_COMMAND = "hoidap eval"  # what the lock of the library says


def measured(
    dataset: Path, options: RunOptions, folder: Path, settings: Settings, on_progress: OnProgress = no_progress
) -> Run:
    """Ask a dataset and write the run into a folder.

    Args:
        dataset: JSONL, or SQuAD JSON.
        options: What is asked, and how.
        folder: Of the run; holds none yet.
        settings: The library that JSONL questions are about, and everything else that can be chosen.
        on_progress: Told how many questions are done.

    Raises:
        DatasetError: The dataset is missing or broken, or does not fit the articles; or the folder cannot be used.
        HoidapError: The library or the model cannot be used.
    """
    with opened(dataset, options, settings) as workspace:
        return carry_out(start(workspace, options, folder), workspace, _examiner(workspace, options), on_progress)


def resumed(run: Run, settings: Settings, on_progress: OnProgress = no_progress) -> Run:
    """Go on with a run that was stopped, under the conditions it was started with.

    Raises:
        DatasetError: Dataset, model, settings or program have changed since.
        HoidapError: The library or the model cannot be used.
    """
    with opened(Path(run.info["dataset"]["path"]), run.options, settings) as workspace:
        require_same_conditions(run, workspace)
        return carry_out(run, workspace, _examiner(workspace, run.options), on_progress)


@contextlib.contextmanager
def opened(dataset: Path, options: RunOptions, settings: Settings) -> Iterator[Workspace]:
    """The dataset with the articles it is about.

    A SQuAD file brings its own. A folder, or for the dev set the corpus, is indexed for the run. Everything else is
    about the library of the data directory.
    """
    embeddings = PassageEmbeddings.from_settings(settings)
    if options.articles is not None or dataset.suffix == ".json" or is_dev_set(dataset):
        corpus = Path(options.articles) if options.articles is not None else CORPUS
        with opened_workspace(dataset, embeddings, corpus) as workspace:
            yield workspace
        return
    with Library.opened(settings, embeddings, _COMMAND) as library:
        library.require_articles()
        library.require_same_model()
        with library_workspace(dataset, library) as workspace:
            yield workspace


@contextlib.contextmanager
def opened_articles(folder: Path | None, settings: Settings) -> Iterator[dict[str, str]]:
    """Bodies by article id: of a folder, or of the library of the data directory.

    Raises:
        HoidapError: The folder or the library cannot be read.
    """
    embeddings = PassageEmbeddings.from_settings(settings)
    if folder is not None:
        with indexed_articles(folder, embeddings) as articles:
            yield {article.id: article.body for article in articles}
        return
    with Library.opened(settings, embeddings, _COMMAND) as library:
        library.require_articles()
        yield {article.id: article.body for article in articles_of(library)}


def _examiner(workspace: Workspace, options: RunOptions) -> Examiner:
    return Examiner(
        workspace.library,
        by_article=workspace.by_article,
        stripped=options.unaccented,
        answering=not options.retrieval_only,
        judge=judge_of(options.judge, workspace.library.embeddings) if options.judge is not None else None,
    )
