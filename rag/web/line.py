"""The line of questions: some are answered at once, some wait and are told how long, who comes beyond that is refused.

Gradio's own queue is kept for each page and says nothing in the page's language, so the pages of every language, the
endpoints and the MCP tools wait here.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from rag.errors import BusyError

FULL = "Đang có nhiều người hỏi cùng lúc: đã có {waiting} câu hỏi đang đợi."
TOLD_EVERY = 0.5  # seconds between two looks at the place in the line
_REMEMBERED = 32  # answers that the wait is estimated from


@dataclass(eq=False, slots=True)
class Place:
    """A place in the line.

    Attributes:
        started: When its turn came, on the monotonic clock; None before.
    """

    started: float | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far a place is from its turn.

    Attributes:
        ahead: How many questions are answered or wait before it.
        seconds: About how long it waits; None until an answer has been timed.
    """

    ahead: int
    seconds: float | None


class Line:
    """Who is answered now and who waits, first come, first served. Shared by all visitors and threads.

    Args:
        at_once: How many are answered at the same time.
        most_waiting: How many may wait.
    """

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._at_once, self._most_waiting = at_once, most_waiting
        self._changed = threading.Condition()
        self._places: list[Place] = []  # in their order; the first `at_once` are being answered
        self._taken: deque[float] = deque(maxlen=_REMEMBERED)

    def __len__(self) -> int:
        """How many are answered or wait now."""
        return len(self._places)

    @contextlib.contextmanager
    def place(self) -> Iterator[Place]:
        """A place at the end of the line for the length of a `with` block; in there, wait until it is `reached`.

        Raises:
            BusyError: As many wait as may.
        """
        place = Place()
        with self._changed:
            if len(self._places) >= self._at_once + self._most_waiting:
                raise self._full()
            self._places.append(place)
        try:
            yield place
            if place.started is not None:
                self._taken.append(time.monotonic() - place.started)
        finally:  # also when the visitor stops the answer or leaves
            with self._changed:
                self._places.remove(place)
                self._changed.notify_all()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, however long, and have it for the length of a `with` block.

        Raises:
            BusyError: As many wait as may.
        """
        with self.place() as place:
            while not self.reached(place, TOLD_EVERY):
                continue
            yield

    def reached(self, place: Place, within: float) -> bool:
        """Whether it is the turn of `place`, after waiting for that for at most `within` seconds."""
        with self._changed:
            came = self._changed.wait_for(lambda: self._places.index(place) < self._at_once, within)
        if came:
            place.started = time.monotonic()
        return came

    def waiting(self, place: Place) -> Waiting:
        """How many are ahead of `place`, and for about how long it waits."""
        with self._changed:
            ahead = self._places.index(place)
            return Waiting(ahead, self._seconds(ahead))

    def _seconds(self, ahead: int) -> float | None:
        """How long so many questions take, by the time that recent answers took."""
        return ahead / self._at_once * sum(self._taken) / len(self._taken) if self._taken else None

    def _full(self) -> BusyError:
        seconds = self._seconds(len(self._places))
        if seconds is None:
            return BusyError(FULL, "Hãy hỏi lại sau ít phút.", waiting=self._most_waiting)
        remedy = "Hãy hỏi lại sau khoảng {seconds} giây."
        return BusyError(FULL, remedy, waiting=self._most_waiting, seconds=whole_seconds(seconds))


def whole_seconds(seconds: float) -> int:
    """Seconds as a person is told them: whole, and at least one.

    Example:
        >>> whole_seconds(0.2)
        1
    """
    return max(1, round(seconds))
