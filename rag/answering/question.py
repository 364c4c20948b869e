"""What a question asks for, told by its question words: Vietnamese keeps them where the answer would stand."""

import functools
import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.vietnamese.abbreviations import general_long_form
from rag.vietnamese.expressions import Place, people
from rag.vietnamese.posts import post_places
from rag.vietnamese.word_lists import any_of, word_list


class AnswerKind(StrEnum):
    """What would answer a question."""

    WHO = "who"
    ROLE = "role"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how_many"
    LIST = "list"
    WHY = "why"
    YES_NO = "yes_no"
    COMPARE = "compare"
    DEFINITION = "definition"
    CODE = "code"
    ORDINAL = "ordinal"
    WHAT = "what"


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What a question asks for and where it says so.

    Attributes:
        kind: What would answer it.
        start: Offset of the question words in the question, the place where the answer fits.
        end: Offset behind them; equal to `start` where the question has none.
        noun: What is counted or listed ("đảng viên" of "bao nhiêu đảng viên"), lower case; empty where it is not said.
        count: How many items a list should have, where the question says so ("hai quy chế nào"); else None.
    """

    kind: AnswerKind
    start: int
    end: int
    noun: str = ""
    count: int | None = None


# "Mỗi tháng bao nhiêu" does not ask when.
_ONE_OF_MANY = r"(?<!mỗi )(?<!hàng )(?<!một )"
_NAMED = r"[^\W\d_]+(?:[ -][^\W\d_]+){0,3}?"
_NUMBER_WORDS = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_COUNT = rf"(?<!thứ )(?<!lần )(?<!khóa )(?<!số )(?P<count>{'|'.join(_NUMBER_WORDS)}|[2-9])"
_NOUN = rf"(?P<noun>{_NAMED})"  # "những đối tác nào": up to four syllables
_TIME = (
    r"(?:ngày tháng năm|ngày|hôm|năm|tháng|quý|giờ|tuần|thời gian|thời điểm|khoảng thời gian|thế kỷ|buổi|mùa|dịp|lúc|"
    r"khi|hồi|đợt)"
)
_PLACE = (
    r"(?:tỉnh|thành phố|nước|quốc gia|huyện|quận|xã|phường|địa điểm|địa phương|nơi|chỗ|hội trường|vùng|khu vực|"
    r"châu lục|lục địa|đường|phố|khách sạn|sân bay|sân|nhà thi đấu|bến cảng|tỉnh thành|thị trấn|thủ đô)"
)
_ENDING = r"(?:\s+(?:vậy|thế|nhỉ|hả|ạ|ấy|đấy|đó|à|rồi))*\W*$"

_WHO_IS_IT = re.compile(rf"^(?:cho hỏi |cho biết )?(?P<name>[^?]+?) (?:là|làm) (?P<place>ai|gì){_ENDING}")
_ADDRESS = re.compile(rf"^(?:cho (?:hỏi|biết|xin) )?địa chỉ (?!nào|gì)[^?]*{_ENDING}")
_WHAT_IS_IT = re.compile(rf"^(?P<short>\S+) (?:là|nghĩa là) (?P<place>gì|cái gì){_ENDING}")
_HOW = re.compile(r"\b(?:(?:như |ra )?thế nào|ra sao|làm sao|bằng cách nào|kiểu gì|ntn)\b")
_STOP_NOUN = frozenset(
    [
        "của",
        "là",
        "ở",
        "tại",
        "trong",
        "được",
        "đã",
        "và",
        "với",
        "cho",
        "từ",
        "vào",
        "năm",
        "khi",
        "thì",
        "mà",
        "trên",
        "cả",
        "vậy",
        "thế",
        "nhỉ",
        "so",
        "vì",
    ]
)


def asked_for(question: str, short_forms: Collection[str] = ()) -> AskedFor:
    """Tell what a question asks for.

    Args:
        question: With its accents.
        short_forms: The abbreviations found in it; "X là gì" asks what such a one stands for.

    Example:
        >>> asked_for("Đảng bộ có bao nhiêu đảng viên?")
        AskedFor(kind=<AnswerKind.HOW_MANY: 'how_many'>, start=11, end=20, noun='đảng viên', count=None)
    """
    lower = question.lower()
    if len(lower) != len(question):  # a letter whose lower case is longer: offsets would not be the question's
        return AskedFor(AnswerKind.WHAT, 0, 0)
    defined = _WHAT_IS_IT.search(lower)
    if defined and defined["short"] in {form.lower() for form in short_forms}:
        return AskedFor(AnswerKind.DEFINITION, *defined.span("place"))
    person = _WHO_IS_IT.search(lower)
    if person and any(_is_the_person(question, place, person.end("name")) for place in people(question)):
        return AskedFor(AnswerKind.ROLE, *person.span("place"))
    if _ADDRESS.search(lower):
        return AskedFor(AnswerKind.WHERE, len(question), len(question))
    for kind, pattern in _forms():
        match = pattern.search(lower)
        if match and not _counts_a_name(question, match):
            found = _form(kind, match)
            return replace(found, kind=_kind_by_what_is_named(question, found))
    return AskedFor(
        AnswerKind.HOW_MANY if _opens_with_measure(question) else AnswerKind.WHAT, len(question), len(question)
    )


def asks_for_telling(question: str, asked: AskedFor) -> bool:
    """Whether a question asks why or how, which a sentence tells rather than a few words of it."""
    return asked.kind is AnswerKind.WHY or _HOW.search(question.lower()) is not None


def _opens_with_measure(question: str) -> bool:
    """Whether a question without a question word names what is measured: "Doanh thu năm 2020?"."""
    lower = question.lower()
    opening = question.split(maxsplit=1)[0] if question.strip() else ""
    spelled_out = lower.replace(opening.lower(), general_long_form(opening).lower() or opening.lower(), 1)
    return any(spelled_out.startswith(f"{measure} ") for measure in word_list("measures"))


@functools.cache
def _forms() -> tuple[tuple[AnswerKind, re.Pattern[str]], ...]:
    """What asks for what. The first form that matches decides, so the more telling ones come first.

    They see the question in lower case, with its accents. A group `place` tells which words the answer replaces where
    they are not the whole match.
    """
    person, place = any_of("person_nouns"), any_of("place_nouns")
    forms = (
        (AnswerKind.WHY, r"\b(?:vì sao|tại sao|do đâu|nhờ đâu|vì đâu|(?:vì )?(?:lý do|nguyên nhân) (?:gì|nào))\b"),
        (AnswerKind.WHY, r"\b(?:để làm gì|nhằm (?:mục đích )?gì|nhằm làm gì|(?:với|vì) mục đích (?:gì|nào))\b"),
        (AnswerKind.WHY, r"^sao\b|\bsao lại\b|\b(?:nguyên nhân|lý do)\b.*\blà gì\b"),
        (
            AnswerKind.DEFINITION,
            r"\b(?:viết tắt của|nghĩa là|(?:viết|tên) đầy đủ là)(?: (?:từ|cụm từ|chữ))? (?:gì|nào)\b",
        ),
        (AnswerKind.YES_NO, r"\b(?:có phải|có đúng|phải chăng)\b"),
        (AnswerKind.YES_NO, rf"\b(?:đúng không|phải không|được không|hay không|hay chưa|có không|đúng chứ){_ENDING}"),
        (AnswerKind.YES_NO, rf"\b(?:có|còn)\b.*\b(?:không|chưa){_ENDING}"),
        (AnswerKind.YES_NO, rf"\b(?:đã|được)\b.*\bchưa{_ENDING}"),
        (
            AnswerKind.ROLE,
            r"\b(?:(?:những|các|mấy) )?(?:chức vụ|chức danh|chức trách|chức|cương vị|vai trò) (?:gì|nào)\b",
        ),
        (AnswerKind.ROLE, r"\blãnh đạo gì\b"),
        (AnswerKind.LIST, r"\b(?:những ai|gồm ai|có ai|các ai)\b"),
        (AnswerKind.LIST, rf"\b(?P<place>(?:những|các) (?!{_TIME} ){_NOUN} (?:nào|gì))\b"),
        (AnswerKind.WHEN, r"\b(?:vào |lúc )*mấy giờ(?:,? (?:ngày|hôm) (?:nào|mấy))?\b"),
        (
            AnswerKind.WHEN,
            rf"\b(?:từ |đến |tới )?{_ONE_OF_MANY}(?P<place>(?:khoảng )?(?:{_TIME} )(?:nào|mấy|bao nhiêu))\b",
        ),
        (AnswerKind.WHEN, r"\b(?:từ |đến |tới )?(?P<place>khi nào|bao giờ|lúc nào|hồi nào)\b"),
        (AnswerKind.LIST, rf"\b{_COUNT} {_NOUN} (?:nào|gì)\b|\bmấy {_NAMED} nào\b"),
        (AnswerKind.LIST, rf"\b{_COUNT} (?P<noun>{person})(?: [^\W\d_]+){{1,9}}? nào\b"),
        (AnswerKind.LIST, rf"\b{_COUNT} {_NOUN} là (?P<place>ai|những ai|gì)\b"),
        (AnswerKind.LIST, r"\b(?:những gì|gồm gì|gồm có gì)\b|\b(?:kể tên|liệt kê|nêu tên)\b"),
        (AnswerKind.LIST, r"\b(?:nào|gì)\b[^?]*\b(?:và|cũng như)\b[^?]*\b(?:nào|gì)\b"),
        (
            AnswerKind.ORDINAL,
            r"\b(?P<place>(?:lần |khóa |hạng )?(?:thứ )(?:mấy|bao nhiêu))\b|\b(?:lần|khóa|hạng) (?:mấy|bao nhiêu)\b",
        ),
        (
            AnswerKind.CODE,
            r"(?<!tổng )(?<!con )\b(?:số|mã số|số hiệu|ký hiệu|mã hiệu|biển số) (?P<place>mấy|bao nhiêu|nào|gì)\b",
        ),
        (AnswerKind.HOW_MANY, r"\b(?:bao lâu|bao xa)\b"),
        (
            AnswerKind.HOW_MANY,
            r"\b(?P<many>bao nhiêu|mấy)(?: là(?= \w))?(?: (?P<noun>(?:[^\W\d_]+[23]?|%)(?: [^\W\d_]+[23]?){0,2}))?",
        ),
        (AnswerKind.WHERE, rf"\b(?P<place>đâu|{_PLACE} nào)\b"),
        (AnswerKind.WHERE, rf"\b(?:ở|tại|đến|tới|sang|về|nhờ) (?P<place>{place} nào)\b"),
        (AnswerKind.WHO, r"\bai\b"),
        (AnswerKind.WHO, rf"\b(?<!đơn ){person} nào\b"),
        (AnswerKind.WHO, r"\b(?<!mang )(?<!đặt )(?<!lấy )(?P<place>tên (?:là )?gì)\b"),
        (AnswerKind.WHAT, r"\b(?P<place>gì|nào)\b"),
    )
    return tuple((kind, re.compile(pattern)) for kind, pattern in forms)


def _is_the_person(question: str, name: Place, end: int) -> bool:
    """Whether a question is about the person it names.

    "Giám đốc Công ty Hoàng Mai là ai?" and "phó của ông Lê Văn Tám là ai?" are not.
    """
    if re.search(r"\bcủa (?:[^\W\d_]+ ){0,2}$", question[: name.start].lower()):
        return False
    bodies = (
        question[title.end : name.start].strip()
        for title, whole in post_places(question)
        if title.end <= name.start < whole.end
    )
    return name.end == end and not any(bodies)


def _asks_post_of_person(question: str, asked: AskedFor) -> bool:
    """Whether what a person is or does is asked for: "Ông Lê Văn Tám phụ trách vị trí nào?"."""
    if asked.kind is not AnswerKind.WHAT or not any(place.end <= asked.start for place in people(question)):
        return False
    before, behind = question[: asked.start].lower(), question[asked.end :].lower()
    return bool(re.search(rf"\b{any_of('post_words')}\s$", before)) or bool(
        re.search(r"\b(?:là|làm)\s$", before) and re.match(r"\s(?:ở|tại|trong|bên)\s", behind)
    )


def _counts_a_name(question: str, match: re.Match[str]) -> bool:
    """Whether what looks like a number is somebody's name: "Ông Tám nói gì?"."""
    start = match.start("count") if match.groupdict().get("count") else 0
    return start > 0 and question[start].isupper()


def _kind_by_what_is_named(question: str, asked: AskedFor) -> AnswerKind:
    """The kind, once the posts and people that a question names are looked at."""
    if _asks_which_holder(question, asked):
        return AnswerKind.ROLE if _tells_who(question, asked) else AnswerKind.WHO
    if asked.kind is AnswerKind.WHO and question[asked.start :].lower().startswith("tên"):
        before = question[: asked.start].lower()
        named = re.search(rf"\b{any_of('person_nouns')}\b", before) or any(post_places(before))
        return AnswerKind.WHO if named else AnswerKind.WHAT
    return AnswerKind.ROLE if _asks_post_of_person(question, asked) else asked.kind


def _tells_who(question: str, asked: AskedFor) -> bool:
    """Whether a question names the person and asks where the post is: "Ông Tám là giám đốc đơn vị nào?"."""
    lower = question.lower()
    return any(
        re.match(r"\s(?:đang |hiện |từng |còn )?(?:là|làm|giữ chức)\s", lower[name.end : asked.start])
        for name in people(question)
    )


def _asks_which_holder(question: str, asked: AskedFor) -> bool:
    """Whether "nào" stands behind a post: "Phó Giám đốc nào dự lễ?" asks for a person."""
    if asked.kind not in (AnswerKind.WHAT, AnswerKind.WHERE):
        return False
    start = question.lower().find("nào", asked.start, asked.end)
    return any(question[whole.end : start].isspace() for _, whole in post_places(question) if whole.end < start)


def _form(kind: AnswerKind, match: re.Match[str]) -> AskedFor:
    groups = match.groupdict()
    noun = groups.get("noun") or ""
    words = noun.split()
    kept = list(itertools.takewhile(lambda word: word not in _STOP_NOUN, words))
    start, end = match.span("place") if groups.get("place") else match.span()
    if groups.get("many"):
        end = match.end("many")
    count = groups.get("count")
    return AskedFor(kind, start, end, " ".join(kept), _NUMBER_WORDS.get(count, 0) or int(count) if count else None)
