"""Training time that a pause does not use up."""

import statistics
import time

import torch

_REMEMBERED_STEPS = 50
_PAUSE_FACTOR = 10.0


class TrainingClock:
    """Counts seconds of training.

    On a CPU that is the process's CPU time over its threads: it stands still while the process is stopped, and slows
    down while others use the cores. On a GPU it is wall time; there a step of ten times the usual length is a pause.
    """

    def __init__(self, device: torch.device, used_seconds: float = 0.0) -> None:
        self.used_seconds = used_seconds
        self._on_cpu = device.type == "cpu"
        self._steps: list[float] = []
        self._last = self._now()

    def tick(self) -> float:
        """Count the time since the last tick; return the seconds used in all."""
        now = self._now()
        elapsed = now - self._last
        self._last = now
        if not self._on_cpu:
            if len(self._steps) >= 5:
                usual = statistics.median(self._steps)
                elapsed = usual if elapsed > _PAUSE_FACTOR * usual else elapsed
            self._steps = [*self._steps, elapsed][-_REMEMBERED_STEPS:]
        self.used_seconds += elapsed
        return self.used_seconds

    def _now(self) -> float:
        return time.process_time() / torch.get_num_threads() if self._on_cpu else time.perf_counter()
