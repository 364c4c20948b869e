"""Short answers put into a sentence: the question said again, with the answer in the place of its question words."""

import re
from collections.abc import Mapping, Sequence

from rag.answering.question import AnswerKind, AskedFor
from rag.vietnamese.normalise import fold
from rag.vietnamese.word_lists import word_list

_OPENING = re.compile(
    r"^(?:(?:xin|cho|vui lòng|làm ơn|bạn|hãy|có thể|mình|tôi|em|anh|chị|muốn|được)\s+)*"
    r"(?:hỏi|cho biết|biết|nói|kể)\b(?:\s+(?:rằng|là|xem))?[\s,:]+",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:\s+(?:vậy|thế|nhỉ|hả|ạ|ấy|đấy|à|nhé|với|không biết))*[\s?？.!]*$", re.IGNORECASE)
_CAUSE = re.compile(r"^(?:vì|do|bởi|nhờ|để|nhằm|bởi vì|tại)\b", re.IGNORECASE)
_OF_ARTICLE = re.compile(r"\s*\(trong bài “(?P<title>.+)”\)\s*$")
_NUMBER = re.compile(r"\[(\d+)\]")
_BARE_DAY = re.compile(r"^\d{1,2}[/.-]\d{1,2}")
_LOOSE_NOUNS = frozenset({"tiền", "người", "chiếc", "cái", "phần trăm", "%"})
_LONGEST_UNIT = 3  # syllables


def in_place(question: str, asked: AskedFor, short: str) -> str | None:
    """The question as a statement with `short` where it asks; None where it does not make one.

    Args:
        question: With its accents.
        asked: What it asks for, and where.
        short: The short answer.

    Example:
        >>> from rag.answering.question import asked_for
        >>> question = "Ai là Chủ tịch Hội đồng?"
        >>> in_place(question, asked_for(question), "Lê Văn Tám")
        'Lê Văn Tám là Chủ tịch Hội đồng'
    """
    if not any(letter.isupper() for letter in question[1:]):
        return None  # typed in a hurry: said again it would misspell names
    before, behind = question[: asked.start], question[asked.end :]
    opening = _OPENING.match(before)
    before = before[opening.end() :] if opening else before
    if asked.start == asked.end:
        return f"{_capital(_ENDING.sub('', before or behind).strip(' ,:'))}: {short}"
    behind = _ENDING.sub("", _without_counted(behind, asked, short))
    if asked.kind is AnswerKind.WHY:
        stated = f"{before}{behind}".strip(" ,")
        lead = "" if _CAUSE.match(short) else "vì "
        return f"{_capital(stated)} {lead}{_lower_first(short)}" if stated else None
    before = _without_repeated_noun(before, short)
    if asked.kind is AnswerKind.WHEN and _BARE_DAY.match(short):
        short = f"ngày {short}"
    middle = short if not before.strip() else _lower_first(short)
    return _capital(" ".join(f"{before.rstrip()} {middle} {behind.lstrip()}".split())).rstrip(" ,")


def joined(items: Sequence[str]) -> str:
    """Items as Vietnamese lists them: "A, B và C"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} và {items[-1]}"


def marked(sentence: str, numbers: Sequence[int]) -> str:
    """A claim with the numbers of its citations behind it, and a full stop."""
    marks = "".join(f"[{number}]" for number in dict.fromkeys(numbers))
    return f"{sentence.rstrip(' .')} {marks}."


def asked_of_article(question: str, title: str) -> str:
    """A question put to one article; `article_asked` reads it again."""
    return f"{question.rstrip()} (trong bài “{title}”)"


def article_asked(question: str) -> tuple[str, str]:
    """The question and the headline of the article that it is put to, "" for none.

    Example:
        >>> article_asked(asked_of_article("Họp khi nào?", "Hội nghị khách hàng"))
        ('Họp khi nào?', 'Hội nghị khách hàng')
    """
    put = _OF_ARTICLE.search(question)
    return (question[: put.start()], put["title"]) if put else (question, "")


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """A text with other numbers for its citations.

    Example:
        >>> renumbered("Lê Văn Tám [1].", {1: 3})
        'Lê Văn Tám [3].'
    """
    return _NUMBER.sub(lambda match: f"[{numbers.get(int(match[1]), int(match[1]))}]", text)


def _without_counted(behind: str, asked: AskedFor, short: str) -> str:
    """What follows the question words, without the noun that the short answer says itself."""
    if not asked.noun or asked.kind is not AnswerKind.HOW_MANY:
        return behind
    rest = behind.split()
    said = [fold(word).strip(".,?？!") for word in short.split()]
    for length in range(min(len(rest), len(said)), 0, -1):  # "02 Hội nghị Ban Thường vụ" already says what was counted
        if [fold(word).strip(".,?？!") for word in rest[:length]] == said[-length:]:
            return " " + " ".join(rest[length:])
    units = {fold(unit) for unit in word_list("units")}
    counted, taken = asked.noun.split(), 0
    while taken < len(counted):
        lengths = range(min(_LONGEST_UNIT, len(counted) - taken), 0, -1)
        phrases = ((length, " ".join(counted[taken : taken + length])) for length in lengths)
        length = next((n for n, one in phrases if fold(one) in units or one in _LOOSE_NOUNS or fold(one) in said), 0)
        if not length:
            break
        taken += length
    return " " + " ".join(rest[taken:])


def _without_repeated_noun(before: str, short: str) -> str:
    """Say a noun once: "từ giàn" and "giàn mẹ MSP6"."""
    words, opening = before.split(), fold(short).split()
    for length in (3, 2, 1):
        if len(words) >= length and [fold(word) for word in words[-length:]] == opening[:length]:
            return " ".join(words[:-length])
    return before


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str) -> str:
    """The text with a small first letter where its first word is a common one, not a name or an abbreviation."""
    first, _, rest = text.partition(" ")
    plain = first[:1].isupper() and first[1:].islower() and first.lower() in word_list("lower_case_openings")
    return f"{first.lower()} {rest}".rstrip() if plain else text
