"""Reads passages for the places that answer a question."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from rag.answering.reading.encoding import NULL_POSITION, PairEncoder, Window
from rag.answering.reading.span_model import MAX_SPAN_TOKENS, SpanModel, make_batch
from rag.embedding import network_turn

if TYPE_CHECKING:
    from transformers import BertModel

_WEIGHTS_FILE = "reader.safetensors"
_WINDOWS_PER_BATCH = 8
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


class PassageReading:
    """What the network says about one passage: how well any span of it answers the question.

    Args:
        passage: The text.
        windows: For each window of it, what the network says about its tokens.
    """

    def __init__(self, passage: str, windows: Sequence["WindowLogits"]) -> None:
        self.passage = passage
        self._windows = windows

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
    """

    offsets: NDArray[np.int64]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]

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
    """A model and its tokenizer, ready to read.

    Args:
        model: With its weights loaded.
        encoder: Makes its inputs.
    """

    def __init__(self, model: SpanModel, encoder: PairEncoder) -> None:
        self._model = model.eval()
        self._encoder = encoder

    @classmethod
    def shipped(cls, base: "BertModel", model_dir: Path) -> "SpanReader":
        """The reader whose weights are part of the package.

        Args:
            base: The bundled embedding model's network; its lower layers are shared, not copied.
            model_dir: The same model's folder.

        Raises:
            WeightsError: The weights were made for another base.
            OSError: The folder or the weights cannot be read.
        """
        model = SpanModel.beside(base)
        with resources.as_file(resources.files("rag.answering.reading").joinpath("weights", _WEIGHTS_FILE)) as path:
            model.load_weights(path)
        return cls(model, PairEncoder(model_dir))

    @torch.inference_mode()
    def read(self, question: str, passages: Sequence[str]) -> list[PassageReading]:
        """Read the passages, all of them in one batch where they are few and short.

        Args:
            question: With its accents.
            passages: The texts; long ones are read in overlapping windows.
        """
        inputs = [
            (place, window) for place, text in enumerate(passages) for window in self._encoder.windows(question, text)
        ]
        inputs.sort(key=lambda pair: len(pair[1].ids))  # like lengths share a batch
        logits: list[list[WindowLogits]] = [[] for _ in passages]
        for first in range(0, len(inputs), _WINDOWS_PER_BATCH):
            group = inputs[first : first + _WINDOWS_PER_BATCH]
            batch = make_batch([window for _, window in group]).to(self._model.head.weight.device)
            with network_turn:
                starts, ends = (rows.cpu().numpy() for rows in self._model(batch))
            for row, (place, window) in enumerate(group):
                logits[place].append(_window_logits(window, starts[row], ends[row]))
        return [PassageReading(text, windows) for text, windows in zip(passages, logits, strict=True)]


def _window_logits(window: Window, starts: NDArray[np.float32], ends: NDArray[np.float32]) -> WindowLogits:
    inside = slice(window.passage_start, window.passage_start + len(window.offsets))
    return WindowLogits(
        np.array(window.offsets, dtype=np.int64).reshape(-1, 2),
        starts[inside] - starts[NULL_POSITION],
        ends[inside] - ends[NULL_POSITION],
    )


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
