"""Evaluation cases: a question, its gold answers, and the exact words in the articles that hold them."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.article import Article, make_article
from rag.errors import HoidapError
from rag.vietnamese.normalise import to_nfc
from rag.vietnamese.sentences import sentence_spans

BodyOf = Callable[[str], str | None]


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


def load_cases(path: Path, body_of: BodyOf) -> list[Case]:
    """Read a JSONL dataset, one case a line, and find each piece of evidence in its article.

    Drafts that nobody has accepted (`"accepted": false`) are left out.

    Args:
        path: The dataset.
        body_of: The body of an article by its id, None where there is no such article.

    Raises:
        DatasetError: The file is missing or broken, a line is not a question, its evidence does not stand in the
            article, or two questions have the same id.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"Không đọc được bộ câu hỏi {path} ({error}).", "Hãy kiểm tra đường dẫn; tệp phải là UTF-8."
        ) from error
    rows = [(number, row_of(line, path, number)) for number, line in enumerate(lines, start=1) if line.strip()]
    cases = [case_of(row, body_of, path, number) for number, row in rows if row.get("accepted", True)]
    repeated = [name for name, times in Counter(case.id for case in cases).items() if times > 1]
    if repeated:
        raise DatasetError(f"Bộ {path} có hai câu hỏi cùng mã {repeated[0]}.", "Mỗi câu hỏi cần một mã riêng.")
    return cases


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a dataset, or a file of drafts, anew: one row a line.

    Raises:
        DatasetError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise DatasetError(
            f"Không ghi được {path} ({error}).", "Hãy kiểm tra quyền ghi, hoặc chọn tệp khác bằng --output."
        ) from error


def row_of(line: str, path: Path, number: int) -> dict[str, Any]:
    """One line of a dataset as an object.

    Raises:
        DatasetError: It is not JSON, or no object.
    """
    try:
        row = json.loads(line)
    except ValueError as error:
        raise _broken(path, number, error) from error
    if not isinstance(row, dict):
        raise _broken(path, number, "không phải một đối tượng JSON")
    return row


def case_of(row: Mapping[str, Any], body_of: BodyOf, path: Path, number: int) -> Case:
    """One line of a dataset as a case. Text is compared in composed Unicode, however it was typed.

    Args:
        row: The line.
        body_of: The body of an article by its id.
        path: The dataset, for messages.
        number: Of the line, for messages.

    Raises:
        DatasetError: Something is missing, or the evidence does not stand in the article.
    """
    try:
        case = Case(
            id=str(row["id"]),
            question=_text(row["question"]),
            answers=tuple(_text(answer) for answer in _as_list(row["answers"])),
            evidence=_evidence(row, body_of),
            kind=str(row.get("type", "what" if row["answers"] else "unanswerable")),
            style=str(row.get("style", "followup" if row.get("history") else "plain")),
            history=tuple(
                {"role": str(turn["role"]), "content": _text(turn["content"])} for turn in row.get("history") or ()
            ),
            all_needed=row.get("answer_mode") == "all",
            free_form=row.get("answer_form") == "free",
            also_in=tuple(_as_list(row.get("also_in"))),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, number, f"{type(error).__name__}: {error}") from error
    if bool(case.answers) != case.answerable:
        raise DatasetError(
            f"Câu hỏi {case.id} (dòng {number} của {path}) có đáp án mà không có dẫn chứng, hoặc ngược lại.",
            "Hãy ghi cả `article` và `evidence` (nguyên văn), hoặc để trống cả hai nếu bài không trả lời được.",
        )
    return case


def _broken(path: Path, number: int, reason: object) -> DatasetError:
    return DatasetError(
        f"Không đọc được bộ câu hỏi {path}: dòng {number} ({reason}).",
        'Mỗi dòng phải có dạng {"id", "question", "answers", "article", "evidence"}.',
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = f"{value!r} không phải chữ"
        raise TypeError(message)
    return " ".join(to_nfc(value).split())


def _as_list(value: str | list[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _evidence(row: Mapping[str, Any], body_of: BodyOf) -> tuple[Evidence, ...]:
    """Each piece where it stands; where a row names only the article, the first sentence with an answer."""
    articles, quotes = _as_list(row["article"]), _as_list(row.get("evidence") or None)
    if len(articles) == 1 and not quotes:
        quotes = [sentence for sentence in [_sentence_with(row["answers"], body_of(articles[0]) or "")] if sentence]
    if len(articles) == 1:
        articles = articles * len(quotes)
    return tuple(_locate(row["id"], article, quote, body_of) for article, quote in zip(articles, quotes, strict=True))


def _sentence_with(answers: str | list[str], body: str) -> str | None:
    sentences = [body[start:end].strip() for start, end in sentence_spans(body)]
    wanted = [to_nfc(answer).lower() for answer in _as_list(answers)]
    return next((one for one in sentences if any(answer in one.lower() for answer in wanted)), None)


def _locate(case_id: str, article: str, quote: str, body_of: BodyOf) -> Evidence:
    quote = to_nfc(quote)
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
