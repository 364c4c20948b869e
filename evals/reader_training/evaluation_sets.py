"""The questions that the reader is measured on, each with its passage and a similar passage that lacks the answer."""

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from evals.people.sets import vinewsqa
from evals.reader_training.data import Example, load_dataset, people_examples
from evals.reader_training.neighbours import Neighbours
from evals.reader_training.text import match_key, sentence_spans

_WINDOW_WORDS = 120
_SAMPLE_SEED = 20
_NOT_A_SPAN = frozenset(("compare", "yes_no", "list"))
_T = TypeVar("_T")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True)
class Item:
    """A question. `wrong_passage` is the most similar passage of the same article without the answer ("" = none)."""

    question: str
    passage: str
    golds: tuple[str, ...]
    wrong_passage: str
    kind: str = ""


def squad_items(examples: list[Example], limit: int) -> list[Item]:
    """Return up to `limit` of the examples, the same ones every time (0 = all)."""
    by_document: dict[str, dict[str, None]] = {}
    for example in examples:
        by_document.setdefault(example.document, {})[example.context] = None
    pools = {document: Neighbours(list(texts)) for document, texts in by_document.items()}
    chosen = _sample(examples, limit)
    return [_squad_item(example, pools[example.document]) for example in chosen]


def held_back_items(data_dir: Path, limit: int) -> dict[str, list[Item]]:
    """Return the held-back UIT-ViQuAD, XQuAD-vi and ViNewsQA questions by set name."""
    dataset = load_dataset(data_dir)
    news = list(people_examples(vinewsqa(data_dir).part(held_back=True)))
    return {
        "viquad": squad_items(dataset.viquad_test, limit),
        "xquad-vi": squad_items(dataset.xquad_test, limit),
        "vinewsqa": squad_items(news, limit),
    }


def gold_items(data_dir: Path, limit: int) -> list[Item]:
    """Return the single-span questions of gold/dev.jsonl with about 120 words of whole sentences around the evidence.

    Follow-ups are left out: they cannot be understood without the turns before.
    """
    items = []
    for line in (data_dir / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        evidence, article = row["evidence"], row["article"]
        if not (row["answers"] and isinstance(evidence, str) and isinstance(article, str)):
            continue
        if row["type"] in _NOT_A_SPAN or row.get("answer_mode") == "all" or row["style"] == "followup":
            continue
        body = _body(data_dir / "corpus" / f"{article}.md")
        golds = tuple(unicodedata.normalize("NFC", answer) for answer in row["answers"])
        at = body.find(unicodedata.normalize("NFC", evidence))
        if at < 0 or not any(gold.lower() in evidence.lower() for gold in golds):
            continue
        passage, others = _windows(body, at, at + len(evidence))
        wrong = _most_similar(row["question"], [text for text in others if not _holds(text, golds)])
        items.append(Item(row["question"], passage, golds, wrong, row["type"]))
    return _sample(items, limit)


def _sample(items: list[_T], limit: int) -> list[_T]:
    return Random(_SAMPLE_SEED).sample(items, limit) if 0 < limit < len(items) else list(items)


def _squad_item(example: Example, pool: Neighbours) -> Item:
    golds = tuple(example.context[start:end] for start, end in example.answers)
    for index in pool.similar(example.question, len(pool.passages)):
        if pool.passages[index] != example.context and not _holds(pool.passages[index], golds):
            return Item(example.question, example.context, golds, pool.passages[index])
    return Item(example.question, example.context, golds, "")


def _holds(text: str, golds: tuple[str, ...]) -> bool:
    key = match_key(text)
    return any(match_key(gold) in key for gold in golds)


def _body(path: Path) -> str:
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    return _FRONT_MATTER.sub("", text).strip()


def _windows(body: str, start: int, end: int) -> tuple[str, list[str]]:
    """Return the window of whole sentences around a span, and the rest of the article in windows of the same size."""
    spans = sentence_spans(body)
    first = next(index for index, span in enumerate(spans) if span[1] > start)
    last = max(index for index, span in enumerate(spans) if span[0] < end)

    def words(left: int, right: int) -> int:
        return len(body[spans[left][0] : spans[right][1]].split())

    grown = True
    while grown:
        grown = False
        if first > 0 and words(first - 1, last) <= _WINDOW_WORDS:
            first, grown = first - 1, True
        if last + 1 < len(spans) and words(first, last + 1) <= _WINDOW_WORDS:
            last, grown = last + 1, True
    others = []
    for side in (spans[:first], spans[last + 1 :]):
        begin = 0
        for index in range(len(side)):
            if index + 1 == len(side) or len(body[side[begin][0] : side[index + 1][1]].split()) > _WINDOW_WORDS:
                others.append(body[side[begin][0] : side[index][1]])
                begin = index + 1
    return body[spans[first][0] : spans[last][1]], others


def _most_similar(question: str, passages: list[str]) -> str:
    if not passages:
        return ""
    pool = Neighbours(passages)
    return pool.passages[pool.similar(question, 1)[0]]
