"""What the fitted models of the answerer learn from: questions of our own, asked of the articles they were written on.

`test.jsonl`, `elsewhere.jsonl`, `unseen.jsonl` and `unseen_b.jsonl` are not among them: they tell how well a fit holds.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.answers import Given, judge
from evals.cases import Case
from evals.workspace import CORPUS, DEV_SET, Workspace, opened_workspace
from rag.answering.answerer import Answerer
from rag.answering.compare import comparison
from rag.answering.finding import Finding, find, find_candidates
from rag.embedding import PassageEmbeddings
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit, HybridRetriever
from rag.settings import Settings
from rag.store.records import SearchFilter

FITTING_SETS = (
    DEV_SET,
    DEV_SET.with_name("confidence.jsonl"),
    *(DEV_SET.with_name(f"fitting_{letter}.jsonl") for letter in "abcd"),
)
_HITS = 10


def opened_sets(datasets: Sequence[Path] = FITTING_SETS) -> Iterator["AskedSet"]:
    """The sets one after the other, each with its articles indexed: the folder of its name beside it, else the corpus.

    Raises:
        DatasetError: A set is missing or broken, or does not fit its articles.
    """
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    for dataset in datasets:
        own = dataset.with_suffix("")
        with opened_workspace(dataset, embeddings, own if own.is_dir() else CORPUS) as workspace:
            yield AskedSet(workspace)


class AskedSet:
    """A set of questions and the library that is asked them.

    Args:
        workspace: Both.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.name = workspace.dataset.stem
        # Follow-ups and comparisons are answered by way of other questions.
        self.cases = [case for case in workspace.cases if not case.history and comparison(case.question) is None]
        self._retriever = HybridRetriever(library=workspace.library)
        self._reader = Answerer(workspace.library, self._retriever).reader
        self._articles = [article.id for article in workspace.articles]

    def find(self, case: Case, *, hidden: bool = False) -> Finding | None:
        """What the product finds for a question; None where nothing at all is found.

        Args:
            case: The question.
            hidden: Whether the articles that answer it are left out of the search.
        """
        query, hits = self._search(case, hidden=hidden)
        return find(query, hits, self._reader, self._retriever.rarity)

    def findings(self, case: Case) -> list[Finding]:
        """What the answer to a question would be, were each candidate the best; best first."""
        query, hits = self._search(case)
        return find_candidates(query, hits, self._reader, self._retriever.rarity)

    def _search(self, case: Case, *, hidden: bool = False) -> tuple[Query, list[Hit]]:
        answering = {evidence.article for evidence in case.evidence} | set(case.also_in)
        shown = tuple(article for article in self._articles if article not in answering)
        query = self._retriever.understand(case.question)
        return query, self._retriever.search(query, _HITS, SearchFilter(articles=shown) if hidden else None)


def is_right(case: Case, finding: Finding) -> bool:
    """Whether the short answers of a finding are right."""
    spans = tuple(part.text for part in finding.parts)
    if finding.yes is not None:
        spans = ("Có" if finding.yes else "Không", *spans)
    cited = {part.hit.stored.passage.article_id for part in finding.parts}
    recall = float({evidence.article for evidence in case.evidence} <= cited)
    return judge(case, Given(spans, "", abstained=False, evidence_recall=recall)).right
