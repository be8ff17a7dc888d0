"""Input that waits while the qube's keyboard gets another layout. It must not know layouts, nor what the input does.

A keycode means what the layout makes of it when it is pressed, and a new layout takes a program of its own some 50 ms.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from protocol.messages import MessageType

MAX_WAIT_S: Final = 2.0
"""Forty times what a layout takes; then the keys go on with the one that is there."""
MAX_WAITING: Final = 1_024
"""Messages. A pointer makes up to 1,000 a second, and 50 ms is the usual wait."""

INPUT: Final = frozenset(
    {
        MessageType.KEYPRESS,
        MessageType.BUTTON,
        MessageType.MOTION,
        MessageType.CROSSING,
        MessageType.FOCUS,
        MessageType.KEYMAP_NOTIFY,
        MessageType.KEYBOARD,
    }
)
"""All that may not change places with a key: a click gives the keys behind it to another window."""


class Order(NamedTuple):
    """A message of the daemon as it came."""

    message: int
    window: int
    body: bytes


class WaitingInput:
    """A queue that is open most of the time. until: when it opens whatever happens, by the clock; None: it is open."""

    def __init__(self) -> None:
        self.until: float | None = None
        self._queue: deque[Order] = deque()

    def close(self, now: float) -> None:
        """Let input wait from now on; what waits already goes first when `next` is asked."""
        self.until = now + MAX_WAIT_S

    def open(self) -> None:
        """Let input through."""
        self.until = None

    def keeps(self, order: Order) -> bool:
        """Whether this message waits: kept here until `next` gives it."""
        if order.message not in INPUT or (self.until is None and not self._queue):
            return False
        self._queue.append(order)
        return True

    @property
    def full(self) -> bool:
        """More waits than may: it is to be let through."""
        return len(self._queue) > MAX_WAITING

    def next(self) -> Order | None:
        """The oldest message that waits, if the queue is open."""
        return self._queue.popleft() if self._queue and self.until is None else None

    def clear(self) -> None:
        """Whoever sent all that is gone."""
        self.until = None
        self._queue.clear()
