"""What users say of answers, kept in SQLite, and turned into evaluation cases."""

import contextlib
import datetime
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from rag.errors import LibraryError
from rag.vietnamese.normalise import to_nfc
from rag.vietnamese.sentences import sentence_spans

_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    id TEXT PRIMARY KEY,  -- of the answer: a second vote on it replaces the first
    at TEXT NOT NULL,     -- UTC, ISO 8601
    vote TEXT NOT NULL,
    entry TEXT NOT NULL   -- everything else, as JSON
)
"""


class Quote(NamedTuple):
    """Words that an answer rested on: the article's `body[start:end]`."""

    article: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one user said of one answer.

    Attributes:
        id: The answer's id.
        user: Who said it; empty without login.
        vote: Whether the answer was right.
        reason: Why not, in a few words; may be empty.
        right_answer: What should have been answered; may be empty.
        question: As it was asked.
        history: The conversation before it: messages with `role` and `content`.
        answer: The answer's text.
        spans: The short answers.
        abstained: Whether the answer was "không tìm thấy".
        quotes: What the answer cited.
        looked_into: Ids of the articles that were found, best first.
    """

    id: str
    user: str
    vote: Literal["right", "wrong"]
    reason: str
    right_answer: str
    question: str
    history: tuple[dict[str, str], ...]
    answer: str
    spans: tuple[str, ...]
    abstained: bool
    quotes: tuple[Quote, ...]
    looked_into: tuple[str, ...]


class FeedbackStore:
    """Votes in one SQLite file; each call is a transaction of its own, so that threads and crashes do no harm.

    Args:
        path: The file; made with its folder on the first vote.

    Example:
        >>> FeedbackStore(data_dir / "feedback.sqlite3").counts()  # doctest: +SKIP
        {'right': 12, 'wrong': 3}
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, feedback: Feedback) -> None:
        """Keep a vote; an earlier one on the same answer is replaced.

        Raises:
            LibraryError: The file cannot be written.
        """
        entry = {name: value for name, value in asdict(feedback).items() if name not in {"id", "vote"}}
        row = (feedback.id, datetime.datetime.now(datetime.UTC).isoformat(), feedback.vote, json.dumps(entry))
        with self._connected() as connection:
            connection.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)", row)

    def entries(self) -> list[Feedback]:
        """Every vote, oldest first.

        Raises:
            LibraryError: The file cannot be read.
        """
        with self._connected() as connection:
            rows = connection.execute("SELECT id, vote, entry FROM feedback ORDER BY at, id").fetchall()
        return [_feedback(*row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many votes of each kind there are."""
        with self._connected() as connection:
            rows = dict(connection.execute("SELECT vote, COUNT(*) FROM feedback GROUP BY vote").fetchall())
        return {"right": rows.get("right", 0), "wrong": rows.get("wrong", 0)}

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._path.exists():
                self._path.touch(mode=0o600)
            with contextlib.suppress(OSError):  # another user's file, or a file system without permissions
                self._path.chmod(0o600)  # what users said is nobody else's business
            with contextlib.closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
                connection.execute(_TABLE)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise LibraryError(
                "Không đọc ghi được góp ý tại {path} ({reason}).",
                "Hãy kiểm tra quyền ghi và dung lượng đĩa.",
                path=self._path,
                reason=error,
            ) from error


def _feedback(answer_id: str, vote: Literal["right", "wrong"], entry: str) -> Feedback:
    kept = json.loads(entry)
    return Feedback(
        id=answer_id,
        vote=vote,
        history=tuple(kept.pop("history")),
        spans=tuple(kept.pop("spans")),
        quotes=tuple(Quote(*quote) for quote in kept.pop("quotes")),
        looked_into=tuple(kept.pop("looked_into")),
        **kept,
    )


def evaluation_cases(
    entries: Iterable[Feedback], body_of: Callable[[str], str | None]
) -> tuple[list[dict[str, Any]], list[Feedback]]:
    """Votes as evaluation cases, each a line of a dataset such as `evals/datasets/dev.jsonl`.

    A case needs evidence that stands word for word in an article: the quotes of a right answer, or the first
    sentence that holds the right answer which the user gave. A refusal that was right is an unanswerable case.

    Args:
        entries: The votes.
        body_of: The body of an article by its id, None where there is no such article.

    Returns:
        The cases, and the votes that cannot become one.
    """
    cases, left = [], []
    for entry in entries:
        case = _case(entry, body_of)
        if case is None:
            left.append(entry)
        else:
            cases.append(case)
    return cases, left


def _case(entry: Feedback, body_of: Callable[[str], str | None]) -> dict[str, Any] | None:
    case: dict[str, Any] = {"id": f"feedback-{entry.id}", "question": entry.question, "style": "plain"}
    if entry.history:
        case |= {"history": list(entry.history), "style": "followup"}
    if entry.vote == "right" and entry.abstained:
        return case | {"answers": [], "evidence": "", "article": None, "type": "unanswerable"}
    if entry.vote == "right":
        quotes = [
            quote for quote in entry.quotes if (body_of(quote.article) or "")[quote.start : quote.end] == quote.text
        ]
        if not quotes or not entry.spans:
            return None
        evidence, articles = [quote.text for quote in quotes], [quote.article for quote in quotes]
        return case | _answered(list(entry.spans), evidence, articles)
    right_answer = " ".join(to_nfc(entry.right_answer).split())
    found = _sentence_with(right_answer, entry.looked_into, body_of)
    return case | _answered([right_answer], [found[1]], [found[0]]) if found else None


def _answered(answers: list[str], evidence: list[str], articles: list[str]) -> dict[str, Any]:
    if len(evidence) == 1:
        case: dict[str, Any] = {"answers": answers, "evidence": evidence[0], "article": articles[0]}
    else:
        case = {"answers": answers, "evidence": evidence, "article": articles}
    return case | {"type": "what"} | ({"answer_mode": "all"} if len(answers) > 1 else {})


def _sentence_with(
    answer: str, articles: Iterable[str], body_of: Callable[[str], str | None]
) -> tuple[str, str] | None:
    wanted = answer.lower()
    if not wanted:
        return None
    for article in articles:
        body = body_of(article) or ""
        for start, end in sentence_spans(body):
            if wanted in body[start:end].lower():
                return article, body[start:end].strip()
    return None
