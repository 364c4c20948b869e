"""Whether one given answer says what one gold answer says. The rule stands at the top of `evals.answers`."""

from collections import Counter
from collections.abc import Sequence

from evals.answer_text import Token, date_parts, tokens
from evals.overlap import f1
from rag.vietnamese.names import names_in

CLOSE_F1 = 0.8  # least token F1 of a close answer
_MORE_WORDS = 10  # that a given answer may always have besides the gold one
_FIGURES = ("number", "time", "date")  # kinds of token that have to agree in value

# Words that make what follows another thing: "phó bí thư" is no "bí thư".
_TURNING = frozenset(["không", "chưa", "chẳng", "phó", "tổng", "nguyên", "cựu", "quyền", "trừ", "ngoài"])
# Behind a number they say what it measures, so a bare gold number is not found in a number of these.
_UNITS = frozenset(
    ["%", "giây", "phút", "giờ", "ngày", "tuần", "tháng", "năm", "tuổi", "lần", "đồng", "usd", "kwh", "mw"]
) | frozenset(["mm", "cm", "m", "km", "mét", "m2", "m3", "ha", "kg", "tấn", "lít", "thùng"])


def agree(
    gold: str, answer: str, question: str = "", beside: Sequence[str] = (), *, whole_sentence: bool = False
) -> bool:
    """Whether a given answer says what one gold answer says.

    Args:
        gold: A right answer.
        answer: The given one.
        question: What both answer; what it says need not be repeated.
        beside: Other right answers, which the given one may hold too.
        whole_sentence: Whether the given answer is one that says the question again, whose words are not counted then.

    Example:
        >>> agree("251 đảng viên", "251", "Có bao nhiêu đảng viên?")
        True
        >>> agree("Bí thư Đảng ủy", "Phó Bí thư Đảng ủy")
        False
    """
    asked, others = tokens(question), tokens(", ".join(beside))
    wanted, said, agreed = _with_dates_agreed(tokens(gold), tokens(answer), asked)
    if not (wanted and said and agreed and _figures_agree(wanted, said, [*asked, *others])):
        return False
    gold_values, given_values = [token.value for token in wanted], [token.value for token in said]
    place = _find(gold_values, given_values)
    if place is not None:
        spare = max(_MORE_WORDS, len(gold_values)) + len(others)
        turned = place > 0 and given_values[place - 1] in _TURNING
        repeated = {token.value for token in asked} if whole_sentence else set()
        few_enough = sum(value not in repeated for value in given_values) - len(gold_values) <= spare
        bare = wanted[-1].kind == "number"
        other_unit = bare and _unit_behind(said, place + len(wanted)) - {token.value for token in asked}
        return (
            few_enough
            and not turned
            and not other_unit
            and not _names_another(answer, [gold, *beside, *([question] if whole_sentence else [])])
        )
    known = {token.value for token in asked}
    says_figure = any(token.kind in _FIGURES and token.value not in known for token in said)
    if says_figure and _find(given_values, gold_values) is not None:
        return True  # the figures have agreed, so the whole quantity is there
    return _close(wanted, said, asked)


def stands_in(answers: Sequence[str], text: str) -> bool:
    """Whether a text, of any length, holds one of the answers, in the same tokens."""
    for answer in answers:
        wanted, said, agreed = _with_dates_agreed(tokens(answer), tokens(text), ())
        if wanted and agreed and _find([token.value for token in wanted], [token.value for token in said]) is not None:
            return True
    return False


def _with_dates_agreed(
    wanted: list[Token], said: list[Token], asked: Sequence[Token]
) -> tuple[list[Token], list[Token], bool]:
    """Both answers with the same value for dates that agree, and whether every gold date is given."""
    dates_asked = [token for token in asked if token.kind == "date"]
    left, agreed = [], True
    for token in wanted:
        if token.kind != "date":
            left.append(token)
            continue
        place = next((place for place, one in enumerate(said) if _same_day(token, one, dates_asked)), None)
        if place is not None:
            said = [*said[:place], token, *said[place + 1 :]]
            left.append(token)
        elif not _says(dates_asked, token):
            agreed = False
    return left, said, agreed


def _same_day(gold: Token, given: Token, asked: Sequence[Token]) -> bool:
    if given.kind != "date":
        return False
    known = {(place, part) for token in asked for place, part in enumerate(date_parts(token.value))}
    return all(
        wanted in ("?", said) or (said == "?" and (place, wanted) in known)
        for place, (wanted, said) in enumerate(zip(date_parts(gold.value), date_parts(given.value), strict=True))
    )


def _says(asked: Sequence[Token], gold: Token) -> bool:
    return any(_same_day(gold, token, ()) for token in asked)


def _figures_agree(wanted: Sequence[Token], said: Sequence[Token], expected: Sequence[Token]) -> bool:
    """Every gold quantity, time and date is given, and none of its kind that nobody expects."""
    for kind in _FIGURES:
        gold = [token for token in wanted if token.kind == kind]
        given = [token for token in said if token.kind == kind]
        if not all(any(_same_quantity(one, other) for other in given) for one in gold):
            return False
        known = {token.value for token in [*gold, *expected]}
        if gold and any(token.value not in known for token in given):
            return False
    return True


def _same_quantity(gold: Token, given: Token) -> bool:
    return gold.value == given.value and gold.hedge * given.hedge >= 0


def _find(part: Sequence[str], whole: Sequence[str]) -> int | None:
    """Where `part` stands in `whole`, item for item; None where it does not."""
    for start in range(len(whole) - len(part) + 1):
        if list(whole[start : start + len(part)]) == list(part):
            return start
    return None


def _unit_behind(said: Sequence[Token], place: int) -> set[str]:
    return {token.value for token in said[place : place + 1] if token.value in _UNITS}


def _names_another(answer: str, golds: Sequence[str]) -> bool:
    """Whether the first gold answer is a person and the given one names somebody who is in none of them."""
    if not names_in(golds[0]):
        return False
    people = {name.lower() for gold in golds for name in names_in(gold)}
    named = [name.lower() for name in names_in(answer)]
    return any(not any(name in person or person in name for person in people) for name in named)


def _names(answer: Sequence[Token]) -> list[Token]:
    """The names and codes; a capital at the start tells nothing, unless a name goes on behind it."""
    return [
        token
        for place, token in enumerate(answer)
        if token.name and (token.kind == "code" or place or (len(answer) > 1 and answer[1].name))
    ]


def _close(wanted: Sequence[Token], said: Sequence[Token], asked: Sequence[Token]) -> bool:
    known = {token.value for token in [*said, *asked]}
    if any(token.value not in known for token in _names(wanted)):
        return False
    # A name that nobody expects makes it another thing: "Giải báo chí TTXVN" is no "Giải Báo chí Quốc gia".
    expected = {token.value for token in [*wanted, *asked]}
    if any(token.value not in expected for token in _names(said)):
        return False
    # "Phó Bí thư" says enough where the question has "trong Đảng ủy": the question's words need not be repeated.
    given_values, asked_values = [token.value for token in said], {token.value for token in asked}
    gold_values = [token.value for token in wanted if token.value in given_values or token.value not in asked_values]
    turned = Counter(word for word in gold_values if word in _TURNING) == Counter(
        word for word in given_values if word in _TURNING
    )
    return turned and f1(gold_values, given_values) >= CLOSE_F1
