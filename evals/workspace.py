"""A dataset made ready to be asked: its articles in a temporary library, indexed by the product's own path."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, DatasetError, load_cases, load_squad
from rag.article import Article
from rag.embedding import PassageEmbeddings
from rag.loaders.markdown import article_markdown
from rag.settings import Settings
from rag.store.library import Library

REPOSITORY = Path(__file__).parents[1]
CORPUS = REPOSITORY / "corpus"
DEV_SET = REPOSITORY / "evals" / "datasets" / "dev.jsonl"

_COMMAND = "evals"  # what the lock of a temporary library says


@dataclass(frozen=True)
class Workspace:
    """A dataset and the library that should answer it.

    Attributes:
        dataset: The file.
        library: Holds the articles and nothing else.
        articles: The same articles, sorted by id.
        cases: Every case of the dataset, in its order.
        by_article: Whether a hit is right when it lies in the right article (SQuAD), rather than on the evidence.
        folder: Temporary; gone when the workspace closes.
    """

    dataset: Path
    library: Library
    articles: tuple[Article, ...]
    cases: tuple[Case, ...]
    by_article: bool
    folder: Path


@contextlib.contextmanager
def opened_workspace(dataset: Path, embeddings: PassageEmbeddings, corpus: Path = CORPUS) -> Iterator[Workspace]:
    """Index the articles of a dataset into a temporary library, for the length of a `with` block.

    Args:
        dataset: JSONL cases over the articles of `corpus`, or a SQuAD JSON file, each paragraph of which is an article.
        embeddings: The model that makes vectors.
        corpus: Folder of articles; used by JSONL datasets only.

    Raises:
        DatasetError: The dataset is missing or broken, or does not fit the articles.
        HoidapError: The articles cannot be indexed.
    """
    squad = load_squad(dataset) if dataset.suffix == ".json" else None
    with tempfile.TemporaryDirectory(prefix="hoidap-evals-") as name:
        folder = Path(name)
        settings = Settings.load(data_dir=folder / "library")
        if squad is not None:
            corpus = folder / "articles"
            write_articles(squad[0], corpus)
        with Library.opened(settings, embeddings, _COMMAND) as library:
            library.sync([corpus])
            articles = articles_of(library)
            if squad is not None:
                _require_equal(squad[0], articles)
                cases = squad[1]
            else:
                bodies = {article.id: article.body for article in articles}
                cases = load_cases(dataset, bodies.get)
            yield Workspace(dataset, library, articles, tuple(cases), squad is not None, folder)


@contextlib.contextmanager
def temporary_library(
    articles: Sequence[Article], embeddings: PassageEmbeddings, settings: Settings, also: Sequence[Path] = ()
) -> Iterator[Library]:
    """A library of some articles, for the length of a `with` block.

    Args:
        articles: Made for the occasion.
        embeddings: The model that makes vectors.
        settings: Of the library, its place aside.
        also: Folders of further articles.

    Raises:
        HoidapError: The articles cannot be indexed.
    """
    with tempfile.TemporaryDirectory(prefix="hoidap-evals-") as name:
        folder = Path(name)
        write_articles(articles, folder / "articles")
        chosen = settings.model_copy(update={"data_dir": folder / "library"})
        with Library.opened(chosen, embeddings, _COMMAND) as library:
            library.sync([*also, folder / "articles"])
            yield library


@contextlib.contextmanager
def indexed_articles(path: Path, embeddings: PassageEmbeddings) -> Iterator[tuple[Article, ...]]:
    """The articles at or below a path, read and numbered the way `hoidap index` does it, from a temporary library.

    Raises:
        ArticleError: There is nothing at the path.
    """
    with (
        tempfile.TemporaryDirectory(prefix="hoidap-evals-") as name,
        Library.opened(Settings.load(data_dir=Path(name)), embeddings, _COMMAND) as library,
    ):
        library.sync([path])
        yield articles_of(library)


@contextlib.contextmanager
def library_workspace(dataset: Path, library: Library) -> Iterator[Workspace]:
    """A JSONL dataset over the articles of a library that is open already.

    Raises:
        DatasetError: The dataset is missing or broken, or does not fit the articles.
    """
    articles = articles_of(library)
    cases = load_cases(dataset, {article.id: article.body for article in articles}.get)
    with tempfile.TemporaryDirectory(prefix="hoidap-evals-") as name:
        yield Workspace(dataset, library, articles, tuple(cases), by_article=False, folder=Path(name))


def write_articles(articles: Sequence[Article], folder: Path) -> None:
    """Write articles as Markdown files with front matter, `<id>.md`, the way the product reads them.

    Args:
        articles: Ids with `/` become folders.
        folder: Made when missing.
    """
    for article in articles:
        file = folder / f"{article.id}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(article_markdown(article), encoding="utf-8")


def articles_of(library: Library) -> tuple[Article, ...]:
    """Every article of a library, put together from its passages, sorted by id."""
    found = (library.article(record.id) for record in library.articles())
    return tuple(article for article in found if article is not None)


def _require_equal(wanted: Sequence[Article], held: Sequence[Article]) -> None:
    """Offsets of the dataset mean nothing when the library's bodies are not the dataset's."""
    bodies = {article.id: article.body for article in held}
    changed = [article.id for article in wanted if bodies.get(article.id) != article.body]
    if changed:
        raise DatasetError(
            f"{len(changed)} bài của bộ dữ liệu không vào thư viện nguyên vẹn, ví dụ {changed[0]}.",
            "Đây là lỗi của chương trình: hãy báo lại kèm tên bộ dữ liệu.",
        )


def is_dev_set(dataset: Path) -> bool:
    """Whether a dataset is the one that ships, whose articles are the corpus."""
    return dataset.exists() and dataset.read_bytes() == DEV_SET.read_bytes()
