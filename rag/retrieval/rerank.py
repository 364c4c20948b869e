"""The optional second stage: a model that reads question and passage together and orders the best few anew.

Off by default: on two cores it costs more than the whole search. `HOIDAP_RERANKER` names a cross-encoder of
sentence-transformers, by hub id or folder.
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """Scores passages for a question; larger is better."""

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """One score for each passage, in order."""


class CrossEncoderReranker:
    """A cross-encoder of sentence-transformers, loaded on first use.

    Args:
        model: Hub id or folder.
    """

    def __init__(self, model: str) -> None:
        self._name = model

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """One score for each passage, in order.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        if not passages:
            return []
        predicted = self._model.predict([(question, passage) for passage in passages], show_progress_bar=False)
        return [float(score) for score in predicted]

    @functools.cached_property
    def _model(self) -> "CrossEncoder":
        from sentence_transformers import CrossEncoder  # noqa: PLC0415 - seconds of imports

        try:
            model: CrossEncoder = CrossEncoder(self._name, local_files_only=Path(self._name).is_dir())
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                "Không nạp được mô hình xếp hạng lại {model} ({kind}).",
                "Hãy kiểm tra HOIDAP_RERANKER (thư mục hoặc tên mô hình), hoặc bỏ thiết lập này.",
                model=self._name,
                kind=type(error).__name__,
            ) from error
        return model
