"""The line of questions: some are answered at once, some wait and are told how long, who comes beyond that is refused.

Gradio's own queue is kept for each page and says nothing in the page's language, so the pages of every language, the
endpoints and the MCP tools wait here. Visitors take turns: however many questions one of them sends, the first of
another comes before the second, and where the line is full, it takes the last place of whoever has the most.
"""

import contextlib
import threading
import time
from collections import Counter, deque
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
        visitor: Whose it is.
        round: Places of a lower round come first; each further question of one visitor is in a later one.
        started: When its turn came, on the monotonic clock; None before.
        taken: Whether a visitor with fewer questions has been given it.
    """

    visitor: str
    round: int
    started: float | None = None
    taken: bool = False


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
    """Who is answered now and who waits, each visitor in turn. Shared by all visitors and threads.

    Args:
        at_once: How many are answered at the same time.
        most_waiting: How many may wait.
    """

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._at_once, self._most_waiting = at_once, most_waiting
        self._changed = threading.Condition()
        self._places: list[Place] = []  # in their order; the first `at_once` are being answered
        self._taken: deque[float] = deque(maxlen=_REMEMBERED)
        self._closed = False

    def __len__(self) -> int:
        """How many are answered or wait now."""
        return len(self._places)

    @contextlib.contextmanager
    def place(self, visitor: str = "") -> Iterator[Place]:
        """A place in the line for the length of a `with` block; in there, wait until it is `reached`.

        Args:
            visitor: Who asks.

        Raises:
            BusyError: As many wait as may, and nobody has more places than this visitor would have.
        """
        with self._changed:
            if self._closed:
                raise _closing()
            place = Place(visitor, self._next_round(visitor))
            if len(self._places) >= self._at_once + self._most_waiting:
                self._make_room(visitor)
            self._places.insert(self._end_of_round(place.round), place)
            self._changed.notify_all()
        try:
            yield place
            if place.started is not None:
                self._taken.append(time.monotonic() - place.started)
        finally:  # also when the visitor stops the answer or leaves
            with self._changed:
                if not place.taken:
                    self._places.remove(place)
                self._changed.notify_all()

    def _next_round(self, visitor: str) -> int:
        """The round after the visitor's last; the present one for who has no question in the line."""
        now = max((place.round for place in self._places[: self._at_once]), default=0)
        return max((place.round + 1 for place in self._places if place.visitor == visitor), default=now)

    def _end_of_round(self, number: int) -> int:
        """Where a place of this round goes: behind all of it, and behind those whose turn it is."""
        index = len(self._places)
        while index > self._at_once and self._places[index - 1].round > number:
            index -= 1
        return index

    def _make_room(self, visitor: str) -> None:
        """Take the last waiting place of the visitor who has the most, if that is more than this one would have.

        Raises:
            BusyError: Nobody has.
        """
        counts = Counter(place.visitor for place in self._places)
        waiting = self._places[self._at_once :]
        last = max(waiting, key=lambda place: (counts[place.visitor], place.round), default=None)
        if last is None or counts[last.visitor] <= counts[visitor] + 1:
            raise self._full()
        last.taken = True
        self._places.remove(last)

    @contextlib.contextmanager
    def turn(self, visitor: str = "") -> Iterator[None]:
        """Wait for the turn, however long, and have it for the length of a `with` block.

        Raises:
            BusyError: As many wait as may.
        """
        with self.place(visitor) as place:
            while not self.reached(place, TOLD_EVERY):
                continue
            yield

    def reached(self, place: Place, within: float) -> bool:
        """Whether it is the turn of `place`, after waiting for that for at most `within` seconds.

        Raises:
            BusyError: Another visitor has been given the place, or the line is closed.
        """
        with self._changed:
            came = self._changed.wait_for(
                lambda: place.taken or self._closed or self._places.index(place) < self._at_once, within
            )
            if self._closed and place.started is None:
                raise _closing()
            if place.taken:
                raise self._full()
        if came:
            place.started = time.monotonic()
        return came

    def close(self, within: float) -> None:
        """Let nobody in any more, send away who waits, and wait for those being answered, at most `within` seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: all(place.started is None for place in self._places), within)

    def waiting(self, place: Place) -> Waiting:
        """How many are ahead of `place`, and for about how long it waits."""
        with self._changed:
            ahead = len(self._places) if place.taken else self._places.index(place)
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


def _closing() -> BusyError:
    return BusyError("Trang đang dừng.", "Hãy hỏi lại sau ít phút.")


def whole_seconds(seconds: float) -> int:
    """Seconds as a person is told them: whole, and at least one.

    Example:
        >>> whole_seconds(0.2)
        1
    """
    return max(1, round(seconds))
