"""HTTP/1.1 as uvicorn speaks it, with an end to patience: who sends a request's head too slowly is cut off."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from rag.web.limits import LIMITS

HEAD_SECONDS = LIMITS.head_seconds


class PatientProtocol(H11Protocol):
    """A connection that is closed when no whole head of a request has come for `LIMITS.head_seconds`.

    uvicorn itself waits for ever for the first head, and for each later one as long as a byte comes now and then.
    """

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take what has come, and wait on if it is a part of a head."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._wait_for_head()
        elif self.conn.their_state is not h11.IDLE:
            self._wait_no_longer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _wait_no_longer(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _too_slow(self) -> None:
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing of WebSockets that are asked for: anyone could fill the log."""
