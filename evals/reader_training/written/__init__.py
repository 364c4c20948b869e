"""Passages and questions that we wrote for training: invented news, and encyclopedia articles in our own words.

One passage a line: `{"title", "passage", "questions": [{"q", "a", "in"}]}`. `a` is the answer's words, null where the
passage does not tell (a near miss); `in` is a longer stretch that holds the answer, where its words stand twice.
Passages of the same `series` are sister articles (three branches, three years): what one answers, the others do not.
In the files `near_*` half of the questions are near misses, each sort beside its answered twins.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

from evals.reader_training.data import Example

PART = "written"
NEAR = "near"
SISTERS = "sisters"


def written_examples() -> dict[str, list[Example]]:
    """All of it by part, in the order of the files: asked of each passage, near misses, asked of sister articles.

    Raises:
        ValueError: An answer, or the stretch that holds it, does not stand in its passage exactly once.
    """
    files = sorted((file for file in resources.files(__name__).iterdir() if file.name.endswith(".jsonl")), key=str)
    rows = [
        (json.loads(line), f"{file.name}:{number}")
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    ]
    examples: dict[str, list[Example]] = {PART: [], NEAR: [], SISTERS: list(sister_examples(row for row, _ in rows))}
    for row, place in rows:
        part = NEAR if place.startswith("near_") else PART
        examples[part].extend(examples_of(row, place, part))
    return examples


def examples_of(row: dict[str, Any], place: str, part: str = PART) -> Iterator[Example]:
    """The questions of one passage.

    Args:
        row: The passage, as a line of a file has it.
        place: Where the line stands, for the error.
        part: Of the mixture.

    Raises:
        ValueError: An answer, or the stretch that holds it, does not stand in its passage exactly once.

    Example:
        >>> row = {"title": "Họp", "passage": "Ông Tám và bà Tư họp.", "questions": [{"q": "Ai họp?", "a": "bà Tư"}]}
        >>> [example.answers for example in examples_of(row, "")]
        [((11, 16),)]
    """
    passage: str = row["passage"]
    for asked in row["questions"]:
        answers: tuple[tuple[int, int], ...] = ()
        if asked["a"] is not None:
            around = asked.get("in", passage)
            start = _only(passage, around, place) + _only(around, asked["a"], place)
            answers = ((start, start + len(asked["a"])),)
        yield Example(asked["q"], passage, answers, part, "vi", row["title"])


def sister_examples(rows: Iterable[dict[str, Any]]) -> Iterator[Example]:
    """Every question that an article of a series answers, asked of the other articles of the series: without an answer.

    Example:
        >>> rows = [
        ...     {"series": "a", "title": "2022", "passage": "Lãi 5 tỷ", "questions": [{"q": "Lãi 2022?", "a": "5 tỷ"}]},
        ...     {"series": "a", "title": "2023", "passage": "Lãi 7 tỷ.", "questions": []},
        ... ]
        >>> [(example.question, example.document, example.answers) for example in sister_examples(rows)]
        [('Lãi 2022?', '2023', ())]
    """
    series: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if "series" in row:
            series[row["series"]].append(row)
    for sisters in series.values():
        for row in sisters:
            asked = [question["q"] for question in row["questions"] if question["a"] is not None]
            others = [sister for sister in sisters if sister is not row]
            yield from (
                Example(question, sister["passage"], (), SISTERS, "vi", sister["title"])
                for sister in others
                for question in asked
            )


def _only(text: str, part: str, place: str) -> int:
    if text.count(part) != 1:
        message = f"{place}: {part!r} stands {text.count(part)} times where it should stand once; write a longer 'in'"
        raise ValueError(message)
    return text.index(part)
