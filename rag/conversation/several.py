"""Several questions in one turn: "Hội nghị diễn ra khi nào và ở đâu?", "Ai là Giám đốc? Công ty có mấy nhà máy?"."""

import re
from collections.abc import Sequence

from rag.vietnamese.wording import Span, Wording

_MOST = 4  # questions that are read out of one turn
# Where one question may end and the next begin.
_JOINT = re.compile(r"\s*(?:[?？;]|,\s+(?:và\s+)?|\s+và\s+|\s+đồng thời\s+)\s*", re.IGNORECASE)
# Three years and more: "các năm 2018, 2020 và 2021", "3 năm 2020, 2021, 2022".
_YEAR = re.compile(r"(?:19|20)\d{2}")
_YEARS = re.compile(
    r"(?:(?:qua |trong )?(?:các |những |\d )?năm )?(?:19|20)\d{2}(?:(?:,| và|,? năm)+ (?:năm )?(?:19|20)\d{2}){2,}"
)
_MOST_YEARS = 8
_YES_NO = re.compile(r"\bcó\b.*\b(?:không|chưa)$", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:đó\s+)?là\b", re.IGNORECASE)  # "…, đó là gì?" asks the same once more
# These end a question for yes or no, and often stand where nothing is asked.
_NO_QUESTION_ALONE = frozenset({"không", "chưa", "sao", "nhỉ", "ạ", "hay không", "phải không", "đúng không", "có phải"})
_SMALL = frozenset({"vào", "là", "do", "của", "từ", "đến", "tại", "ở", "được", "có", "cho"})


def questions_in(question: str) -> list[str]:
    """The questions of a turn, each of which asks something; the turn itself where it is one question.

    A later one may need the first to be understood ("có bao nhiêu đại biểu"); one that only asks ("ở đâu") gets the
    words of the first.

    Args:
        question: With its accents, without polite words.

    One that asks of three years and more is asked of each.

    Example:
        >>> questions_in("Doanh thu các năm 2018, 2020 và 2021?")
        ['Doanh thu năm 2018?', 'Doanh thu năm 2020?', 'Doanh thu năm 2021?']
        >>> questions_in("Hội nghị khách hàng diễn ra khi nào và ở đâu?")
        ['Hội nghị khách hàng diễn ra khi nào', 'Hội nghị khách hàng diễn ra ở đâu']
        >>> questions_in("Ai là Giám đốc và Phó Giám đốc Nhà máy Giấy?")
        ['Ai là Giám đốc và Phó Giám đốc Nhà máy Giấy?']
    """
    years = _YEARS.search(question)
    if years is not None:
        start, end = years.span()
        listed = list(dict.fromkeys(_YEAR.findall(years.group())))[:_MOST_YEARS]
        return [f"{question[:start]}năm {year}{question[end:]}" for year in listed]
    clauses = _clauses(question)
    if not 1 < len(clauses) <= _MOST or any(_GOES_ON.match(clause) for clause in clauses[1:]):
        return [question]
    first = next((clause for clause in clauses if _says_something(clause)), None)
    if first is None:
        return [question]
    return [clause if _says_something(clause) else _asked_of(clause, first) for clause in clauses]


def _clauses(question: str) -> list[str]:
    """The turn cut so that every part asks; what asks nothing belongs to what follows it, or at the end to the last."""
    parts, start = [], 0
    for joint in _JOINT.finditer(question):
        parts.append((question[start : joint.start()], joint.group()))
        start = joint.end()
    parts.append((question[start:], ""))
    clauses: list[str] = []
    pending = ""
    for text, mark in parts:
        whole = pending + text
        if _asks(text) and whole.strip():
            clauses.append(whole.strip())
            pending = ""
        elif clauses and not pending and not mark:
            clauses[-1] += f", {text}" if text.strip() else ""
        else:
            pending = whole + mark
    if pending.strip(" ?？,;") and clauses:
        clauses[-1] = f"{clauses[-1]} {pending}".strip()
    return clauses


def _asks(text: str) -> bool:
    return bool(_asking(Wording(text))) or _YES_NO.search(text.strip()) is not None


def _asking(wording: Wording) -> list[Span]:
    return [span for span in wording.find("asking_words") if " ".join(_forms(wording, span)) not in _NO_QUESTION_ALONE]


def _forms(wording: Wording, span: Span) -> Sequence[str]:
    return wording.form(span.first, span.last)


def _says_something(clause: str) -> bool:
    """Whether a question names what it is about, more than its question words."""
    wording = Wording(clause)
    asking = {place for span in wording.find("asking_words") for place in range(span.first, span.last)}
    rest = [place for place in range(len(wording)) if place not in asking]
    return any(_forms(wording, Span(place, place + 1))[0] not in _SMALL for place in rest)


def _asked_of(asking: str, first: str) -> str:
    """The first question with other question words: "… diễn ra khi nào" and "ở đâu" make "… diễn ra ở đâu"."""
    wording = Wording(first)
    spans = _asking(wording)
    if not spans:
        return f"{first} {asking}"
    start, end = wording.characters(spans[-1])
    return f"{first[:start]}{asking}{first[end:]}"
