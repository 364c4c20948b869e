"""Questions of our own on real news passages, which are third-party text and stay outside the repository.

`real/*.jsonl` holds one passage a line, as a place in an article of `<data>/real/baomoi.jsonl.gz`:
`{"article", "start", "end", "hash", "questions": [{"q", "answer": [start, end]}]}`. `hash` is the SHA-256 of the
passage's UTF-8 bytes. A question without `answer` is a near miss, which stands behind the question that it is the twin
of; `verdict` (yes, no, unknown) marks a question for yes or no, whose `answer` are the words that decide it. Offsets
count from the start of the passage.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from evals.people.texts import one_in_five
from evals.reader_training.data import Example

PART = "real"


def real_examples(data_dir: Path, *, held_back: bool) -> list[Example]:
    """Our questions on real passages, of the articles to learn from or of those that are held back.

    Args:
        data_dir: The folder that shared/data is.
        held_back: Which of both.

    Raises:
        OSError: The articles are missing.
        ValueError: A passage is not the one that the questions were written on.
    """
    articles = articles_asked(data_dir, held_back=held_back)
    return [
        Example(
            asked["q"],
            passage,
            (tuple(asked["answer"]),) if "answer" in asked else (),
            PART,
            "vi",
            articles[row["article"]]["title"],
            verdict=asked.get("verdict"),
        )
        for row, passage in asked_passages(articles, held_back=held_back)
        for asked in row["questions"]
    ]


def real_question_texts(*, held_back: bool) -> list[str]:
    """The questions alone, for which no passage is needed."""
    rows = (row for row in _rows() if one_in_five(row["article"]) == held_back)
    return [asked["q"] for row in rows for asked in row["questions"]]


def articles_asked(data_dir: Path, *, held_back: bool) -> dict[str, dict[str, str]]:
    """The articles that questions were written on, by id: to learn from, or held back.

    Raises:
        OSError: The articles are missing.
    """
    wanted = {row["article"] for row in _rows() if one_in_five(row["article"]) == held_back}
    with gzip.open(data_dir / "real" / "baomoi.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {article["id"]: article for article in map(json.loads, lines) if article["id"] in wanted}


def asked_passages(
    articles: Mapping[str, Mapping[str, str]], *, held_back: bool
) -> Iterator[tuple[dict[str, Any], str]]:
    """Each row of the files with its passage.

    Args:
        articles: From `articles_asked`.
        held_back: As there.

    Raises:
        ValueError: A passage is not the one that the questions were written on.
    """
    for row in _rows():
        if one_in_five(row["article"]) != held_back:
            continue
        passage = articles[row["article"]]["text"][row["start"] : row["end"]]
        if hashlib.sha256(passage.encode()).hexdigest() != row["hash"]:
            message = f"article {row['article']}: its passage {row['start']}-{row['end']} is not the one asked about"
            raise ValueError(message)
        yield row, passage


def _rows() -> Iterator[dict[str, Any]]:
    folder = resources.files("evals.reader_training").joinpath("real")
    for file in sorted((file for file in folder.iterdir() if file.name.endswith(".jsonl")), key=str):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)
