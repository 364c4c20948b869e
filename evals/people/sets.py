"""Readers of the third-party sets in `<data>/people`: ViNewsQA, UIT-ViQuAD 2.0, ViCoQA, VIMQA.

What the files are and their terms: the README in that folder, and the reader's model card.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.overlap import squad_normal_form
from evals.people.texts import Document, Question, QuestionSet, Span, Verdict, one_in_five, question_set

_YES = re.compile(r"(?:có|đúng|rồi|phải|yes|ừ|vâng)\b", re.IGNORECASE)
_NO = re.compile(r"(?:không|chưa|sai|no)\b", re.IGNORECASE)
_LONGEST_VERDICT = 3  # words of an answer that says yes or no and nothing else
_LONGEST_ANSWER = 40  # words
_LIKE_ENOUGH = 0.5  # F1 of a free answer with the words of the text that it is taken from
# Every second title of UIT-ViQuAD 2.0's validation part by name, as in every training so far.
_VIQUAD_HELD_BACK = frozenset({"Canada", "François Mitterrand", "Nam Ossetia", "Nội chiến Anh", "Texas"})


def vinewsqa(data: Path) -> QuestionSet:
    """UIT-ViNewsQA, its development part and a part of its training part.

    Raises:
        OSError: A file is missing.
        ValueError: A file does not have the expected form.
    """
    return _squad_set("vinewsqa", data, ("vinewsqa.dev", "vinewsqa.train"), one_in_five)


def viquad2(data: Path) -> QuestionSet:
    """UIT-ViQuAD 2.0, validation: questions without an answer among them, most with a wrong one that looks right.

    Raises:
        OSError: The file is missing.
        ValueError: The file does not have the expected form.
    """
    return _squad_set("viquad2", data, ("viquad2.dev",), _VIQUAD_HELD_BACK.__contains__)


def vicoqa(data: Path) -> QuestionSet:
    """UIT-ViCoQA, validation: conversations about an article, answered in free words, with the sentence they rest on.

    Raises:
        OSError: The file is missing.
        ValueError: The file does not have the expected form.
    """
    documents: list[Document] = []
    questions: list[Question] = []
    for row in _rows(data / "people" / "vicoqa.dev.jsonl"):
        text: str = row["story"]
        documents.append(Document(row["id"], "", text, row["id"]))
        history: list[tuple[str, str]] = []
        for number, turn in enumerate(row["turns"]):
            asked, answer, rationale = turn["question"].strip(), turn["answer"].strip(), turn["span"].strip()
            start = text.find(rationale)
            verdict = verdict_of(answer)
            spans: tuple[Span, ...] = ()
            if start >= 0 and rationale:
                around = (start, start + len(rationale))
                spans = (around,) if verdict else answer_span(text, around, answer)
            identity = f"{row['id']}-{number}"
            questions.append(Question(identity, asked, row["id"], (answer,), spans, verdict, tuple(history)))
            history.append((asked, answer))
    return question_set("vicoqa", documents, questions)


def vimqa(data: Path) -> QuestionSet:
    """VIMQA: questions for yes or no, and for words that are found over several sentences.

    Raises:
        OSError: The file is missing.
        ValueError: The file does not have the expected form.
    """
    documents: dict[str, Document] = {}
    questions = []
    for number, row in enumerate(_rows(data / "people" / "vimqa.dev.jsonl")):
        text: str = row["paragraph"].strip()
        document = documents.setdefault(text, Document(f"vimqa-{len(documents)}", "", text, text))
        answer: str = row["answer"].strip()
        verdict: Verdict | None = {"đúng": "yes", "không": "no"}.get(answer.lower())  # type: ignore[assignment]
        spans = () if verdict else _occurrences(text, answer)
        questions.append(Question(f"vimqa-{number}", row["question"].strip(), document.id, (answer,), spans, verdict))
    return question_set("vimqa", documents.values(), questions, one_in_five)


PEOPLE_SETS = {"vinewsqa": vinewsqa, "viquad2": viquad2, "vicoqa": vicoqa, "vimqa": vimqa}


def verdict_of(answer: str) -> Verdict | None:
    """What a free answer says, where it says yes or no and nothing else.

    Example:
        >>> verdict_of("Có."), verdict_of("chưa"), verdict_of("Có 15 người bị thương")
        ('yes', 'no', None)
    """
    if len(answer.split()) > _LONGEST_VERDICT:
        return None
    if _NO.match(answer):
        return "no"
    return "yes" if _YES.match(answer) and not any(letter.isdigit() for letter in answer) else None


def answer_span(text: str, around: Span, answer: str) -> tuple[Span, ...]:
    """The words of `text[around]` that a free answer is taken from; none where no words are like it.

    Example:
        >>> answer_span("Dịch vụ ở Úc cho biết còn 31 ca.", (0, 32), "31 ca thôi")
        ((26, 31),)
    """
    inside = text[around[0] : around[1]]
    at = inside.lower().find(answer.strip(" .").lower())
    if at >= 0 and answer.strip(" ."):
        return ((around[0] + at, around[0] + at + len(answer.strip(" ."))),)
    words = [match.span() for match in re.finditer(r"\S+", inside)]
    said = [squad_normal_form(inside[start:end]) for start, end in words]
    wanted = squad_normal_form(answer).split()
    best, place = 0.0, None
    for first in range(len(words)):
        left, common = Counter(wanted), 0
        for last in range(first, min(first + _LONGEST_ANSWER, len(words))):
            if left[said[last]] > 0:
                left[said[last]] -= 1
                common += 1
            f1 = 2 * common / (len(wanted) + last - first + 1)
            if f1 > best:
                best, place = f1, (words[first][0], words[last][1])
    if place is None or best < _LIKE_ENOUGH:
        return ()
    end = place[0] + len(inside[place[0] : place[1]].rstrip(".,;:"))
    return ((around[0] + place[0], around[0] + end),)


def _occurrences(text: str, answer: str) -> tuple[Span, ...]:
    found = re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text, re.IGNORECASE)
    return tuple(match.span() for match in found)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _squad_set(name: str, data: Path, files: Sequence[str], is_held_back: Callable[[str], bool]) -> QuestionSet:
    documents: list[Document] = []
    questions: list[Question] = []
    for file in files:
        _read_squad(data / "people" / f"{file}.json", file, documents, questions)
    return question_set(name, documents, questions, is_held_back)


def _read_squad(path: Path, name: str, documents: list[Document], questions: list[Question]) -> None:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for article_number, article in enumerate(content["data"]):
        for paragraph_number, paragraph in enumerate(article["paragraphs"]):
            text: str = paragraph["context"]
            document = Document(f"{name}-{article_number}-{paragraph_number}", article["title"], text, article["title"])
            documents.append(document)
            for row in paragraph["qas"]:
                spans = _spans(text, row["answers"])
                plausible = _plausible(text, row.get("plausible_answers", ()))
                answers = tuple(dict.fromkeys(answer["text"] for answer in row["answers"]))
                asked = row["question"].strip()
                questions.append(Question(row["id"], asked, document.id, answers, spans, plausible=plausible))


def _spans(text: str, answers: Any) -> tuple[Span, ...]:  # noqa: ANN401 - JSON
    found = []
    for answer in answers:
        start = int(answer["answer_start"])
        if text[start : start + len(answer["text"])] != answer["text"]:
            message = f"answer {answer['text']!r} is not at offset {start}"
            raise ValueError(message)
        found.append((start, start + len(answer["text"])))
    return tuple(dict.fromkeys(found))


def _plausible(text: str, answers: Any) -> tuple[Span, ...]:  # noqa: ANN401 - JSON
    """Like `_spans`, without those whose offset is wrong, as a few are."""
    standing = [one for one in answers if text.startswith(one["text"], int(one["answer_start"]))]
    return _spans(text, standing)
