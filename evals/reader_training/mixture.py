"""The endless stream of training batches: which example comes next depends on the seed and a counter, nothing else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from evals.reader_training.augment import Augmentation, Shown, noisy_text, show
from evals.reader_training.data import UNTITLED, Example
from evals.reader_training.invented.examples import invent_example
from evals.reader_training.mining import Proposal
from evals.reader_training.neighbours import Neighbours
from evals.reader_training.passages import all_passages
from evals.reader_training.questions import questions_from
from evals.reader_training.text import match_key
from rag.answering.reading.encoding import NULL_POSITION, PairEncoder, Window
from rag.answering.reading.span_network import SUPPORTS, VERDICTS

CHUNK_EXAMPLES = 360
MAX_BATCH_EXAMPLES = 20
MAX_BATCH_TOKENS = 2000
_QUESTIONS_PER_PASSAGE = 6

PROPOSED = "proposed"
STATED = "stated"
ROSTER = "roster"
POLAR = "real_polar"  # of our questions on real passages, those for yes or no
NO_TARGET = -100  # what `torch.nn.functional.cross_entropy` leaves out
# Vietnamese news and questions by people first. Optional parts count only where their files are given.
WEIGHTS: Mapping[str, float] = {
    "vinewsqa": 0.75,
    "viquad2": 0.55,
    "vicoqa": 0.40,
    "vimqa": 0.25,
    "real": 0.90,
    POLAR: 0.90,
    "xquad_vi": 0.14,
    "xquad_other": 0.05,
    "xquad_cross": 0.10,
    "native": 0.10,
    "native_unanswerable": 0.06,
    "squad_english": 0.08,
    "squad_cross": 0.05,
    "squad_translated": 0.04,
    "rule_made": 0.06,
    ROSTER: 0.05,
    "written": 0.80,
    "near": 0.90,
    "sisters": 0.55,
    "more": 0.35,
    STATED: 1.60,
    PROPOSED: 1.00,
}
_OPTIONAL_PARTS = frozenset(("vinewsqa", "viquad2", "vicoqa", "vimqa", "real", POLAR, "more", STATED, PROPOSED))
_SUPPORT_WEIGHTS = {"supports": 0.45, "contradicts": 0.25, "silent": 0.30}
_VERDICT_WEIGHTS = {"yes": 0.40, "no": 0.45, "unknown": 0.15}  # of the parts that ask for yes or no alone
_FAKE_CONVERSATION = 0.12  # of the questions follow another question about the same document that they do not need
# News is shown as the product reads it: a few whole sentences under the headline and the article's first sentence,
# which may alone name the body and the year. The people's sets are read whole as well.
_AS_READ = Augmentation(headline=0.9, opening=0.9, whole_sentences=0.85, shortest_window=250, longest_window=750)
_PEOPLE = Augmentation(
    negative=0.33, headline=0.8, opening=0.8, whole_sentences=0.75, shortest_window=200, longest_window=1100
)
_ANY_WINDOW = Augmentation()
_HOW = {
    **dict.fromkeys(("written", "near", "sisters", "real", POLAR), _AS_READ),
    **dict.fromkeys(("vinewsqa", "viquad2", "vicoqa", "vimqa"), _PEOPLE),
}


@dataclass(frozen=True)
class TrainingItem:
    """A window and what the network should say of it.

    Attributes:
        window: The input.
        start: Token position where the answer starts, `NULL_POSITION` where there is none, `NO_TARGET` where the span
            teaches nothing.
        end: Likewise, where it ends.
        verdict: Index in `VERDICTS`, or `NO_TARGET`.
        support: Index in `SUPPORTS`, or `NO_TARGET`.
    """

    window: Window
    start: int
    end: int
    verdict: int = NO_TARGET
    support: int = NO_TARGET


class Mixture:
    """Draws training batches.

    Args:
        training: Examples by part; `rule_made` is filled from their Vietnamese passages.
        encoder: Makes token ids.
        seed: Equal seeds give equal streams.
        proposals: Proposed answers to judge.
        leave_out: Parts to train without, for example because of their terms; their passages are not used either.

    Raises:
        ValueError: A part of the mixture is unknown or has no examples.
    """

    def __init__(
        self,
        training: dict[str, list[Example]],
        encoder: PairEncoder,
        seed: int,
        *,
        proposals: Sequence[Proposal] = (),
        leave_out: Collection[str] = (),
    ) -> None:
        unknown = set(leave_out) - set(WEIGHTS)
        if unknown:
            message = f"no part of the mixture is called {sorted(unknown)}; there are {sorted(WEIGHTS)}"
            raise ValueError(message)
        given = {*training, PROPOSED} if proposals else set(training)
        left_out = {*leave_out, *(_OPTIONAL_PARTS - given)}
        self.weights = {part: weight for part, weight in WEIGHTS.items() if part not in left_out}
        training = {part: examples for part, examples in training.items() if part not in leave_out}
        self._encoder = encoder
        self._seed = seed
        self.parts = {**training, "rule_made": _rule_made(training, Random(f"{seed}:rules"))}
        for part in self.weights:
            if part not in (ROSTER, PROPOSED) and not self.parts.get(part):
                message = f"no training examples for {part!r}"
                raise ValueError(message)
        self._proposals = {
            support: [one for one in proposals if one.support == support] for support in _SUPPORT_WEIGHTS
        }
        passages: dict[str, dict[str, str]] = {}
        self._asked_of: dict[str, list[Example]] = {}
        for examples in self.parts.values():
            for example in examples:
                texts = all_passages(example.context) if example.language == "vi" else (example.context,)
                passages.setdefault(example.language, {}).update(dict.fromkeys(texts, example.document))
                if example.language == "vi" and example.document and example.answers:
                    self._asked_of.setdefault(example.document, []).append(example)
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
            item = self._proposed(rng) if part == PROPOSED else self._item(self._shown(part, rng), rng)
            if item is not None:
                made += 1
                yield item

    def _shown(self, part: str, rng: Random) -> Shown:
        example = self._example(part, rng)
        if not example.before and rng.random() < _FAKE_CONVERSATION:
            example = replace(example, before=self._small_talk(example, rng))
        return show(example, self._pools, rng, _HOW.get(part, _ANY_WINDOW))

    def _example(self, part: str, rng: Random) -> Example:
        if part == ROSTER:
            return invent_example(rng)
        if part in (POLAR, STATED):
            verdict = rng.choices(list(_VERDICT_WEIGHTS), list(_VERDICT_WEIGHTS.values()))[0]
            told = [example for example in self.parts[part] if example.verdict == verdict]
            return rng.choice(told or self.parts[part])
        return rng.choice(self.parts[part])

    def _small_talk(self, example: Example, rng: Random) -> str:
        """Another question about the same document and its answer, "" where there is none."""
        others = self._asked_of.get(example.document, []) if not example.document.startswith(UNTITLED) else []
        others = [other for other in others if other.question != example.question]
        if not others:
            return ""
        other = rng.choice(others)
        start, end = other.answers[0]
        return f"{other.question} {other.context[start:end]}"

    def _item(self, shown: Shown, rng: Random) -> TrainingItem | None:
        windows = self._encoder.windows(shown.question, shown.passage, shown.heading, before=shown.before)
        verdict = VERDICTS.index(shown.verdict or "open")
        if shown.start < 0:
            # What decides a yes or no is not marked in every set.
            place = NO_TARGET if shown.verdict in ("yes", "no") else NULL_POSITION
            return TrainingItem(rng.choice(windows), place, place, verdict)
        for window in rng.sample(windows, len(windows)):
            span = window.token_span(shown.start, shown.end)
            if span is not None:
                return TrainingItem(window, *span, verdict)
        return None  # the answer is longer than the overlap of two windows

    def _proposed(self, rng: Random) -> TrainingItem:
        support = rng.choices(list(_SUPPORT_WEIGHTS), list(_SUPPORT_WEIGHTS.values()))[0]
        one = rng.choice(self._proposals[support])
        window = self._encoder.windows(
            noisy_text(one.question, rng, _ANY_WINDOW),
            one.passage,
            one.heading,
            before=one.before,
            proposed=one.proposed,
        )[0]
        return TrainingItem(window, NO_TARGET, NO_TARGET, support=SUPPORTS.index(support))


def _rule_made(training: Mapping[str, list[Example]], rng: Random) -> list[Example]:
    """Make questions on the Vietnamese training passages, a few on each."""
    contexts: dict[str, str] = {}
    for part in ("viquad2", "xquad_vi", "native", "native_unanswerable", "squad_translated"):
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
