"""What happened to one question of a run: the line of `questions.jsonl` that every figure is computed from."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from evals.answers import Given, judge
from evals.cases import Case, DatasetError
from evals.citations import score_citations
from evals.judges import Judge
from evals.metrics import CUTOFF, Ranking, values_per_question
from rag.answering.answer import Answer
from rag.answering.llm.claims import UNVERIFIED
from rag.chat import Chatbot
from rag.errors import QuestionError
from rag.retrieval.retriever import Hit
from rag.store.library import Library
from rag.vietnamese.normalise import fold

_MARKS = re.compile(r"(?:\[\d+\])+")  # behind each sentence that was proven


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, what was wanted, what was given, and how good that is. Every field is plain JSON.

    Attributes:
        id: The question's.
        question: As it was asked: typed, or without accents.
        kind: Type of question.
        style: How it is typed.
        history: The conversation before it, as it was given.
        golds: The gold answers; none where the articles do not hold it.
        evidence: Gold evidence as `[article, start, end]`.
        given: The whole answer; None where only retrieval was run.
        spans: The short answers.
        abstained: Whether it was refused; None where only retrieval was run.
        unproven: Of a language model's sentences, the share that could not be proven; None where none wrote.
        confidence: 0 to 1.
        seconds: From question to answer.
        citations: As `{"n", "article", "start", "end", "quote", "right", "verbatim"}`.
        marked: Whether the `[n]` of the text are those of the citations.
        evidence_recall: Share of the gold evidence that is cited.
        verdict: The fields of `evals.answers.Verdict`; None where only retrieval was run.
        retrieval: Value by retrieval metric; None where there is no gold evidence.
        judged: Score by judge, 0 to 1, where an LLM was asked.
        error: Why the question could not be asked, e.g. because it is too long.
    """

    id: str
    question: str
    kind: str
    style: str
    golds: list[str]
    evidence: list[list[Any]]
    given: str | None = None
    spans: list[str] | None = None
    abstained: bool | None = None
    unproven: float | None = None
    confidence: float | None = None
    seconds: float | None = None
    citations: list[dict[str, Any]] | None = None
    marked: bool | None = None
    evidence_recall: float | None = None
    verdict: dict[str, Any] | None = None
    retrieval: dict[str, float] | None = None
    judged: dict[str, float] | None = None
    error: str | None = None
    history: list[dict[str, str]] = field(default_factory=list)

    @property
    def answerable(self) -> bool:
        """Whether the articles hold the answer."""
        return bool(self.evidence)

    @property
    def answered(self) -> bool:
        """Whether an answer was given, right or wrong."""
        return self.abstained is False

    @property
    def right(self) -> bool | None:
        """Whether a careful person would call it right; None where only retrieval was run."""
        return None if self.verdict is None else bool(self.verdict["right"])

    def as_line(self) -> str:
        """One line of JSON, without line end."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read what `as_line` wrote; fields of a later version are left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in known})


class Examiner:
    """Asks the product's own chatbot the questions of a dataset and scores what comes back.

    Args:
        library: Holds the articles of the dataset.
        by_article: Whether a hit is right when it lies in the right article (SQuAD), rather than on the evidence.
        stripped: Whether questions, those of their history too, are asked without accents.
        answering: Whether answers are wanted, or only what is found.
        chatbot: What is asked; the library's own by default.
        judge: Scores the answers without gold answers; None asks no judge.
    """

    def __init__(
        self,
        library: Library,
        *,
        by_article: bool = False,
        stripped: bool = False,
        answering: bool = True,
        chatbot: Chatbot | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._library = library
        self._chatbot = chatbot or Chatbot(library)
        self._by_article = by_article
        self._stripped = stripped
        self._answering = answering
        self._judge = judge
        self._bodies: dict[str, str | None] = {}

    def examine(self, case: Case) -> Outcome:
        """Ask one question and score the answer. A question that cannot be asked counts as refused."""
        question = fold(case.question) if self._stripped else case.question
        # Answers keep their accents: they are the product's own words.
        typed = [self._stripped and turn["role"] == "user" for turn in case.history]
        history = [
            {**turn, "content": fold(turn["content"])} if bare else turn
            for turn, bare in zip(case.history, typed, strict=True)
        ]
        outcome = Outcome(
            id=case.id,
            question=question,
            kind=case.kind,
            style=case.style,
            history=[dict(turn) for turn in history],
            golds=list(case.answers),
            evidence=[[evidence.article, evidence.start, evidence.end] for evidence in case.evidence],
        )
        try:
            hits, answer = self._ask(question, history)
        except QuestionError as error:
            hits, answer = [], None
            outcome = replace(outcome, error=str(error))
            if self._answering:
                refused = Given((), "", abstained=True)
                outcome = replace(outcome, given="", spans=[], abstained=True, confidence=0.0, citations=[])
                outcome = replace(outcome, verdict=asdict(judge(case, refused)))
        if case.answerable:
            outcome = replace(outcome, retrieval=self._retrieval(case, hits))
        return outcome if answer is None else self._with_answer(outcome, case, answer)

    def body_of(self, article: str) -> str | None:
        """The body of an article by its id, None where the library has none."""
        if article not in self._bodies:
            found = self._library.article(article)
            self._bodies[article] = found.body if found is not None else None
        return self._bodies[article]

    def _ask(self, question: str, history: Sequence[Mapping[str, str]]) -> tuple[Sequence[Hit], Answer | None]:
        # The answer first: a search before it would leave the question's vector in the cache, and flatter its time.
        answer = self._chatbot.ask(question, history) if self._answering else None
        return self._chatbot.search(question, history, limit=CUTOFF)[1], answer

    def _with_answer(self, outcome: Outcome, case: Case, answer: Answer) -> Outcome:
        score = score_citations(case, answer.citations, answer.text, self.body_of)
        proven, unproven = _proven(answer)
        given = Given(answer.spans, proven, answer.abstained, score.recall, answer.written)
        citations = [
            {
                "n": citation.n,
                "article": citation.article,
                "start": citation.start,
                "end": citation.end,
                "quote": citation.quote,
                "right": right,
                "verbatim": verbatim,
            }
            for citation, right, verbatim in zip(answer.citations, score.right, score.verbatim, strict=True)
        ]
        quotes = [citation.quote for citation in answer.citations]
        return replace(
            outcome,
            judged=None
            if self._judge is None or answer.abstained
            else self._judge.scores(outcome.question, given.plain_text, quotes),
            given=answer.text,
            spans=list(answer.spans),
            abstained=answer.abstained,
            unproven=unproven,
            confidence=answer.confidence,
            seconds=answer.seconds,
            citations=citations,
            marked=score.marked,
            evidence_recall=score.recall,
            verdict=asdict(judge(case, given)),
        )

    def _retrieval(self, case: Case, hits: Sequence[Hit]) -> dict[str, float]:
        values = values_per_question([self._ranking(case, hits)])
        return {name: float(value[0]) for name, value in values.items()}

    def _ranking(self, case: Case, hits: Sequence[Hit]) -> Ranking:
        passages = [hit.stored.passage for hit in hits]
        if self._by_article:
            found = tuple(dict.fromkeys(passage.article_id for passage in passages))
            return Ranking(found[:CUTOFF], frozenset(evidence.article for evidence in case.evidence))
        stored = {
            one.id: one.passage
            for article in {evidence.article for evidence in case.evidence}
            for one in self._library.vectors.article_passages(article)
        }
        relevant = frozenset(
            passage_id
            for passage_id, passage in stored.items()
            if any(evidence.overlaps(passage.article_id, passage.start, passage.end) for evidence in case.evidence)
        )
        return Ranking(tuple(hit.stored.id for hit in hits)[:CUTOFF], relevant)


def _proven(answer: Answer) -> tuple[str, float | None]:
    """The text without sentences that could not be proven, and their share of a language model's sentences."""
    if not answer.written:
        return answer.text, None
    text = answer.text
    for sentence in answer.unverified:
        text = text.replace(f"{sentence} {UNVERIFIED}", "")
    proven = len(_MARKS.findall(text))
    return " ".join(text.split()), len(answer.unverified) / max(1, len(answer.unverified) + proven)


def read_outcomes(path: Path) -> list[Outcome]:
    """The questions of a run so far, in the order they were asked; a last line that was cut off is left out.

    Raises:
        DatasetError: The file is missing, or a line inside it is broken.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        return [Outcome.from_row(json.loads(line)) for line in lines if line.endswith("\n")]
    except (OSError, ValueError, TypeError) as error:
        raise DatasetError(
            f"Không đọc được kết quả {path} ({error}).", "Hãy chạy lại phép đo vào một thư mục mới."
        ) from error


def write_outcomes(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write a whole file anew, e.g. without a last line that was cut off."""
    path.write_text("".join(f"{outcome.as_line()}\n" for outcome in outcomes), encoding="utf-8")
