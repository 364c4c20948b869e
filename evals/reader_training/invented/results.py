"""Invented results: several numbers in one sentence, told apart by what they count, by the year, or by a verb."""

from dataclasses import dataclass
from random import Random

from evals.reader_training.invented.story import Story, invented_number
from evals.reader_training.words import word_list

_LEADS = ("", "", "", "hơn ", "trên ", "gần ", "khoảng ")
_HOW_MUCH = ("là bao nhiêu", "đạt bao nhiêu", "bao nhiêu")


@dataclass(frozen=True)
class _Result:
    """A counted result: what was counted, in which unit, and where its number stands in the text."""

    what: str
    unit_word: str
    span: tuple[int, int]


def tell_results(story: Story, rng: Random) -> None:
    """Add a sentence with three to six results, and questions on them, on others, and on other years."""
    year = story.year
    opening = [f"Năm {year}, {story.unit} ", f"Trong năm {year}, ", f"Kết quả năm {year} của {story.unit}: "]
    story.add(rng.choice([*opening, "Cụ thể, ", "Tính chung cả năm, ", ""] if story.headline else opening))
    missing, *told = (metric.partition("|") for metric in rng.sample(word_list("roster_metrics"), rng.randint(4, 7)))
    for index, (what, _, unit_word) in enumerate(told):
        ended = index > 0 and rng.random() < 0.25
        if index:
            story.add(". " if ended else rng.choice((", ", "; ")))
        story.add(f"{what.capitalize() if ended else what} {rng.choice(('đạt ', 'là ', 'ước đạt ', 'đạt được ', ''))}")
        number = f"{rng.choice(_LEADS)}{invented_number(rng, counted=what.startswith('số '))}"
        result = _Result(what, unit_word, story.add(_with_unit(number, unit_word, rng)))
        if rng.random() < 0.3:
            _tell_other_year(story, result, rng)
        else:
            _ask_result(story, result, rng)
        if rng.random() < 0.4:
            _tell_share(story, what, rng)
    story.add(". ")
    if not story.tells(missing[0]):
        story.ask(f"{missing[0].capitalize()} {rng.choice(_HOW_MUCH)}?", None)
    other_year = year + rng.choice((-6, -5, -4, 4, 5, 6))
    if not story.tells(str(other_year)) and story.tells(str(year)):
        what, _, unit_word = rng.choice(told)
        story.ask(f"{what.capitalize()} năm {other_year} {rng.choice(_HOW_MUCH)}?", None)
        story.ask(f"Năm {other_year}, {what} đạt bao nhiêu {unit_word}?", None)
        story.ask(f"Kế hoạch {what} năm {other_year} {rng.choice(_HOW_MUCH)}?", None)


def tell_contrast(story: Story, rng: Random) -> None:
    """Add numbers of the same things that only a verb or a kind tells apart."""
    noun, *verbs = rng.choice(word_list("roster_contrasts")).split("|")
    rng.shuffle(verbs)
    untold, *told = verbs
    story.add(
        rng.choice((f"Trong năm {story.year}, ", "Trong đó ", "Đến nay, ", f"Toàn {story.unit} có ", "Kết quả, "))
    )
    spans = []
    for index, verb in enumerate(told):
        if index:
            story.add(rng.choice((", còn ", " và ", ", ")) if index + 1 == len(told) else ", ")
        spans.append(story.add(f"{rng.choice(_LEADS)}{invented_number(rng, counted=True)} {noun}"))
        story.add(f" {verb}")
    story.add(". ")
    for verb, span in zip(told, spans, strict=True):
        story.ask(_count_question(noun, verb, rng), span)
    if not story.tells(untold):
        story.ask(_count_question(noun, untold, rng), None)
    # Which ones they were is not told by how many they were.
    story.ask(rng.choice((f"{noun.capitalize()} nào {told[0]}?", f"Những {noun} nào {told[0]}?")), None)


def _count_question(noun: str, verb: str, rng: Random) -> str:
    return rng.choice(
        (
            f"Có bao nhiêu {noun} {verb}?",
            f"Bao nhiêu {noun} {verb}?",
            f"Số {noun} {verb} là bao nhiêu?",
            f"Mấy {noun} {verb}?",
        )
    )


def _with_unit(number: str, unit_word: str, rng: Random) -> str:
    space = "" if unit_word == "%" and rng.random() < 0.7 else " "
    return f"{number}{space}{unit_word}"


def _tell_other_year(story: Story, result: _Result, rng: Random) -> None:
    """The same result of another year: only the year in the question tells them apart."""
    other = story.year + rng.choice((-3, -2, -1, 1, 2))
    story.add(rng.choice((f" (năm {other} là ", f", trong khi năm {other} đạt ", f" so với năm {other} là ")))
    bracket = ")" if "(" in story.text[-14:] else ""
    number = invented_number(rng, counted=result.what.startswith("số "))
    span = story.add(_with_unit(number, result.unit_word, rng))
    story.add(bracket)
    story.ask(f"{result.what.capitalize()} năm {other} {rng.choice(_HOW_MUCH)}?", span)
    if story.tells(f"năm {story.year}"):
        story.ask(f"{result.what.capitalize()} năm {story.year} {rng.choice(_HOW_MUCH)}?", result.span)


def _tell_share(story: Story, what: str, rng: Random) -> None:
    story.add(rng.choice((", bằng ", " (tương đương ", ", tăng ")))
    span = story.add(f"{rng.randint(3, 180)}{rng.choice(('', f',{rng.randint(1, 9)}'))}%")
    closing = ")" if "(" in story.text[span[0] - 14 : span[0]] else ""
    comparison = rng.choice((" kế hoạch", " so với cùng kỳ", " so với năm trước", " chỉ tiêu"))
    story.add(comparison + closing)
    share = rng.choice(("bao nhiêu phần trăm", "mấy %"))
    story.ask(f"{what.capitalize()} bằng {share}{comparison}?", span)


def _ask_result(story: Story, result: _Result, rng: Random) -> None:
    what, unit_word = result.what, result.unit_word
    of_unit = f" của {story.unit}" if story.tells(story.unit) else ""
    of_year = f" năm {story.year}" if story.tells(str(story.year)) else ""
    tail = rng.choice(("", of_unit, of_year, of_unit + of_year))
    counted = f"bao nhiêu {unit_word}" if unit_word != "%" else "bao nhiêu phần trăm"
    questions = [
        f"{what.capitalize()}{tail} là bao nhiêu?",
        f"{what.capitalize()}{tail} đạt {counted}?",
        f"{what.capitalize()}{tail} bao nhiêu?",
        f"{what.capitalize()}{tail}?",
        f"{what.capitalize()} đạt mấy {unit_word}?",
    ]
    if of_unit and of_year:
        questions.append(f"{of_year.strip().capitalize()} {story.unit} có {what} {counted}?")
    if what.startswith("số "):
        questions.append(f"Có bao nhiêu {what[3:]}?")
    story.ask(rng.choice(questions), result.span)
