"""What "right" means for an answer, in one place: a rule for each kind of question, and EM and F1 beside it.

The rule is what a careful person would say who holds the gold answers and reads only the short answers (`spans`; the
text without its `[n]` where there are none). `judge` applies it; the name of the part that decided is `Verdict.rule`.

**One gold answer against one given** (`agree`). Both are read as tokens (`evals.answer_text`: one date, time, quantity
or code is one token, however it is written; titles before names and words without content are left out). Then:

1. Every date, time and quantity of the gold answer has to be given. A date may be more exact than the gold one; a part
   of a date that the question says already need not be repeated. A quantity may come without its "hơn" or "gần", but
   not with the contrary. Where the gold answer holds a quantity (a date, a time), the given one may hold no other
   that is not in the question.
2. And one of these holds:
   - *equal*: the same tokens;
   - *contained*: the gold answer stands whole in the given one, with at most 10 more words or as many again, whichever
     is more (a quoted sentence is no short answer), no word straight before it that makes it another thing (không,
     chưa, phó, nguyên...), no second person's name where a person is asked for, and no other unit straight behind a
     bare number;
   - *quantity*: the given answer is a part of the gold one that holds its whole quantity ("8" for "8 đảng viên dự bị");
   - *close*: token F1 of at least 0.8, with every name and code of the gold answer and the same words that turn
     meaning; words of the gold answer that stand in the question need not be repeated.

**One answer wanted** (the default): every span agrees with a gold answer, or all spans together do. Offering a wrong
answer beside a right one is wrong.
**All wanted** (`answer_mode: all`): `share` is the part of the gold items that agree with, or are contained in, a span.
Right when all are found and no span is foreign to all of them.
**Yes or no** (`type: yes_no`): the first span's "có" or "không" is that of the first gold answer; where it opens with
neither, it agrees with a gold answer.
**Comparison** (`type: compare`): the first span names the winner (a gold answer without its figures in brackets), or is
the winner's figure (the first of "(a so với b)"), or all spans together agree with a gold answer.
**Free** (`answer_form: free`, other types): the citations cover every piece of gold evidence (`evals.citations`).
**Not in the articles**: right when refused. An answerable question that is refused is wrong.

EM and F1 are those of SQuAD: best over gold answers, for the spans joined by ", "; for "all" lists the mean over the
gold items of the best span. Two normalisers: SQuAD's (lower case, no ASCII punctuation, no a/an/the; Rajpurkar et al.
2016) and MLQA's for Vietnamese (no Unicode punctuation, no của/là/cái/chiếc/những; Lewis et al. 2020). A question that
the articles do not answer scores 1 when it is refused and 0 when it is not, as in SQuAD 2 (Rajpurkar et al. 2018).
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.answer_text import Token, date_parts, tokens
from evals.cases import Case
from rag.vietnamese.names import names_in

CLOSE_F1 = 0.8  # least token F1 of a close answer
_MORE_WORDS = 10  # that a given answer may always have besides the gold one
_JOINED = ", "
_FIGURES = ("number", "time", "date")  # kinds of token that have to agree in value

# Words that make what follows another thing: "phó bí thư" is no "bí thư".
_TURNING = frozenset(["không", "chưa", "chẳng", "phó", "tổng", "nguyên", "cựu", "quyền", "trừ", "ngoài"])
# Behind a number they say what it measures, so a bare gold number is not found in a number of these.
_UNITS = frozenset(
    ["%", "giây", "phút", "giờ", "ngày", "tuần", "tháng", "năm", "tuổi", "lần", "đồng", "usd", "kwh", "mw"]
) | frozenset(["mm", "cm", "m", "km", "mét", "m2", "m3", "ha", "kg", "tấn", "lít", "thùng"])
_YES = frozenset(["có", "đúng", "phải", "rồi", "được"])
_NO = frozenset(["không", "chưa", "chẳng", "sai"])

_MARKER = re.compile(r"\s*\[\d+\]")
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_VERSUS = re.compile(r"\s+so với\s+", re.IGNORECASE)
_SQUAD_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MLQA_ARTICLES = re.compile(r"\b(của|là|cái|chiếc|những)\b")

Normaliser = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Given:
    """What the system answered.

    Attributes:
        spans: The short answers.
        text: The whole answer, with its `[n]`.
        abstained: Whether it refused.
        evidence_recall: Share of the gold evidence that its citations cover; None without gold evidence.
    """

    spans: tuple[str, ...]
    text: str
    abstained: bool
    evidence_recall: float | None = None

    @property
    def plain_text(self) -> str:
        """The text without its `[n]`."""
        return _MARKER.sub("", self.text).strip()

    @property
    def answers(self) -> tuple[str, ...]:
        """The spans, or the text without its markers where there are none; nothing when refused."""
        if self.abstained:
            return ()
        return tuple(span for span in self.spans if span.strip()) or (self.plain_text,)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How good one answer is.

    Attributes:
        right: Whether a careful person would call it right.
        share: Of the gold items found: for "all" lists, else 1.0 or 0.0 as `right`.
        rule: Which rule decided: refused, missed, one, together, all, yes_no, compare, evidence.
        em_squad: Exact match with SQuAD's normaliser, 0 to 1.
        f1_squad: Token F1 with SQuAD's normaliser, 0 to 1.
        em_mlqa: Exact match with MLQA's normaliser for Vietnamese, 0 to 1.
        f1_mlqa: Token F1 with MLQA's normaliser for Vietnamese, 0 to 1.
    """

    right: bool
    share: float
    rule: str
    em_squad: float
    f1_squad: float
    em_mlqa: float
    f1_mlqa: float


def judge(case: Case, given: Given) -> Verdict:
    """How good an answer to a question is.

    Example:
        >>> case = Case("1", "Ai là Bí thư?", ("Trần Quốc Thắng",), (Evidence("a", 0, 9),))  # doctest: +SKIP
        >>> judge(case, Given(("đồng chí Trần Quốc Thắng",), "", abstained=False)).right  # doctest: +SKIP
        True
    """
    right, share, rule = _right(case, given)
    em_squad, f1_squad = _exact_and_f1(case, given, squad_normal_form)
    em_mlqa, f1_mlqa = _exact_and_f1(case, given, mlqa_normal_form)
    return Verdict(right, share, rule, em_squad, f1_squad, em_mlqa, f1_mlqa)


def _right(case: Case, given: Given) -> tuple[bool, float, str]:
    if not case.answerable:
        return given.abstained, float(given.abstained), "refused"
    if given.abstained:
        return False, 0.0, "missed"
    if case.kind == "yes_no":
        right, rule = _yes_or_no(case, given.answers), "yes_no"
    elif case.kind == "compare":
        right, rule = _comparison(case, given.answers), "compare"
    elif case.free_form:
        right, rule = given.evidence_recall == 1.0, "evidence"
    elif case.all_needed:
        return _all_items(case, given.answers)
    else:
        right, rule = _one_answer(case, given.answers)
    return right, float(right), rule


def _one_answer(case: Case, answers: Sequence[str]) -> tuple[bool, str]:
    if all(_agrees_with_any(case.answers, answer, case.question) for answer in answers):
        return True, "one"
    together = len(answers) > 1 and _agrees_with_any(case.answers, _JOINED.join(answers), case.question)
    return together, "together" if together else "one"


def _all_items(case: Case, answers: Sequence[str]) -> tuple[bool, float, str]:
    def agrees(item: str, answer: str) -> bool:
        beside = [other for other in case.answers if other != item]  # one span may hold several items
        return agree(item, answer, case.question, beside)

    offered = (*answers, _JOINED.join(answers))
    found = [any(agrees(item, answer) for answer in offered) for item in case.answers]
    known = [any(agrees(item, answer) or agree(answer, item) for item in case.answers) for answer in answers]
    return all(found) and all(known), sum(found) / len(found), "all"


def _yes_or_no(case: Case, answers: Sequence[str]) -> bool:
    said, wanted = _polarity(answers[0]), _polarity(case.answers[0])
    if said is not None and wanted is not None:
        return said == wanted
    return any(_agrees_with_any(case.answers, answer, case.question) for answer in answers)


def _polarity(answer: str) -> bool | None:
    first = answer.lower().split()[:1]
    word = first[0].strip(string.punctuation) if first else ""
    return True if word in _YES else False if word in _NO else None


def _comparison(case: Case, answers: Sequence[str]) -> bool:
    winners = [_BRACKET.sub("", gold) for gold in case.answers]
    compared = [_VERSUS.split(match[1]) for gold in case.answers for match in _BRACKET.finditer(gold)]
    figures = [sides[0] for sides in compared if len(sides) > 1]
    first_right = any(agree(gold, answers[0], case.question) for gold in [*winners, *figures])
    return first_right or _agrees_with_any([*winners, *case.answers], _JOINED.join(answers), case.question)


def _agrees_with_any(golds: Sequence[str], answer: str, question: str) -> bool:
    return any(agree(gold, answer, question) for gold in golds)


def agree(gold: str, answer: str, question: str = "", beside: Sequence[str] = ()) -> bool:
    """Whether a given answer says what one gold answer says.

    Args:
        gold: A right answer.
        answer: The given one.
        question: What both answer; what it says need not be repeated.
        beside: Other right answers, which the given one may hold too.

    Example:
        >>> agree("251 đảng viên", "251", "Có bao nhiêu đảng viên?")
        True
        >>> agree("Bí thư Đảng ủy", "Phó Bí thư Đảng ủy")
        False
    """
    asked, others = tokens(question), tokens(_JOINED.join(beside))
    wanted, said, agreed = _with_dates_agreed(tokens(gold), tokens(answer), asked)
    if not (wanted and said and agreed and _figures_agree(wanted, said, [*asked, *others])):
        return False
    gold_values, given_values = [token.value for token in wanted], [token.value for token in said]
    place = _find(gold_values, given_values)
    if place is not None:
        spare = max(_MORE_WORDS, len(gold_values)) + len(others)
        turned = place > 0 and given_values[place - 1] in _TURNING
        few_enough = len(given_values) - len(gold_values) <= spare
        bare = wanted[-1].kind == "number"
        other_unit = bare and _unit_behind(said, place + len(wanted)) - {token.value for token in asked}
        return few_enough and not turned and not other_unit and not _names_another(answer, [gold, *beside])
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


def _close(wanted: Sequence[Token], said: Sequence[Token], asked: Sequence[Token]) -> bool:
    known = {token.value for token in [*said, *asked]}
    names = [
        token
        for place, token in enumerate(wanted)
        # A capital at the start tells nothing, unless a name goes on behind it.
        if token.name and (token.kind == "code" or place or (len(wanted) > 1 and wanted[1].name))
    ]
    if any(token.value not in known for token in names):
        return False
    # "Phó Bí thư" says enough where the question has "trong Đảng ủy": the question's words need not be repeated.
    given_values, asked_values = [token.value for token in said], {token.value for token in asked}
    gold_values = [token.value for token in wanted if token.value in given_values or token.value not in asked_values]
    turned = Counter(word for word in gold_values if word in _TURNING) == Counter(
        word for word in given_values if word in _TURNING
    )
    return turned and _f1(gold_values, given_values) >= CLOSE_F1


def squad_normal_form(text: str) -> str:
    """Lower case, without ASCII punctuation, English articles and repeated space: the SQuAD script's normaliser."""
    kept = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(_SQUAD_ARTICLES.sub(" ", kept).split())


def mlqa_normal_form(text: str) -> str:
    """Lower case, without any punctuation and the words MLQA takes for Vietnamese articles."""
    kept = "".join(
        character
        for character in text.lower()
        if character not in string.punctuation and not unicodedata.category(character).startswith("P")
    )
    return " ".join(_MLQA_ARTICLES.sub(" ", kept).split())


def exact_match(gold: str, answer: str, normal_form: Normaliser) -> float:
    """1.0 when both are the same after the normaliser, else 0.0."""
    return float(normal_form(gold) == normal_form(answer))


def token_f1(gold: str, answer: str, normal_form: Normaliser) -> float:
    """F1 of the tokens, as multisets, after the normaliser, 0 to 1."""
    return _f1(normal_form(gold).split(), normal_form(answer).split())


def _f1(gold: Sequence[str], answer: Sequence[str]) -> float:
    if not gold or not answer:
        return float(gold == answer)
    common = sum((Counter(gold) & Counter(answer)).values())
    return 2 * common / (len(gold) + len(answer))


def _exact_and_f1(case: Case, given: Given, normal_form: Normaliser) -> tuple[float, float]:
    if not case.answerable or given.abstained:
        return (float(given.abstained and not case.answerable),) * 2
    answers = given.answers
    if case.all_needed:
        exact = [max(exact_match(item, answer, normal_form) for answer in answers) for item in case.answers]
        overlap = [max(token_f1(item, answer, normal_form) for answer in answers) for item in case.answers]
        return sum(exact) / len(exact), sum(overlap) / len(overlap)
    joined = _JOINED.join(answers)
    return (
        max(exact_match(gold, joined, normal_form) for gold in case.answers),
        max(token_f1(gold, joined, normal_form) for gold in case.answers),
    )
