"""Reads many inputs at once in bfloat16: several times as fast as the product, and within a hundredth of its scores."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from evals.reader_training.span_model import SpanModel, make_batch
from rag.answering.reading.encoding import Window
from rag.answering.reading.span_network import NetworkOutput

_BATCH_TOKENS = 4000


class BatchedNetwork:
    """The reader's network for fits over thousands of questions; never for figures.

    Args:
        model_dir: multilingual-e5-small.
        weights: The reader's weights file.

    Raises:
        WeightsError: Not such a file.
        OSError: A file cannot be read.
    """

    def __init__(self, model_dir: Path, weights: Path) -> None:
        self._model = SpanModel.for_training(model_dir, attention="sdpa").eval()
        self._model.load_weights(weights)

    def __call__(self, windows: Sequence[Window]) -> Iterator[tuple[Window, NetworkOutput]]:
        """What the network says of each window, in another order."""
        order = sorted(windows, key=lambda window: len(window.ids))
        while order:
            longest = len(order[-1].ids)
            batch = order[-max(1, _BATCH_TOKENS // longest) :]
            del order[-len(batch) :]
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
                said = self._model(make_batch(batch))
            spans = torch.stack([said.starts, said.ends], dim=-1).numpy()
            for row, window in enumerate(batch):
                yield window, NetworkOutput(spans[row, : len(window.ids)], said.judgements[row].numpy())
