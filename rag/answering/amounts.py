"""What tells an amount from the one that a question asks for: a part of it, a difference, a plan."""

import re

from rag.vietnamese.expressions import quantities
from rag.vietnamese.normalise import fold
from rag.vietnamese.syllables import folded_syllables

_COMPARES = re.compile(r"\b(?:tăng|giảm|hơn|kém|thêm|vượt|bớt|chênh|sớm|muộn)\b")
_MORE_BY = re.compile(
    r"\b(?:tăng|giảm|hơn|kém|thêm|vượt|bớt)\b(?!\s(?:lên|xuống|còn|từ|đến|tới))"
    r"(?:\s(?!kế hoạch|chỉ tiêu|mục tiêu|dự toán|mức|mốc|ngưỡng|con số)[^\W\d_]+){0,3}\s*$"
)
_PARTS = re.compile(r"\b(?:trong đó|bao gồm|gồm)\b", re.IGNORECASE)
# Before an amount, with a word or two between: the amount of the plan itself.
_PLAN_OF = re.compile(
    r"\b(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|dự kiến|phấn đấu|hướng tới|dự tính)"
    r"(?:\s(?!đạt được\b|và\b)[^\W\d_]+){0,3}\s*$"
)
# From one of these words on all that a clause, or what is joined to it by commas, tells is planned.
_PLANS = re.compile(
    r"\b(?:phấn đấu|đặt (?:ra )?(?:mục tiêu|chỉ tiêu|kế hoạch)|đề ra|dự kiến|dự tính|hướng tới|sẽ|mục tiêu là|"
    r"kế hoạch (?:năm|quý|tháng|nhiệm kỳ|đề ra|đặt ra|được giao|là))\b"
)
_REACHED = re.compile(r"\b(?:thực tế|thực hiện|hoàn thành|đã|đạt được|kết quả|vượt)\b")
_SENTENCE_PART = re.compile(r"[;.]\s|\b(?:còn|trong khi|nhưng)\b")
_ASKS_PLAN = re.compile(
    r"\b(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|phấn đấu|hướng tới|đặt ra|đề ra|định|sẽ|sắp tới)\b"
    r"|(?<!dự )\btính (?!đến|tới|từ|ra|riêng|chung|cả|theo|toán|trên|bình quân)\w"
)
# "Doanh thu dự kiến bao nhiêu?" in December asks for the result.
_ASKS_EITHER = re.compile(r"\b(?:dự kiến|dự tính|ước)\b")
# "vượt kế hoạch bao nhiêu", "bằng bao nhiêu phần trăm kế hoạch": neither of the two is asked for.
_ASKS_BOTH = re.compile(
    r"\b(?:vượt|so với|bằng|đạt|hụt|thiếu|hoàn thành|trước|sớm hơn)\b[^?]*"
    r"\b(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán|dự kiến)\b"
    r"|\b(?:phần trăm|%)\s(?:của\s)?(?:kế hoạch|chỉ tiêu|mục tiêu|dự toán)\b"
)


def is_part(question: str, noun: str, before: str, own: str) -> bool:
    """Whether an amount is a part of one told before it, which is not asked for.

    Args:
        question: With its accents.
        noun: What is counted; "" where the question does not say: then the two have to be of the same unit.
        before: The sentence as far as the amount.
        own: The amount and the rest of its clause.

    Example:
        >>> is_part("Đội có bao nhiêu thợ?", "thợ", "Đội có 251 thợ, trong đó ", "8 thợ phụ")
        True
        >>> is_part("Quỹ là bao nhiêu tiền?", "", "Quỹ có 9 tỷ đồng, trong đó Nhà nước cấp ", "2 tỷ đồng")
        True
    """
    parts = list(_PARTS.finditer(before))
    if not parts:
        return False
    whole, between = before[: parts[-1].start()], before[parts[-1].end() :]
    if noun:
        told, words = fold(noun) in " ".join(folded_syllables(whole)), own
    else:
        told, words = bool(_units(own) & _units(whole)), between
    said = {word for word in folded_syllables(words) if not word.isdigit()} - {*fold(noun).split()}
    return told and bool(said) and said.isdisjoint(folded_syllables(question))


def _units(text: str) -> set[str]:
    return {unit for one in quantities(text) if (unit := text[one.number_end : one.end].strip().lower())}


def is_difference(question: str, before: str, amount: str) -> bool:
    """Whether an amount tells how much more or less something is, and the question does not ask that.

    Args:
        question: With its accents.
        before: The sentence as far as the amount: "tăng 2 người" and "ít hơn khóa trước 2 người" tell a difference,
            "tăng lên 12 người" and "vượt mức 9 người" do not.
        amount: The amount, which may begin with "từ": "giảm từ 17%" tells none.
    """
    told = _MORE_BY.search(before.lower()) is not None and not amount.lower().startswith("từ ")
    return told and _COMPARES.search(question.lower()) is None


def is_plan_for_result(question: str, before: str) -> bool:
    """Whether a question asks for a result and an amount is a plan, or the other way round.

    Args:
        question: With its accents, its abbreviations spelled out.
        before: The sentence as far as the amount.

    Example:
        >>> is_plan_for_result("Lãi bao nhiêu?", "Lãi đạt 612 tỷ đồng, vượt xa kế hoạch ")
        True
    """
    lower = question.lower()
    asks_plan = _ASKS_PLAN.search(lower) is not None
    if _ASKS_BOTH.search(lower) or (_ASKS_EITHER.search(lower) and not asks_plan):
        return False
    return _is_planned(before.lower()) is not asks_plan


def _is_planned(before: str) -> bool:
    if _PLAN_OF.search(before):
        return True
    part = _SENTENCE_PART.split(before)[-1]
    plans = list(_PLANS.finditer(part))
    return bool(plans) and _REACHED.search(part, plans[-1].end()) is None
