"""Find the reader's own wrong answers, for its verifier to learn from, and make true and false statements of them.

    python -m evals.reader_training.mining --data-dir DATA --model-dir E5 --weights READER --output MINED

The weights should be those of a reader that has not learned from the people's sets and the real passages: what it gets
wrong there is wrong out of fold. Two files are written, one row a line: `proposed.jsonl` (a question, a passage, a
proposed answer, and whether the passage supports it) and `stated.jsonl` (a question for yes or no, made from a question
and an answer).
"""

import argparse
import json
import logging
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Literal

import numpy as np
import torch

from evals.overlap import squad_normal_form, token_f1
from evals.people.texts import Verdict
from evals.reader_training.augment import NAMES, NUMBERS, headline_of, opposites_in
from evals.reader_training.data import Example, load_dataset
from evals.reader_training.neighbours import Neighbours
from evals.reader_training.passages import all_passages, cut
from evals.reader_training.real_questions import real_examples
from evals.reader_training.span_model import SpanModel, make_batch
from evals.reader_training.text import match_key, sentence_spans
from evals.reader_training.written import written_examples
from rag.answering.compose import in_place
from rag.answering.question import asked_for
from rag.answering.reading.encoding import NULL_POSITION, PairEncoder, Window, heading, surroundings
from rag.answering.reading.span_reader import Span, WindowLogits, trimmed
from rag.answering.reading.span_reader import Verdict as ReadVerdict
from rag.network.trunk import read_tokenizer

Support = Literal["supports", "contradicts", "silent"]

# How many examples of each part are read.
_PARTS = {
    "vinewsqa": 3100,
    "viquad2": 1400,
    "vicoqa": 900,
    "vimqa": 400,
    "real": 5000,
    "xquad_vi": 500,
    "squad_translated": 800,
    "written": 4000,
    "near": 1500,
    "sisters": 1000,
}
_BATCH_TOKENS = 4000
_SPANS = 4
_NEIGHBOURS = 6
_ALSO_ELSEWHERE = 0.6  # of the answered questions are also asked of a similar passage
_RIGHT = 0.6  # F1 with a right answer from which a span counts as one
PROPOSED_FILE = "proposed.jsonl"
STATED_FILE = "stated.jsonl"
_LONGEST_STATED = 14  # words
_SHORTEST_SENTENCE, _LONGEST_SENTENCE = 6, 32  # words
_SENTENCES_ASKED = 0.25
_ENDINGS = (" phải không?", " đúng không?", " có đúng không?", " phải không", " à?", ", đúng hay sai?")

_NO_VERDICT = ReadVerdict(0.0, 0.0, 0.0, 1.0)  # spans are mined alone

log = logging.getLogger("training")


@dataclass(frozen=True)
class Proposal:
    """A proposed answer, the sentences around it and what they say to it."""

    question: str
    before: str
    heading: str
    passage: str
    proposed: str
    support: Support


@dataclass(frozen=True)
class Statement:
    """A question for yes or no. `start` and `end` are where the deciding words stand in the passage, -1 for unknown."""

    question: str
    heading: str
    passage: str
    start: int
    end: int
    verdict: Verdict


@dataclass(frozen=True)
class _Reading:
    """An example's question asked of one passage."""

    example: Example
    passage: str
    heading: str
    answers: tuple[tuple[int, int], ...]  # in the passage
    window: Window


def read_proposals(path: Path) -> list[Proposal]:
    """The proposed answers of a mining run.

    Raises:
        OSError: The file cannot be read.
    """
    return [Proposal(**row) for row in _rows(path)]


def stated_examples(path: Path) -> list[Example]:
    """The questions for yes or no of a mining run, as examples.

    Raises:
        OSError: The file cannot be read.
    """
    examples = []
    for row in _rows(path):
        one = Statement(**row)
        answers = ((one.start, one.end),) if one.start >= 0 else ()
        examples.append(Example(one.question, one.passage, answers, "stated", "vi", one.heading, verdict=one.verdict))
    return examples


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def readings(examples: Sequence[Example], pool: Neighbours, encoder: PairEncoder, rng: Random) -> Iterator[_Reading]:
    """Each question asked of the passage that answers it, or looks so, and of a similar one that does not."""
    for example in examples:
        places = example.answers or example.plausible or ((0, 1),)
        place = rng.choice(places)
        start, end = cut(example.context, place)
        inside = tuple(
            (first - start, last - start) for first, last in example.answers if start <= first and last <= end
        )
        asked = [(example.document, example.context, example.context[start:end], inside)]
        keys = [match_key(example.context[first:last]) for first, last in example.answers]
        if keys and example.verdict is None and rng.random() < _ALSO_ELSEWHERE:
            similar = pool.similar(example.question, _NEIGHBOURS)
            others = [
                index
                for index in similar
                if not any(key in pool.keys[index] for key in keys) and pool.passages[index] not in example.context
            ]
            if others:
                index = rng.choice(others[:3])
                document = pool.documents[index]
                asked.append((document, pool.opening_of(document), pool.passages[index], ()))
        for document, opening, passage, answers in asked:
            above = heading(headline_of(document), opening, passage) if rng.random() < 0.9 else ""
            window = encoder.windows(example.question, passage, above, before=example.before)[0]
            yield _Reading(example, passage, above, answers, window)


def read(model: SpanModel, asked: Sequence[_Reading]) -> Iterator[tuple[_Reading, list[Span]]]:
    """The best spans of each passage."""
    order = sorted(asked, key=lambda one: len(one.window.ids))
    batch: list[_Reading] = []
    for number, one in enumerate(order):
        batch.append(one)
        following = order[number + 1] if number + 1 < len(order) else None
        if following is not None and (len(batch) + 1) * len(following.window.ids) <= _BATCH_TOKENS:
            continue
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            logits = model(make_batch([row.window for row in batch]))
        for row, starts, ends in zip(batch, logits.starts.numpy(), logits.ends.numpy(), strict=True):
            inside = slice(row.window.passage_start, row.window.passage_start + len(row.window.offsets))
            found = WindowLogits(
                np.array(row.window.offsets, np.int64).reshape(-1, 2),
                starts[inside] - starts[NULL_POSITION],
                ends[inside] - ends[NULL_POSITION],
                _NO_VERDICT,
            )
            best = [(*trimmed(row.passage, first, last), score) for first, last, score in found.best(_SPANS)]
            yield row, [Span(*span) for span in best if span[1] > span[0]]
        batch = []


def proposals(row: _Reading, spans: Sequence[Span], rng: Random) -> Iterator[Proposal]:
    """Proposed answers of one passage: the right ones, and what the reader would have said instead."""
    rated = [(span, _rating(row, span)) for span in spans]
    if row.answers:
        right = [*rng.sample(row.answers, 1), *((span.start, span.end) for span, f1 in rated[:1] if f1 >= _RIGHT)]
        yield from (_proposal(row, place, "supports") for place in dict.fromkeys(right))
        wrong = [(span.start, span.end) for span, f1 in rated if f1 == 0.0]
        yield from (_proposal(row, place, "contradicts") for place in wrong[:1])
    elif row.example.verdict is None:
        looks_right = [
            (first, last)
            for text in (row.example.context[start:end] for start, end in row.example.plausible)
            if (first := row.passage.find(text)) >= 0 and (last := first + len(text))
        ]
        best = [(span.start, span.end) for span in spans[:1]]
        yield from (_proposal(row, place, "silent") for place in dict.fromkeys([*looks_right[:1], *best]))


def statements(row: _Reading, spans: Sequence[Span], rng: Random) -> Iterator[Statement]:
    """The question with an answer put in its place, true and false, where it makes a sentence."""
    example = row.example
    if example.verdict is not None or example.before:
        return
    if not row.answers:
        if example.plausible and row.passage in example.context:
            start, end = example.plausible[0]
            stated = _stated(example.question, example.context[start:end], rng)
            if stated:
                yield Statement(stated, row.heading, row.passage, -1, -1, "unknown")
        return
    start, end = rng.choice(row.answers)
    gold = row.passage[start:end]
    true = _stated(example.question, gold, rng)
    if not true:
        return
    yield Statement(true, row.heading, row.passage, start, end, "yes")
    others = [row.passage[span.start : span.end] for span in spans if _rating(row, span) == 0.0]
    others = [other for other in others if _alike(gold, other)] or list(_with_other_numbers(gold, rng))
    false = _stated(example.question, others[0], rng) if others else None
    if false:
        yield Statement(false, row.heading, row.passage, start, end, "no")


def _rating(row: _Reading, span: Span) -> float:
    said = row.passage[span.start : span.end]
    golds = [row.passage[start:end] for start, end in row.answers]
    return max((token_f1(gold, said, squad_normal_form) for gold in golds), default=0.0)


def _proposal(row: _Reading, place: tuple[int, int], support: Support) -> Proposal:
    first, last = surroundings(row.passage, *place)
    said = row.passage[place[0] : place[1]]
    return Proposal(row.example.question, row.example.before, row.heading, row.passage[first:last], said, support)


def sentence_statements(context: str, document: str, rng: Random) -> Iterator[Statement]:
    """A sentence of a passage asked as it stands, and once more with one number, name or word of it changed.

    The words of the false ones stand in the passage too, where it has others of their kind.
    """
    start, end = cut(context, (0, 1))
    passage = context[start:end]
    above = heading(headline_of(document), context, passage)
    names = list(dict.fromkeys(name.group() for name in NAMES.finditer(passage)))
    numbers = list(dict.fromkeys(number.group() for number in NUMBERS.finditer(passage)))
    for first, last in sentence_spans(passage):
        said = passage[first:last].strip().rstrip(".")
        if not _SHORTEST_SENTENCE <= len(said.split()) <= _LONGEST_SENTENCE or rng.random() > _SENTENCES_ASKED:
            continue
        false = [said[: at.start()] + other + said[at.end() :] for at, others in opposites_in(said) for other in others]
        false += _swapped(said, list(NAMES.finditer(said)), names, rng)
        false += _swapped(said, list(NUMBERS.finditer(said)), numbers, rng)
        false += _with_other_numbers(said, rng)
        yield Statement(f"{said}{rng.choice(_ENDINGS)}", above, passage, first, last, "yes")
        if false:
            yield Statement(f"{rng.choice(false)}{rng.choice(_ENDINGS)}", above, passage, first, last, "no")


def _swapped(said: str, places: Sequence[re.Match[str]], others: Sequence[str], rng: Random) -> list[str]:
    """The sentence with one of its names or numbers in place of another; [] where the passage has no other."""
    absent = [other for other in others if other not in said]
    if not places or not absent:
        return []
    place = rng.choice(places)
    return [said[: place.start()] + rng.choice(absent) + said[place.end() :]]


def _stated(question: str, answer: str, rng: Random) -> str | None:
    if len(answer.split()) > _LONGEST_STATED:
        return None
    asked = asked_for(question, [])
    if asked.start == asked.end:
        return None
    statement = in_place(question, asked, answer)
    if statement is None:  # typed in a hurry: such statements are asked as well
        statement = " ".join(f"{question[: asked.start]} {answer} {question[asked.end :]}".split()).rstrip(" ?.")
    return f"{statement}{rng.choice(_ENDINGS)}"


def _alike(gold: str, other: str) -> bool:
    """Whether a wrong answer is of the right one's kind: with digits or without, capitalised or not, about as long."""
    return (
        any(letter.isdigit() for letter in gold) == any(letter.isdigit() for letter in other)
        and gold[:1].isupper() == other[:1].isupper()
        and len(other.split()) <= 2 * len(gold.split()) + 2
    )


def _with_other_numbers(text: str, rng: Random) -> Iterator[str]:
    digits = [index for index, letter in enumerate(text) if letter.isdecimal()]
    if digits:
        index = rng.choice(digits)
        yield f"{text[:index]}{(int(text[index]) + rng.randint(1, 8)) % 10}{text[index + 1 :]}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader_training.mining", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model-dir", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    rng = Random(options.seed)
    parts = {**load_dataset(options.data_dir).training, **written_examples()}
    if (options.data_dir / "real").is_dir():
        parts["real"] = real_examples(options.data_dir, held_back=False)
    encoder = PairEncoder(read_tokenizer(options.model_dir))
    model = SpanModel.for_training(options.model_dir, attention="sdpa").eval()
    model.load_weights(options.weights)
    options.output.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    said_again: set[str] = set()
    with (
        (options.output / PROPOSED_FILE).open("w", encoding="utf-8") as proposed,
        (options.output / STATED_FILE).open("w", encoding="utf-8") as stated,
    ):
        counted = {part: most for part, most in _PARTS.items() if part in parts}
        pool = _pool([example for part in counted for example in parts[part]])
        for part, most in counted.items():
            examples = rng.sample(parts[part], min(most, len(parts[part])))
            for row, spans in read(model, list(readings(examples, pool, encoder, rng))):
                for proposal in proposals(row, spans, rng):
                    counts[proposal.support] = counts.get(proposal.support, 0) + 1
                    proposed.write(json.dumps(asdict(proposal), ensure_ascii=False) + "\n")
                told = [*statements(row, spans, rng)]
                if row.passage not in said_again:
                    said_again.add(row.passage)
                    told += sentence_statements(row.passage, row.example.document, rng)
                for statement in told:
                    counts[statement.verdict] = counts.get(statement.verdict, 0) + 1
                    stated.write(json.dumps(asdict(statement), ensure_ascii=False) + "\n")
            log.info("%s: %s", part, counts)
    return 0


def _pool(examples: Sequence[Example]) -> Neighbours:
    contexts = dict.fromkeys((example.context, example.document) for example in examples)
    passages = [(text, document) for context, document in contexts for text in all_passages(context)]
    return Neighbours([text for text, _ in passages], [document for _, document in passages])


if __name__ == "__main__":
    sys.exit(main())
