"""The body of a request, read within limits of size and time."""

import asyncio
import time

from starlette.types import Message, Receive


class BodyTooLargeError(Exception):
    """More bytes came than may."""


class BodyTooSlowError(Exception):
    """The body did not arrive in time, or its sender has gone."""


async def whole_body(receive: Receive, most: int, seconds: float) -> bytes:
    """The body of a request.

    Args:
        receive: Where it comes from.
        most: Largest size, in bytes.
        seconds: How long it may take.

    Raises:
        BodyTooLargeError: It is larger.
        BodyTooSlowError: It took longer, or broke off.
    """
    parts, size, more = [], 0, True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise BodyTooSlowError
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    raise BodyTooLargeError
                more = message.get("more_body", False)
    except TimeoutError as error:
        raise BodyTooSlowError from error
    return b"".join(parts)


def given_again(body: bytes, receive: Receive) -> Receive:
    """As `receive`, with this body in the place of the one that was read."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class BoundedBody:
    """A body that is too large to be held, for an app to read: it breaks off where it is too large or too slow.

    Args:
        receive: Where it comes from.
        most: Largest size, in bytes.
        seconds: How long it may take.

    Attributes:
        size: Bytes that have come.
        too_large: Whether it broke off for its size.
        too_slow: Whether it broke off for its time.
    """

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self._receive, self._most, self._until = receive, most, time.monotonic() + seconds
        self.size = 0
        self._whole = self.too_large = self.too_slow = False

    async def receive(self) -> Message:
        """As ASGI's `receive`."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            self.too_slow = True
            return {"type": "http.disconnect"}
        self.size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self.size > self._most:
            self.too_large = True
            return {"type": "http.disconnect"}
        return message
