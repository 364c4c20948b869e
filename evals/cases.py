"""Evaluation cases: a question, its gold answers, and the exact words in the articles that hold them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.article import Article, make_article
from rag.errors import HoidapError
from rag.vietnamese.normalise import to_nfc


class DatasetError(HoidapError):
    """A dataset is missing, broken, or names an article or words that the library does not hold."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of an article that hold the answer: `article.body[start:end]`."""

    article: str
    start: int
    end: int

    def overlaps(self, article: str, start: int, end: int) -> bool:
        """Whether a stretch of an article shares a character with the evidence."""
        return article == self.article and start < self.end and self.start < end


@dataclass(frozen=True, slots=True)
class Case:
    """One question.

    Attributes:
        id: Unique in the dataset.
        question: As a user would type it.
        answers: Right short answers; any one, or with `all_needed` every one is wanted. Empty: not in the articles.
        evidence: Where the answers stand.
        kind: Type of question: who, when, how_many...
        style: How it is typed: plain, unaccented, abbrev, colloquial, followup.
        history: The conversation before it.
        all_needed: Whether every answer is wanted.
        free_form: Whether the answer may be worded freely, so that no gold answer has to be matched word for word.
        also_in: Other articles that hold the same fact.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    kind: str = "what"
    style: str = "plain"
    history: tuple[Mapping[str, str], ...] = field(default=())
    all_needed: bool = False
    free_form: bool = False
    also_in: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the articles hold the answer."""
        return bool(self.evidence)

    @property
    def single(self) -> bool:
        """Answerable from one article, without history: the questions that retrieval is measured on."""
        return len({evidence.article for evidence in self.evidence}) == 1 and not self.history


def load_cases(path: Path, body_of: Callable[[str], str | None]) -> list[Case]:
    """Read a JSONL dataset, one case a line, and find each piece of evidence in its article.

    Drafts that nobody has accepted (`"accepted": false`) are left out.

    Args:
        path: The dataset.
        body_of: The body of an article by its id, None where there is no such article.

    Raises:
        DatasetError: The file is missing or broken, or its evidence does not stand in the article.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        return [_case(row, body_of) for row in rows if row.get("accepted", True)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"Không đọc được bộ câu hỏi {path} ({error}).", "Mỗi dòng phải là một câu hỏi dạng JSON."
        ) from error


def _case(row: Mapping[str, Any], body_of: Callable[[str], str | None]) -> Case:
    articles, quotes = _as_list(row["article"]), _as_list(row.get("evidence") or None)
    if len(articles) == 1:
        articles = articles * len(quotes)
    return Case(
        id=row["id"],
        question=row["question"],
        answers=tuple(row["answers"]),
        evidence=tuple(
            _locate(row["id"], article, quote, body_of) for article, quote in zip(articles, quotes, strict=True)
        ),
        kind=row.get("type", "what"),
        style=row.get("style", "plain"),
        history=tuple(row.get("history", ())),
        all_needed=row.get("answer_mode") == "all",
        free_form=row.get("answer_form") == "free",
        also_in=tuple(_as_list(row.get("also_in"))),
    )


def _as_list(value: str | list[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _locate(case_id: str, article: str, quote: str, body_of: Callable[[str], str | None]) -> Evidence:
    start = (body_of(article) or "").find(quote)
    if start < 0:
        raise DatasetError(
            f"Câu hỏi {case_id}: bài {article} không có đoạn dẫn chứng “{quote[:60]}”.",
            "Hãy index đúng bộ bài viết của dữ liệu.",
        )
    return Evidence(article, start, start + len(quote))


def load_squad(path: Path) -> tuple[list[Article], list[Case]]:
    """Read SQuAD 1 or 2 JSON: every paragraph becomes an article, its whole body the evidence for retrieval.

    Raises:
        DatasetError: The file is missing or not in SQuAD's format.
    """
    try:
        documents = json.loads(path.read_text(encoding="utf-8"))["data"]
        paragraphs = [
            (f"{document:03d}-{number:03d}", entry.get("title", ""), paragraph)
            for document, entry in enumerate(documents)
            for number, paragraph in enumerate(entry["paragraphs"])
        ]
        articles = [_squad_article(*paragraph) for paragraph in paragraphs]
        cases = [
            case
            for article, (_, _, paragraph) in zip(articles, paragraphs, strict=True)
            for case in _squad_cases(article, paragraph["qas"])
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"Không đọc được bộ dữ liệu SQuAD {path} ({error}).", "Hãy kiểm tra đường dẫn và định dạng."
        ) from error
    return articles, cases


def _squad_article(article_id: str, title: str, paragraph: Mapping[str, Any]) -> Article:
    return make_article(article_id, title.replace("_", " ").strip() or article_id, paragraph["context"])


def _squad_cases(article: Article, entries: Iterable[Mapping[str, Any]]) -> list[Case]:
    whole = (Evidence(article.id, 0, len(article.body)),)
    return [
        Case(
            id=str(entry["id"]),
            question=" ".join(to_nfc(entry["question"]).split()),
            answers=tuple(dict.fromkeys(to_nfc(answer["text"]) for answer in entry["answers"])),
            evidence=whole if entry["answers"] else (),
        )
        for entry in entries
    ]
