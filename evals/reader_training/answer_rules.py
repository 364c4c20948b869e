"""Which words of a sentence can be asked for: people, offices, numbers, dates, places, organisations, names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from evals.reader_training.words import word_list

_WORD = re.compile(r"[^\W_]+(?:[./,\-][^\W_]+)*|%|°C|m³|km²|m²")
_NUMBER = re.compile(r"\d[\d.,]*")
_DAY = re.compile(r"\bngày \d{1,2}(?:(?:/|-| tháng )\d{1,2}(?:(?:/|-| năm )\d{4})?)?(?![\w/])", re.IGNORECASE)
_MONTH = re.compile(r"\btháng (?:\d{1,2}|giêng|chạp)(?:(?:/| năm )\d{4})(?!\w)", re.IGNORECASE)
_YEAR = re.compile(r"\bnăm \d{3,4}(?![\w.,]\d)\b", re.IGNORECASE)
_CENTURY = re.compile(r"\bthế kỷ (?:thứ )?(?:\d{1,2}|[IVX]+)\b(?: TCN| trước Công nguyên)?", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:được gọi là|gọi là|có tên là|mang tên|tên là|được biết đến với tên|biệt danh là)\s+")
_DEFINED = re.compile(r"^((?:[^\s,;:]+\s){1,7}?)là ([^,.;:]{8,120})")
_CAUSE = re.compile(r"^(.{20,160}?)[, ]+(vì|bởi vì|nhằm|để(?! lại)) ([^,.;:]{12,150})")
_MAKER = re.compile(
    r"\b(?:bởi|do) ((?:[^\W\d_]+\s?){1,7}?)"
    r"(?= (?:làm|sáng lập|thành lập|viết|thiết kế|sản xuất|phát triển|thực hiện)\b)"
)
_VAGUE_SUBJECTS = frozenset(
    ("đây", "đó", "này", "nó", "họ", "ông", "bà", "anh", "chị", "cô", "chúng", "điều", "tôi", "ta", "ai")
)
_CAUSE_WORDS = {
    "vì": ("vì sao", "tại sao"),
    "bởi vì": ("vì sao", "tại sao"),
    "nhằm": ("nhằm mục đích gì", "để làm gì"),
    "để": ("để làm gì", "nhằm mục đích gì"),
}


@dataclass(frozen=True)
class Candidate:
    """An answer at `start:end` of a sentence, and how to ask for it.

    The question word takes the place of `replace_start:replace_end`; with `may_lead` it can also open the question.
    `whole_question` is used instead where the sentence itself does not make the question.
    """

    start: int
    end: int
    replace_start: int
    replace_end: int
    question_words: tuple[str, ...]
    may_lead: bool = False
    whole_question: str | None = None


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def candidates(sentence: str) -> list[Candidate]:
    """Return every answer that a rule finds in `sentence`; answers may overlap."""
    tokens = [_Token(match.group(), match.start(), match.end()) for match in _WORD.finditer(sentence)]
    found = [
        *_people(sentence, tokens),
        *_numbers(sentence, tokens),
        *_dates(sentence),
        *_places(sentence, tokens),
        *_organisations(sentence, tokens),
        *_phrases(sentence),
    ]
    return [candidate for candidate in found if sentence[candidate.start : candidate.end].strip()]


@cache
def _phrases_of(name: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(entry.lower().split()) for entry in word_list(name))


def _phrase_at(tokens: list[_Token], index: int, name: str) -> int:
    """Return how many tokens from `index` form the longest entry of the word list `name` (0 = none)."""
    entries = _phrases_of(name)
    for length in range(min(4, len(tokens) - index), 0, -1):
        if tuple(token.text.lower() for token in tokens[index : index + length]) in entries:
            return length
    return 0


def _name_length(sentence: str, tokens: list[_Token], index: int, most: int) -> int:
    """Return how many capitalised words, one space apart, stand at `index`."""
    length = 0
    while index + length < len(tokens) and length < most and tokens[index + length].capital:
        if length and sentence[tokens[index + length - 1].end : tokens[index + length].start] != " ":
            break
        if not tokens[index + length].text.replace("-", "").replace(".", "").isalpha():
            break
        length += 1
    return length


def _people(sentence: str, tokens: list[_Token]) -> Iterator[Candidate]:
    surnames = frozenset(word_list("surnames"))
    index = 0
    while index < len(tokens):
        honorific = _phrase_at(tokens, index, "honorifics")
        office = _phrase_at(tokens, index, "offices")
        title = max(honorific, office)
        name_at = index + title
        length = _name_length(sentence, tokens, name_at, 5)
        plain = title == 0 and length in (3, 4) and tokens[index].text in surnames
        if length >= 2 and (plain or (title and _person_like(sentence, tokens, name_at, length))):
            start, end = tokens[name_at].start, tokens[name_at + length - 1].end
            words = (
                ("ai", "người nào") if office <= honorific else ("ai", f"{_lower(sentence, tokens, index, title)} nào")
            )
            yield Candidate(start, end, tokens[index].start, end, words)
            if office > honorific:
                office_end = tokens[name_at - 1].end
                name = sentence[start:end]
                yield Candidate(tokens[index].start, office_end, 0, 0, ("",), whole_question=f"{name} giữ chức vụ gì")
            index = name_at + length
        else:
            index += 1


def _person_like(sentence: str, tokens: list[_Token], index: int, length: int) -> bool:
    first, two = tokens[index].text, f"{tokens[index].text} {tokens[index + 1].text}"
    if first in word_list("surnames"):
        return True
    return not {first, two} & set(word_list("not_people")) and _name_ends(sentence, tokens, index + length)


def _name_ends(sentence: str, tokens: list[_Token], index: int) -> bool:
    """Say whether a name that stops before token `index` cannot go on there in lower case."""
    if index >= len(tokens) or sentence[tokens[index - 1].end : tokens[index].start] != " ":
        return True
    return tokens[index].text in word_list("boundary_words")


def _lower(sentence: str, tokens: list[_Token], index: int, length: int) -> str:
    return sentence[tokens[index].start : tokens[index + length - 1].end].lower()


def _numbers(sentence: str, tokens: list[_Token]) -> Iterator[Candidate]:
    for index, token in enumerate(tokens):
        if not _NUMBER.fullmatch(token.text):
            continue
        if index and tokens[index - 1].text.lower() in ("ngày", "tháng", "năm", "số", "điều", "thứ", "quý"):
            continue
        magnitude = _phrase_at(tokens, index + 1, "magnitudes")
        unit_at = index + 1 + magnitude
        unit = _phrase_at(tokens, unit_at, "units")
        if not unit or (
            tokens[unit_at].text in ("tháng", "năm") and _NUMBER.search(sentence[tokens[unit_at].end :][:6])
        ):
            continue
        start = token.start
        replace_start = start
        before = _phrase_ending(tokens, index, "approximators")
        if before:
            replace_start = tokens[index - before].start
            # Annotators keep "hơn" and "khoảng" in about half of the answers; the longer span is the safer quote.
            start = replace_start if len(sentence) % 2 else start
        end = tokens[unit_at + unit - 1].end
        unit_text = sentence[tokens[unit_at].start : end]
        if unit_text == "%":
            words: tuple[str, ...] = ("bao nhiêu phần trăm", "bao nhiêu %", "bao nhiêu")
        else:
            words = (f"bao nhiêu {unit_text}", f"bao nhiêu {unit_text}", f"mấy {unit_text}")
            if magnitude:
                words = (f"bao nhiêu {unit_text}", "bao nhiêu", f"bao nhiêu {unit_text}")
        yield Candidate(start, end, replace_start, end, words)


def _phrase_ending(tokens: list[_Token], index: int, name: str) -> int:
    """Return how many tokens right before `index` form an entry of the word list `name` (0 = none)."""
    entries = _phrases_of(name)
    for length in (2, 1):
        if index >= length and tuple(token.text.lower() for token in tokens[index - length : index]) in entries:
            return length
    return 0


def _dates(sentence: str) -> Iterator[Candidate]:
    patterns = (
        (_DAY, ("ngày nào", "khi nào", "vào ngày nào", "bao giờ", "hôm nào")),
        (_MONTH, ("tháng nào", "khi nào", "thời gian nào")),
        (_YEAR, ("năm nào", "khi nào", "năm bao nhiêu", "vào năm nào")),
        (_CENTURY, ("thế kỷ nào", "thế kỷ thứ mấy", "khi nào")),
    )
    taken: list[tuple[int, int]] = []
    for pattern, words in patterns:
        for match in pattern.finditer(sentence):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            lead = re.search(r"\b(?:vào|trong|từ|đến|kể từ)\s$", sentence[: match.start()], re.IGNORECASE)
            replace_start = lead.start() if lead and lead.group().lower().startswith("vào") else match.start()
            yield Candidate(match.start(), match.end(), replace_start, match.end(), words, may_lead=True)


def _places(sentence: str, tokens: list[_Token]) -> Iterator[Candidate]:
    for index, token in enumerate(tokens[:-1]):
        if token.text.lower() not in ("tại", "ở"):
            continue
        kind = _phrase_at(tokens, index + 1, "place_kinds")
        length = _name_length(sentence, tokens, index + 1 + kind, 7)
        if length and _name_ends(sentence, tokens, index + 1 + kind + length):
            start, end = tokens[index + 1].start, tokens[index + kind + length].end
            yield Candidate(start, end, token.start, end, ("ở đâu", "tại đâu", "ở nơi nào"), may_lead=True)


def _organisations(sentence: str, tokens: list[_Token]) -> Iterator[Candidate]:
    for index in range(len(tokens)):
        head = _phrase_at(tokens, index, "organisation_heads")
        if not head or (head == 1 and not tokens[index].capital):
            continue
        if index and tokens[index - 1].end + 1 == tokens[index].start and tokens[index - 1].capital:
            continue  # the head is the middle of a longer name
        length = _name_length(sentence, tokens, index + head, 7)
        if length and _name_ends(sentence, tokens, index + head + length):
            start, end = tokens[index].start, tokens[index + head + length - 1].end
            kind = _lower(sentence, tokens, index, head)
            yield Candidate(start, end, start, end, ("đơn vị nào", "tổ chức nào", "cơ quan nào", f"{kind} nào"))


def _phrases(sentence: str) -> Iterator[Candidate]:
    for match in _NAMED.finditer(sentence):
        name = re.match(r"[\"“'‘]?((?:[^\s,.;:()\"”]+\s?){1,8})", sentence[match.end() :])
        if name and name.group(1).strip():
            start = match.end() + name.start(1)
            end = start + len(name.group(1).rstrip())
            yield Candidate(start, end, start, end, ("gì",))
    defined = _DEFINED.match(sentence)
    if defined and defined.group(1).split()[0].lower() not in _VAGUE_SUBJECTS and sentence[0].isupper():
        start, end = defined.span(2)
        yield Candidate(start, end, start, len(sentence.rstrip(" .")), ("gì", "gì", "cái gì"))
    cause = _CAUSE.match(sentence)
    if cause:
        start, end = cause.span(3)
        words = _CAUSE_WORDS[cause.group(2)]
        yield Candidate(start, end, cause.start(2), len(sentence.rstrip(" .")), words, may_lead=True)
    for match in _MAKER.finditer(sentence):
        yield Candidate(match.start(1), match.end(1), match.start(1), match.end(1), ("ai", "đơn vị nào"))
