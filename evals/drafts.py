"""Questions proposed for one's own articles, by rule, for a person to accept or edit.

Vietnamese asks in place: "Giàn BK-24 khánh thành năm nào?" stands word for word where the fact stands, so a sentence
with a name, a day, a quantity or a place becomes a question when that is replaced by its question word. A draft never
counts until a person has accepted it (`"accepted": true`).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.cases import DatasetError, write_rows
from rag.article import Article
from rag.vietnamese.names import names_in
from rag.vietnamese.normalise import fold, settle_tone_marks
from rag.vietnamese.numbers import DIGITS, SCALES
from rag.vietnamese.sentences import sentence_spans

_LEAST_WORDS, _MOST_WORDS = 5, 32  # of a question
_LEAST_LEFT = 8  # words of a statement that was cut off at a comma
_MOST_PER_ARTICLE = 8

_SCALES = rf"(?:{'|'.join(SCALES)})"
_MEASURES = r"(?:tấn|km|m3|m³|USD|đồng|kWh|MW|%|phần trăm|ngày|giờ|lít|thùng|ha)"
_HEDGES = r"(?:(?:hơn|trên|gần|khoảng|dưới)\s+)?"
_DAY = r"(?:\d{1,2}\s*[/-]\s*\d{1,2}(?:\s*[/-]\s*\d{4})?|\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?)"

_WHEN_FIRST = re.compile(rf"^(?:(?:sáng|chiều|tối|trưa)\s+)?(?:ngày\s+)?(?P<answer>{_DAY}),\s+", re.IGNORECASE)
_WHEN_INSIDE = re.compile(rf"\b(?:vào\s+)?ngày\s+(?P<answer>{_DAY})(?![\d/-])", re.IGNORECASE)
_YEAR_INSIDE = re.compile(r"\b(?P<before>vào |từ |đến |tới )năm (?P<answer>(?:19|20)\d{2})\b")
_QUANTITY = re.compile(
    rf"(?<![\w.,/-])(?P<answer>{_HEDGES}{DIGITS}(?:\s+{_SCALES})*\s*(?P<measure>{_MEASURES}))(?![\w/])",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"\b(?P<verb>có|gồm)\s+(?P<answer>{_HEDGES}\d+(?:\.\d{{3}})*\s+(?P<noun>[^\W\d_]+(?: [^\W\d_]+)?))", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?:tại|ở)\s+(?P<rest>.+)")
_POSTS = r"(?:Bí thư|Phó|Chủ tịch|Giám đốc|Tổng|Trưởng|Ủy viên|Chánh|Thứ trưởng|Bộ trưởng)"
_ROLE = rf"\s*[-–,]\s*(?P<role>{_POSTS}[^,;:.()]{{3,70}}?)(?=\s*(?:[,;:.()]|$|\s(?:đã|cho|báo cáo|phát biểu)\b))"

# A sentence that leans on the one before it makes no question of its own.
_LEANING = re.compile(
    r"^(?:ông|bà|họ|đây|đó|điều|việc này|trong đó|tuy|nhưng|bên cạnh|ngoài ra|cụ thể|theo đó|qua đó|do đó|vì vậy|nhờ"
    r"|(?:\S+\s+){1,3}này|riêng|còn|sau đó|trước đó|khi đó|lúc đó|lúc này|cùng ngày|tại đây|cũng|nơi đây)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s*(?:[,;:(]|\b(?:trong đó|với tổng|nhưng|góp phần|tăng|giảm|bằng|vượt|so với)\b).*$", re.DOTALL)
_QUOTES = re.compile('[“”"«»]')


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question, in the fields of a dataset's line.

    Attributes:
        id: Unique in the file.
        question: Made by rule; may be edited.
        answers: What was replaced by the question word.
        evidence: The whole sentence.
        article: Id of the article.
        type: Type of question.
        style: Always plain.
        accepted: Whether a person has accepted it. It counts only then.
    """

    id: str
    question: str
    answers: list[str]
    evidence: str
    article: str
    type: str
    style: str = "plain"
    accepted: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class _Proposal:
    question: str
    answer: str
    kind: str


def propose(article: Article) -> list[Draft]:
    """Questions that one article answers: at most one a sentence and eight an article, in the order of the article.

    Example:
        >>> body = "Giàn BK-24 được khánh thành vào ngày 29/12/2025. Tuyến ống dài 5,6 km."
        >>> [(draft.question, draft.answers) for draft in propose(Article("a", "Tin", body))]
        [('Giàn BK-24 được khánh thành vào ngày nào?', ['29/12/2025']), ('Tuyến ống dài bao nhiêu km?', ['5,6 km'])]
    """
    drafts: list[Draft] = []
    seen: set[str] = set()
    body = article.body[: article.captions_start]
    for start, end in sentence_spans(body):
        sentence = body[start:end].strip()
        proposal = next((one for one in _proposals(sentence) if _good(one, seen)), None)
        if proposal is not None:
            seen.add(fold(proposal.question))
            name = f"draft-{article.id}-{len(drafts) + 1:02d}"
            drafts.append(Draft(name, proposal.question, [proposal.answer], sentence, article.id, proposal.kind))
        if len(drafts) == _MOST_PER_ARTICLE:
            break
    return drafts


def _proposals(sentence: str) -> Iterator[_Proposal]:
    """What a sentence can be asked, the most natural question first."""
    if not sentence.endswith(".") or _LEANING.match(sentence):
        return
    text = sentence.rstrip(". …")
    yield from _posts(text)
    for rule in (_day_first, _day_inside, _year_inside, _count, _quantity, _place):
        found = rule(text)
        if found is not None:
            yield found


def _posts(text: str) -> Iterator[_Proposal]:
    """Who holds a post: "đồng chí Lê Văn Tám - Bí thư Đảng ủy"."""
    settled = settle_tone_marks(text)
    for name in names_in(text):
        match = re.search(re.escape(name) + _ROLE, settled)
        if match is not None:
            place = match.start()
            yield _Proposal(f"Ai là {match['role'].strip()}?", text[place : place + len(name)], "who")


def _day_first(text: str) -> _Proposal | None:
    match = _WHEN_FIRST.search(text)
    if match is None:
        return None
    whole = text[match.end() :]
    rest = _without_tail(whole, 0)
    if rest != whole and len(rest.split()) < _LEAST_LEFT:  # the verb was behind the comma
        return None
    return _Proposal(f"{_sentence_case(rest)} vào ngày nào?", match["answer"], "when")


def _day_inside(text: str) -> _Proposal | None:
    def asked(found: re.Match[str]) -> str:
        reaches = re.search(r"\b(?:từ|đến|tới|trước|sau|kể từ)\s+$", text[: found.start()])
        return "ngày nào" if reaches else "vào ngày nào"

    match = _WHEN_INSIDE.search(text)
    by_the_clock = match is not None and re.search(r"(?:giờ|phút|\dh\d*)\s+$", text[: match.start()])
    return None if by_the_clock else _in_place(text, match, asked, "when")


def _year_inside(text: str) -> _Proposal | None:
    found = list(_YEAR_INSIDE.finditer(text))
    match = found[0] if len(found) == 1 else None  # from one year to another: neither alone is the answer
    return _in_place(text, match, lambda found: f"{found['before']}năm nào", "when")


def _count(text: str) -> _Proposal | None:
    match = _COUNT.search(text)
    return _in_place(text, match, lambda found: f"{found['verb']} bao nhiêu {found['noun']}", "how_many")


def _quantity(text: str) -> _Proposal | None:
    def asked(found: re.Match[str]) -> str:
        measure = "phần trăm" if found["measure"] == "%" else found["measure"]
        return f"bao nhiêu {measure}"

    return _in_place(text, _QUANTITY.search(text), asked, "how_many")


def _place(text: str) -> _Proposal | None:
    """A place is written with capitals: as much of what follows "tại" or "ở" as is."""
    match = _PLACE.search(text)
    if match is None or match.start() == 0:
        return None
    name = ""
    for word in match["rest"].split(" "):
        if not word[:1].isupper() or name.endswith(","):
            break
        name = f"{name} {word}".strip()
    name = name.rstrip(",;:.")
    if " " not in name:  # one capital opens many names: "tại Hội nghị"
        return None
    found = re.compile(rf"\b(?:tại|ở)\s+(?P<answer>{re.escape(name)})").search(text, match.start())
    return _in_place(text, found, lambda _: "ở đâu", "where")


def _in_place(
    text: str, match: re.Match[str] | None, words: Callable[[re.Match[str]], str], kind: str
) -> _Proposal | None:
    """The sentence with its answer replaced by question words, and cut off where it goes on to other things."""
    if match is None:
        return None
    before, asked = text[: match.start()], words(match)
    question = _without_tail(f"{before}{asked}{text[match.end() :]}", len(before) + len(asked))
    return _Proposal(f"{_sentence_case(question)}?", match["answer"], kind)


def _without_tail(text: str, start: int) -> str:
    """The text without what follows the first comma or turn behind `start`."""
    match = _TAIL.search(text, start)
    return (text[: match.start()] if match is not None else text).strip()


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _good(proposal: _Proposal, seen: set[str]) -> bool:
    """Whether it reads as a question of its own, does not hold its answer, and was not asked before."""
    question = proposal.question
    return (
        _LEAST_WORDS <= len(question.split()) <= _MOST_WORDS
        and not _QUOTES.search(question)
        and ":" not in question
        and fold(proposal.answer) not in fold(question)
        and fold(question) not in seen
    )


def read_drafts(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of drafts; none where there is no file.

    Raises:
        DatasetError: The file is broken.
    """
    if not path.exists():
        return []
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"Không đọc được tệp nháp {path} ({error}).", "Mỗi dòng phải là một câu hỏi dạng JSON."
        ) from error


def add_drafts(path: Path, articles: Iterable[Article]) -> int:
    """Add the questions of some articles to a file; what stands there, accepted, edited or not, stays as it is.

    Returns:
        How many were added.

    Raises:
        DatasetError: The file is broken or cannot be written.
    """
    rows = read_drafts(path)
    known = {str(row.get("id")) for row in rows}
    added = [asdict(draft) for article in articles for draft in propose(article) if draft.id not in known]
    write_rows(path, [*rows, *added])
    return len(added)
