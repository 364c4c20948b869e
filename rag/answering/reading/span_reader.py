"""Reads passages for the places that answer a question."""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from rag.answering.reading.encoding import NULL_POSITION, PairEncoder, Window, surroundings
from rag.answering.reading.span_network import SUPPORTS, VERDICTS, NetworkOutput, SpanNetwork
from rag.network.trunk import Trunk

_WEIGHTS_FILE = "reader.safetensors"
MAX_SPAN_TOKENS = 40
_LEAST = 1e-6  # of a probability, before its logarithm is taken
_OUTER = ",.;:–-!?"  # punctuation that never begins or ends an answer


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate answer.

    Attributes:
        start: Offset in the passage.
        end: Offset behind it.
        score: Its logits less those of "no answer": below zero the passage rather does not answer.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a passage says to a question, as probabilities that sum to 1.

    Attributes:
        yes: It affirms what is asked.
        no: It denies it, or tells something else.
        unknown: It does not tell.
        open: The question does not ask for yes or no.
    """

    yes: float
    no: float
    unknown: float
    open: float

    @property
    def log_odds(self) -> float:
        """Of yes against no."""
        return math.log(max(self.yes, _LEAST) / max(self.no, _LEAST))

    @property
    def decided(self) -> float:
        """Log odds that the passage tells."""
        return math.log(max(self.yes + self.no, _LEAST) / max(self.unknown, _LEAST))


@dataclass(frozen=True, slots=True)
class Support:
    """What a passage says to a proposed answer, as probabilities that sum to 1.

    Attributes:
        supports: It gives this answer.
        contradicts: It gives another one.
        silent: It does not answer the question.
    """

    supports: float
    contradicts: float
    silent: float

    @property
    def log_odds(self) -> float:
        """Of `supports` against both others."""
        return math.log(max(self.supports, _LEAST) / max(self.contradicts + self.silent, _LEAST))


class PassageReading:
    """What the network says about one passage: how well any span of it answers the question.

    Args:
        passage: The text.
        windows: For each window of it, what the network says about its tokens.

    Attributes:
        passage: The same.
        verdict: What it says to a question for yes or no, by the window that is surest to tell.
    """

    def __init__(self, passage: str, windows: Sequence["WindowLogits"]) -> None:
        self.passage = passage
        self._windows = windows
        self.verdict = min((window.verdict for window in windows), key=lambda verdict: verdict.unknown)

    def best(self, count: int) -> list[Span]:
        """Up to `count` spans of at most 40 tokens, best first, without white space and punctuation at their ends."""
        found: dict[tuple[int, int], float] = {}
        for window in self._windows:
            for start, end, score in window.best(count):
                place = trimmed(self.passage, start, end)
                if place[1] > place[0]:
                    found[place] = max(score, found.get(place, score))
        spans = [Span(start, end, score) for (start, end), score in found.items()]
        return sorted(spans, key=lambda span: -span.score)[:count]

    def score(self, start: int, end: int) -> float:
        """How well `passage[start:end]` answers, on the scale of `Span.score`; -inf where no window holds all of it."""
        return max((window.score(start, end) for window in self._windows), default=-math.inf)


@dataclass(frozen=True, slots=True)
class WindowLogits:
    """The network's output for one window.

    Attributes:
        offsets: Characters (start, end) of the passage that each token covers (tokens, 2).
        starts: How well an answer starts at each token (tokens,).
        ends: How well an answer ends at each token (tokens,).
        verdict: What the window says to a question for yes or no.
    """

    offsets: NDArray[np.int64]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    verdict: Verdict

    def best(self, count: int) -> list[tuple[int, int, float]]:
        """The best spans as (start, end, score)."""
        size = len(self.starts)
        if size == 0:
            return []
        scores = np.where(_short_spans(size), self.starts[:, None] + self.ends[None, :], -np.inf).ravel()
        top = np.argsort(-scores, kind="stable")[:count]
        return [
            (int(self.offsets[place // size, 0]), int(self.offsets[place % size, 1]), float(scores[place]))
            for place in top
            if np.isfinite(scores[place])
        ]

    def score(self, start: int, end: int) -> float:
        """The score of one span, -inf when it is not inside."""
        touched = np.flatnonzero((self.offsets[:, 0] < end) & (self.offsets[:, 1] > start))
        if len(touched) == 0 or self.offsets[touched[0], 0] > start or self.offsets[touched[-1], 1] < end:
            return -math.inf
        return float(self.starts[touched[0]] + self.ends[touched[-1]])


class SpanReader:
    """A network and the tokenizer for its inputs, ready to read.

    Args:
        network: With its weights: reads the tokens of one input.
        encoder: Makes its inputs.
    """

    def __init__(self, network: Callable[[Sequence[int]], NetworkOutput], encoder: PairEncoder) -> None:
        self._network = network
        self._encoder = encoder

    @classmethod
    def shipped(cls, trunk: Trunk) -> "SpanReader":
        """The reader whose weights are part of the package.

        Args:
            trunk: The bundled embedding model; its lower layers are shared, not copied.

        Raises:
            WeightsError: The weights were made for another base.
            OSError: The weights cannot be read.
        """
        return cls(shipped_network(trunk), PairEncoder(trunk.tokenizer))

    def read(
        self, question: str, passages: Sequence[str], headings: Sequence[str] = (), before: str = ""
    ) -> list[PassageReading]:
        """Read passages, one after the other.

        Args:
            question: With its accents.
            passages: The texts; long ones are read in overlapping windows.
            headings: What stands above each of them; read with it, but never part of an answer. None given: none read.
            before: What was said before the question, see `encoding.conversation`.
        """
        return [
            PassageReading(
                text,
                [self._read_window(one) for one in self._encoder.windows(question, text, heading, before=before)],
            )
            for text, heading in zip(passages, headings or [""] * len(passages), strict=True)
        ]

    def judge(
        self, question: str, passage: str, place: tuple[int, int], heading: str = "", before: str = ""
    ) -> Support:
        """Whether the sentences around a proposed answer support it.

        Args:
            question: With its accents.
            passage: The text that the answer stands in.
            place: Start and end of the answer in it.
            heading: What stands above the passage.
            before: What was said before the question.
        """
        text = passage[slice(*surroundings(passage, *place))]
        proposed = passage[slice(*place)]
        windows = self._encoder.windows(question, text, heading, before=before, proposed=proposed)
        logits = self._network(windows[0].ids).judgements[len(VERDICTS) :]
        return Support(**dict(zip(SUPPORTS, _probabilities(logits), strict=True)))

    def _read_window(self, window: Window) -> WindowLogits:
        said = self._network(window.ids)
        inside = slice(window.passage_start, window.passage_start + len(window.offsets))
        starts, ends = (said.spans[inside] - said.spans[NULL_POSITION]).T
        verdict = Verdict(**dict(zip(VERDICTS, _probabilities(said.judgements[: len(VERDICTS)]), strict=True)))
        return WindowLogits(np.array(window.offsets, dtype=np.int64).reshape(-1, 2), starts, ends, verdict)


def shipped_network(trunk: Trunk) -> SpanNetwork:
    """The network whose weights are part of the package.

    Args:
        trunk: The bundled embedding model; its lower layers are shared, not copied.

    Raises:
        WeightsError: The weights were made for another base.
        OSError: The weights cannot be read.
    """
    with resources.as_file(resources.files("rag.answering.reading").joinpath("weights")) as folder:
        return SpanNetwork(trunk, folder / _WEIGHTS_FILE)


def _probabilities(logits: NDArray[np.float32]) -> list[float]:
    shares = np.exp(logits - logits.max())
    probabilities: list[float] = (shares / shares.sum()).tolist()
    return probabilities


@functools.lru_cache(maxsize=512)
def _short_spans(size: int) -> NDArray[np.bool_]:
    """Which pairs of first and last token (size, size) make a span that is not too long."""
    tokens = np.arange(size)
    length = tokens[None, :] - tokens[:, None]
    return (length >= 0) & (length < MAX_SPAN_TOKENS)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space and stray punctuation at its ends, and without an unmatched bracket."""
    while start < end and (text[start].isspace() or text[start] in _OUTER):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _OUTER):
        end -= 1
    if end > start and text[end - 1] == ")" and "(" not in text[start:end]:
        return trimmed(text, start, end - 1)
    if end > start and text[start] == "(" and ")" not in text[start:end]:
        return trimmed(text, start + 1, end)
    return start, end


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole words, codes with hyphens among them: "20" in "BK-20" is no word."""
    while start > 0 and _joined(text, start):
        start -= 1
    while end < len(text) and _joined(text, end):
        end += 1
    return start, end


def _joined(text: str, place: int) -> bool:
    """Whether the characters on both sides of a place belong to one word."""
    left, right = text[place - 1], text[place]
    if right == "-":
        return left.isalnum() and text[place + 1 : place + 2].isalnum()
    if left == "-":
        return right.isalnum() and text[max(0, place - 2) : place - 1].isalnum()
    return left.isalnum() and right.isalnum()
