"""Questions ready to be asked of a library, whatever set they come from, and how right an answer to them is."""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from evals.answers import Given, judge
from evals.cases import Case, load_cases
from evals.overlap import squad_normal_form, token_f1
from evals.people.texts import Document, Question, QuestionSet
from evals.workspace import articles_of, write_articles
from rag.article import make_article
from rag.embedding import PassageEmbeddings
from rag.settings import Settings
from rag.store.library import Library
from rag.store.records import SearchFilter

_COMMAND = "evals"  # what the lock of a temporary library says
Group = Literal["answerable", "impossible", "hidden"]


@dataclass(frozen=True)
class Short:
    """What was answered, as far as it is rated.

    Attributes:
        spans: The short answers.
        yes: What was said to a question for yes or no; None for any other.
        articles: Ids of the articles cited.
    """

    spans: tuple[str, ...]
    yes: bool | None
    articles: frozenset[str]


@dataclass(frozen=True)
class Inquiry:
    """One question, the part of the library that it is asked of, and what would be right.

    Attributes:
        id: Unique in its set.
        dataset: Name of the set.
        article: What is never split between fitting and measuring.
        question: As typed.
        history: Messages before it.
        search_filter: What the search is restricted to; None asks the whole library.
        group: Whether the library answers it, does not, or would, were the article not hidden.
        rate: How right an answer is, 0 to 1.
        verdict: The right one, for a question for yes or no.
    """

    id: str
    dataset: str
    article: str
    question: str
    history: tuple[dict[str, str], ...]
    search_filter: SearchFilter | None
    group: Group
    rate: Callable[[Short], float] = field(repr=False)
    verdict: str | None = None


@dataclass(frozen=True)
class AskedLibrary:
    """A library and the questions for it."""

    name: str
    library: Library
    inquiries: tuple[Inquiry, ...]


@dataclass(frozen=True)
class Shelves:
    """Where the libraries of the sets are made.

    Attributes:
        embeddings: The model that makes vectors.
        folder: Keeps them from one run to the next; None makes them anew each time.
    """

    embeddings: PassageEmbeddings
    folder: Path | None = None

    @contextlib.contextmanager
    def documents(self, name: str, documents: Iterable[Document]) -> Iterator[Library]:
        """A library of documents, whose ids are the articles' ids.

        Raises:
            HoidapError: The documents cannot be indexed.
        """
        articles = [make_article(document.id, document.title or document.id, document.text) for document in documents]
        with self._place(name) as place:
            write_articles(articles, place / "articles")
            with self._opened(place, place / "articles") as library:
                yield library

    @contextlib.contextmanager
    def cases(self, dataset: Path, articles: Path) -> Iterator[tuple[Library, list[Case]]]:
        """A library of a folder's articles, and the cases of a dataset on them.

        Raises:
            DatasetError: The dataset is missing or broken, or does not fit the articles.
            HoidapError: The articles cannot be indexed.
        """
        with self._place(dataset.stem) as place, self._opened(place, articles) as library:
            bodies = {article.id: article.body for article in articles_of(library)}
            yield library, load_cases(dataset, bodies.get)

    @contextlib.contextmanager
    def _place(self, name: str) -> Iterator[Path]:
        if self.folder is not None:
            place = self.folder / name
            place.mkdir(parents=True, exist_ok=True)
            yield place
            return
        with tempfile.TemporaryDirectory(prefix="hoidap-evals-") as temporary:
            yield Path(temporary)

    @contextlib.contextmanager
    def _opened(self, place: Path, articles: Path) -> Iterator[Library]:
        with Library.opened(Settings.load(data_dir=place / "library"), self.embeddings, _COMMAND) as library:
            library.sync([articles])
            yield library


def given_inquiries(asked: QuestionSet) -> Iterator[Inquiry]:
    """Each question asked of its own document, as published figures are measured."""
    for question in asked.questions:
        only = SearchFilter(articles=(question.document,))
        yield _inquiry(asked, question, only, "answerable" if question.answerable else "impossible")


def library_inquiries(asked: QuestionSet, articles: Sequence[str], *, hidden: bool) -> Iterator[Inquiry]:
    """Each question that its document answers, asked of the whole library, or of it without that document."""
    for question in asked.questions:
        if not question.answerable:
            continue
        others = tuple(article for article in articles if article != question.document)
        only = SearchFilter(articles=others) if hidden else None
        yield _inquiry(asked, question, only, "hidden" if hidden else "answerable")


def case_inquiries(
    name: str, cases: Iterable[Case], articles: Sequence[str], *, hidden: bool = False
) -> Iterator[Inquiry]:
    """Questions of our own form, asked of the library of their articles."""
    for case in cases:
        answering = {evidence.article for evidence in case.evidence}
        if hidden and not answering:
            continue
        others = tuple(article for article in articles if article not in answering | set(case.also_in))
        yield Inquiry(
            id=case.id,
            dataset=name,
            article=min(answering, default=case.id),
            question=case.question,
            history=tuple(dict(message) for message in case.history),
            search_filter=SearchFilter(articles=others) if hidden else None,
            group="hidden" if hidden else "answerable" if case.answerable else "impossible",
            rate=_case_rating(case),
            verdict=_case_verdict(case),
        )


def _inquiry(asked: QuestionSet, question: Question, only: SearchFilter | None, group: Group) -> Inquiry:
    history = tuple(
        {"role": role, "content": content}
        for turn in question.history
        for role, content in zip(("user", "assistant"), turn, strict=True)
    )
    return Inquiry(
        id=question.id,
        dataset=asked.name,
        article=asked.documents[question.document].group,
        question=question.text,
        history=history,
        search_filter=only,
        group=group,
        rate=_rating(question),
        verdict=question.verdict,
    )


def _rating(question: Question) -> Callable[[Short], float]:
    def rate(given: Short) -> float:
        if question.verdict is not None and given.yes is not None:
            return float(question.verdict == ("yes" if given.yes else "no"))
        # "Có: …" as an answer to another question is its deciding words.
        said = ", ".join(given.spans if given.yes is None else given.spans[1:])
        return max((token_f1(gold, said, squad_normal_form) for gold in question.answers), default=0.0)

    return rate


def _case_rating(case: Case) -> Callable[[Short], float]:
    def rate(given: Short) -> float:
        recall = float({evidence.article for evidence in case.evidence} <= given.articles)
        return float(judge(case, Given(given.spans, "", abstained=False, evidence_recall=recall)).right)

    return rate


def _case_verdict(case: Case) -> str | None:
    if case.kind != "yes_no" or not case.answers:
        return None
    return "no" if case.answers[0].lower().startswith(("không", "chưa")) else "yes"
