"""One call to a language model, with a deadline that holds whatever the server does."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import RunnableConfig

_log = logging.getLogger(__name__)

_END = None
# How the providers say why an answer ended; an answer without any did not end by itself.
_ENDINGS = frozenset({"finish_reason", "stop_reason", "done_reason", "stopReason"})


class ModelFailedError(Exception):
    """The model gave no usable answer; the extractive one takes its place.

    Args:
        note: What the user is told, in Vietnamese, one sentence.
    """

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


def streamed(
    model: BaseChatModel, messages: Sequence[BaseMessage], seconds: float, config: RunnableConfig | None, purpose: str
) -> Iterator[str]:
    """The text of an answer, piece by piece as it comes. Tokens and time are logged, never the words.

    Args:
        model: What is asked.
        messages: The prompt.
        seconds: Longest time from the question to the last word.
        config: Its callbacks see the call.
        purpose: What the answer is for, for the log.

    Raises:
        ModelFailedError: No answer in time, no connection, or the server refused or broke off.
    """
    started = time.monotonic()
    pieces: queue.SimpleQueue[AIMessageChunk | None] = queue.SimpleQueue()
    stop = threading.Event()
    # Left without waiting: a server that hangs must not hang the user; the client's own timeout ends the thread.
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hoidap-llm")
    call = worker.submit(_pump, lambda: model.stream(list(messages), config), pieces, stop)
    whole: AIMessageChunk | None = None
    outcome = "stopped"
    try:
        while True:
            remaining = started + seconds - time.monotonic()
            try:
                piece = pieces.get(timeout=max(0.0, remaining))
            except queue.Empty:
                outcome = "too slow"
                raise ModelFailedError(f"Mô hình ngôn ngữ không trả lời kịp trong {seconds:g} giây.") from None
            if piece is _END:
                break
            whole = piece if whole is None else whole + piece
            if text := piece.text:
                yield text
        error = call.exception()
        if error is not None:
            outcome = type(error).__name__
            raise ModelFailedError("Không nhận được câu trả lời từ mô hình ngôn ngữ.") from error
        if whole is None or not _ENDINGS & set(whole.response_metadata):
            outcome = "cut off"  # a dead server's closed connection looks like an end to most clients
            raise ModelFailedError("Câu trả lời của mô hình ngôn ngữ bị ngắt giữa chừng.")
        outcome = "done"
    finally:
        stop.set()
        worker.shutdown(wait=False, cancel_futures=True)
        usage = whole.usage_metadata if whole is not None else None
        _log.info(
            "llm %s: %s, %.2f s, %s tokens in, %s tokens out",
            purpose,
            outcome,
            time.monotonic() - started,
            usage["input_tokens"] if usage else "?",
            usage["output_tokens"] if usage else "?",
        )


def _pump(
    start: Callable[[], Iterator[AIMessageChunk]],
    pieces: "queue.SimpleQueue[AIMessageChunk | None]",
    stop: threading.Event,
) -> None:
    """Carry the pieces over until there are no more or nobody wants them."""
    try:
        for piece in start():
            if stop.is_set():
                break
            pieces.put(piece)
    finally:
        pieces.put(_END)
