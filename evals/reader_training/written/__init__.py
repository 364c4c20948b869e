"""Passages and questions that we wrote for training: invented news, and encyclopedia articles in our own words.

One passage a line: `{"title", "passage", "questions": [{"q", "a", "in"}]}`. `a` is the answer's words, null where the
passage does not tell (a near miss); `in` is a longer stretch that holds the answer, where its words stand twice.
"""

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from evals.reader_training.data import Example

PART = "written"


def written_examples() -> list[Example]:
    """All of it, in the order of the files.

    Raises:
        ValueError: An answer, or the stretch that holds it, does not stand in its passage exactly once.
    """
    files = sorted((file for file in resources.files(__name__).iterdir() if file.name.endswith(".jsonl")), key=str)
    return [
        example
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        for example in examples_of(json.loads(line), f"{file.name}:{number}")
    ]


def examples_of(row: dict[str, Any], place: str) -> Iterator[Example]:
    """The questions of one passage.

    Args:
        row: The passage, as a line of a file has it.
        place: Where the line stands, for the error.

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
        yield Example(asked["q"], passage, answers, PART, "vi", row["title"])


def _only(text: str, part: str, place: str) -> int:
    if text.count(part) != 1:
        message = f"{place}: {part!r} stands {text.count(part)} times where it should stand once; write a longer 'in'"
        raise ValueError(message)
    return text.index(part)
