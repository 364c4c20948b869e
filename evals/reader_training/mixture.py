"""The endless stream of training batches: which example comes next depends on the seed and a counter, nothing else."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from evals.reader_training.augment import Augmentation, Shown, show
from evals.reader_training.data import Example
from evals.reader_training.invented.examples import invent_example
from evals.reader_training.neighbours import Neighbours
from evals.reader_training.questions import questions_from
from evals.reader_training.text import match_key
from rag.answering.reading.encoding import NULL_POSITION, PairEncoder, Window

CHUNK_EXAMPLES = 360
MAX_BATCH_EXAMPLES = 20
MAX_BATCH_TOKENS = 2000
_QUESTIONS_PER_PASSAGE = 6

# Native Vietnamese first: questions that people asked in Vietnamese are few and teach the most. `more` counts only
# where a folder of further sets is given; the shares of the others grow where it is not.
WEIGHTS: Mapping[str, float] = {
    "viquad": 0.20,
    "xquad_vi": 0.14,
    "xquad_other": 0.05,
    "xquad_cross": 0.12,
    "native": 0.12,
    "native_unanswerable": 0.05,
    "squad_english": 0.03,
    "squad_cross": 0.05,
    "squad_translated": 0.03,
    "rule_made": 0.08,
    "roster": 0.06,
    "written": 0.80,
    "near": 0.45,
    "sisters": 0.30,
    "more": 0.35,
}
_OPTIONAL_PARTS = frozenset(("more",))
# News of our own is shown as the product reads it: a few whole sentences under the headline and the article's first
# sentence, which may alone name the body and the year.
_AS_READ = Augmentation(headline=0.9, opening=0.9, whole_sentences=0.85, shortest_window=250, longest_window=750)
_ANY_WINDOW = Augmentation()


@dataclass(frozen=True)
class TrainingItem:
    """A window and the token positions of its answer; both are `NULL_POSITION` where it has none."""

    window: Window
    start: int
    end: int


class Mixture:
    """Draws training batches.

    Args:
        training: Examples by part; `rule_made` is filled from their Vietnamese passages.
        encoder: Makes token ids.
        seed: Equal seeds give equal streams.
        leave_out: Parts to train without, for example because of their terms; their passages are not used either.

    Raises:
        ValueError: A part of the mixture is unknown or has no examples.
    """

    def __init__(
        self, training: dict[str, list[Example]], encoder: PairEncoder, seed: int, leave_out: Collection[str] = ()
    ) -> None:
        unknown = set(leave_out) - set(WEIGHTS)
        if unknown:
            message = f"no part of the mixture is called {sorted(unknown)}; there are {sorted(WEIGHTS)}"
            raise ValueError(message)
        left_out = {*leave_out, *(_OPTIONAL_PARTS - set(training))}
        self.weights = {part: weight for part, weight in WEIGHTS.items() if part not in left_out}
        training = {part: examples for part, examples in training.items() if part not in leave_out}
        self._encoder = encoder
        self._seed = seed
        self.parts = {**training, "rule_made": _rule_made(training, Random(f"{seed}:rules"))}
        for part in self.weights:
            if part != "roster" and not self.parts.get(part):
                message = f"no training examples for {part!r}"
                raise ValueError(message)
        passages: dict[str, dict[str, str]] = {}
        for examples in self.parts.values():
            for example in examples:
                passages.setdefault(example.language, {})[example.context] = example.document
        self._pools = {language: Neighbours(list(texts), list(texts.values())) for language, texts in passages.items()}

    def batches(self, chunk: int) -> list[list[TrainingItem]]:
        """Return the batches of chunk number `chunk`: at most 20 examples and 2,000 tokens each, of similar lengths."""
        rng = Random(f"{self._seed}:{chunk}")
        items = sorted(self._items(rng), key=lambda item: len(item.window.ids))
        batches: list[list[TrainingItem]] = []
        batch: list[TrainingItem] = []
        for item in items:
            # Items come sorted, so the newest is the longest and sets the padded size.
            if batch and (
                len(batch) >= MAX_BATCH_EXAMPLES or (len(batch) + 1) * len(item.window.ids) > MAX_BATCH_TOKENS
            ):
                batches.append(batch)
                batch = []
            batch.append(item)
        batches.append(batch)
        rng.shuffle(batches)
        return batches

    def _items(self, rng: Random) -> Iterator[TrainingItem]:
        made = 0
        while made < CHUNK_EXAMPLES:
            part = rng.choices(list(self.weights), list(self.weights.values()))[0]
            example = invent_example(rng) if part == "roster" else rng.choice(self.parts[part])
            item = self._item(show(example, self._pools, rng, _how(part)), rng)
            if item is not None:
                made += 1
                yield item

    def _item(self, shown: Shown, rng: Random) -> TrainingItem | None:
        windows = self._encoder.windows(shown.question, shown.passage, shown.heading)
        if shown.start < 0:
            return TrainingItem(rng.choice(windows), NULL_POSITION, NULL_POSITION)
        for window in rng.sample(windows, len(windows)):
            span = window.token_span(shown.start, shown.end)
            if span is not None:
                return TrainingItem(window, *span)
        return None  # the answer is longer than the overlap of two windows


def _how(part: str) -> Augmentation:
    return _AS_READ if part in ("written", "near", "sisters") else _ANY_WINDOW


def _rule_made(training: Mapping[str, list[Example]], rng: Random) -> list[Example]:
    """Make questions on the Vietnamese training passages, a few on each."""
    contexts: dict[str, str] = {}
    for part in ("viquad", "xquad_vi", "native", "native_unanswerable", "squad_translated"):
        for example in training.get(part, []):
            contexts.setdefault(example.context, example.document)
    made = []
    for context, document in contexts.items():
        keys = set()
        for example in questions_from(context, document, rng, _QUESTIONS_PER_PASSAGE):
            start, end = example.answers[0]
            key = match_key(context[start:end])
            if key not in keys:
                keys.add(key)
                made.append(example)
    return made
