"""Lets the person's input reach a qube a random while later, so that typing has no rhythm; must not know clock or dice.

Of a pointer that moves on while its last place still waits, only the newest place is told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from protocol import formats
from protocol.messages import MessageType

MAX_WAITING = 4_096
"""Messages; above it the oldest is told at once. A person makes some 100 a second besides motion, of which few wait
at a time: in the longest delay of 5 s that is 500. Nothing is ever dropped or changes its place."""

MOTION_BYTES = formats.HEADER.size + formats.MOTION.size
PREFIX_BYTES = 8
"""Type and window of a message, by which two motions are of the same window."""


class _Waiting(NamedTuple):
    message: bytes
    due_ms: int


class InputDelay:
    """A queue whose entries leave at random times, in order.

    max_ms: the longest delay. below: a number from 0 to below its argument, each as likely. Times are in s, of any
    clock that does not go back.
    Source: qubes-gui-daemon 4.3, events_max_delay (after kloak): the delay is drawn between the time left of the
    entry before and the longest.
    """

    def __init__(self, max_ms: int, below: Callable[[int], int]) -> None:
        self._max_ms = max_ms
        self._below = below
        self._queue: deque[_Waiting] = deque()
        self._last_due_ms = 0

    def put(self, message: bytes, now: float) -> None:
        """Let a whole message, or several that belong together, wait."""
        if self._queue and _is_motion(message) and _is_motion(self._queue[-1].message):
            last = self._queue[-1]
            if last.message[:PREFIX_BYTES] == message[:PREFIX_BYTES]:
                self._queue[-1] = _Waiting(message, last.due_ms)
                return
        now_ms = int(now * 1000)
        least_ms = min(max(self._last_due_ms - now_ms, 0), self._max_ms)
        self._last_due_ms = now_ms + least_ms + self._below(self._max_ms - least_ms + 1)
        self._queue.append(_Waiting(message, self._last_due_ms))

    def due(self, now: float) -> bytes:
        """All that has waited long enough, oldest first."""
        now_ms, told = int(now * 1000), bytearray()
        while self._queue and (self._queue[0].due_ms <= now_ms or len(self._queue) > MAX_WAITING):
            told += self._queue.popleft().message
        return bytes(told)

    def rest(self) -> bytes:
        """All that waits, at once."""
        told = b"".join(waiting.message for waiting in self._queue)
        self._queue.clear()
        return told

    def wait_s(self, now: float) -> float | None:
        """How long until something is due; None: nothing waits."""
        if not self._queue:
            return None
        return max(0.0, (self._queue[0].due_ms + 1) / 1000 - now) if len(self._queue) <= MAX_WAITING else 0.0


def _is_motion(message: bytes) -> bool:
    """Whether it is one motion and nothing else."""
    return len(message) == MOTION_BYTES and int.from_bytes(message[:4], "little") == MessageType.MOTION
