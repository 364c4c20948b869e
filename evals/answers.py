"""What "right" means for an answer, in one place: a rule for each kind of question, and EM and F1 beside it.

The rule is what a careful person would say who holds the gold answers and reads only the short answers (`spans`; the
text without its `[n]` where there are none). `judge` applies it; the name of the part that decided is `Verdict.rule`.

**One gold answer against one given** (`evals.agreement`). Both are read as tokens (`evals.answer_text`: one date, time,
quantity or code is one token, however it is written; titles before names and words without content are left out). Then:

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
   - *close*: token F1 of at least 0.8, with every name and code of the gold answer, no other one that the question
     does not name, and the same words that turn meaning; words of the gold answer that stand in the question need not
     be repeated.

**One answer wanted** (the default): every span agrees with a gold answer, or all spans together do. Offering a wrong
answer beside a right one is wrong.
**All wanted** (`answer_mode: all`): `share` is the part of the gold items that agree with, or are contained in, a span.
Right when all are found and no span is foreign to all of them.
**Yes or no** (`type: yes_no`): the first span's "có" or "không" is that of the first gold answer; where it opens with
neither, it agrees with a gold answer.
**Comparison** (`type: compare`): all spans together agree with a gold answer; or the first span names the winner (a
gold answer without its figures in brackets, or the question's own words with the same year or code) or is the winner's
figure (the first of "(a so với b)"), and every other quantity given stands in a gold answer that has such figures.
**Free** (`answer_form: free`, other types): the citations cover every piece of gold evidence (`evals.citations`).
**Written by a language model**: the proven sentences, without those marked as unproven, are taken together as one
answer, and the question's words in them are not counted as words besides the gold answer.
**Not in the articles**: right when refused. An answerable question that is refused is wrong.

EM and F1 are those of SQuAD: best over gold answers, for the spans joined by ", "; for "all" lists the mean over the
gold items of the best span. Two normalisers: SQuAD's (lower case, no ASCII punctuation, no a/an/the; Rajpurkar et al.
2016) and MLQA's for Vietnamese (no Unicode punctuation, no của/là/cái/chiếc/những; Lewis et al. 2020). A question that
the articles do not answer scores 1 when it is refused and 0 when it is not, as in SQuAD 2 (Rajpurkar et al. 2018).
"""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

from evals.agreement import agree
from evals.answer_text import tokens
from evals.cases import Case
from evals.overlap import Normaliser, exact_match, mlqa_normal_form, squad_normal_form, token_f1

_JOINED = ", "

_YES = frozenset(["có", "đúng", "phải", "rồi", "được"])
_NO = frozenset(["không", "chưa", "chẳng", "sai"])

_MARKER = re.compile(r"\s*\[\d+\]")
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_VERSUS = re.compile(r"\s+so với\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given:
    """What the system answered.

    Attributes:
        spans: The short answers.
        text: The whole answer, with its `[n]`.
        abstained: Whether it refused.
        evidence_recall: Share of the gold evidence that its citations cover; None without gold evidence.
        written: Whether a language model wrote the text; the spans are then whole quotes.
    """

    spans: tuple[str, ...]
    text: str
    abstained: bool
    evidence_recall: float | None = None
    written: bool = False

    @property
    def plain_text(self) -> str:
        """The text without its `[n]`."""
        return _MARKER.sub("", self.text).strip()

    @property
    def answers(self) -> tuple[str, ...]:
        """The spans, or the text without its markers where there are none or it was written; nothing when refused."""
        if self.abstained:
            return ()
        if self.written:
            return (self.plain_text,)
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
        return _all_items(case, given)
    else:
        right, rule = _one_answer(case, given)
    return right, float(right), rule


def _one_answer(case: Case, given: Given) -> tuple[bool, str]:
    answers = given.answers
    if given.written:
        agreed = [agree(gold, answers[0], case.question, whole_sentence=True) for gold in case.answers]
        return any(agreed), "one"
    if all(_agrees_with_any(case.answers, answer, case.question) for answer in answers):
        return True, "one"
    together = len(answers) > 1 and _agrees_with_any(case.answers, _JOINED.join(answers), case.question)
    return together, "together" if together else "one"


def _all_items(case: Case, given: Given) -> tuple[bool, float, str]:
    answers = given.answers

    def agrees(item: str, answer: str) -> bool:
        beside = [other for other in case.answers if other != item]  # one span may hold several items
        return agree(item, answer, case.question, beside, whole_sentence=given.written)

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
    whole = [gold for gold in case.answers if not figures or _VERSUS.search(gold)]
    if _agrees_with_any(whole, _JOINED.join(answers), case.question):
        return True
    named = any(
        agree(gold, answers[0], case.question) or _same_side(gold, answers[0], case.question) for gold in winners
    )
    if not (named or any(agree(figure, answers[0], case.question) for figure in figures)):
        return False
    known = _quantities([*case.answers, case.question]) if figures else _quantities(answers)
    return _quantities(answers[1:]) <= known


def _same_side(gold: str, answer: str, question: str) -> bool:
    """Whether both name the same side by its year or code, the given answer in the question's own words."""
    asked = {token.value for token in tokens(question)}
    wanted, said = (
        {token.value for token in tokens(text) if token.kind in ("date", "code", "number")} for text in (gold, answer)
    )
    return bool(wanted) and wanted == said and all(token.value in asked for token in tokens(answer))


def _quantities(texts: Sequence[str]) -> set[str]:
    return {token.value for text in texts for token in tokens(text) if token.kind == "number"}


def _agrees_with_any(golds: Sequence[str], answer: str, question: str) -> bool:
    return any(agree(gold, answer, question) for gold in golds)


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
