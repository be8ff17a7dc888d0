"""When something that was lost is tried again: soon, then ever later. It must not know what it is."""

from __future__ import annotations

from math import inf
from typing import Final

FIRST_S: Final = 1.0
MOST_S: Final = 60.0
"""Also how long it must have been there for the next loss to be the first one again: what one program of the qube does
to it again and again wakes nobody more often than that."""


class Backoff:
    """at: when to try, s of any clock; None: nothing is to be tried."""

    def __init__(self) -> None:
        self.at: float | None = None
        self._wait_s = FIRST_S
        self._since = inf

    def gained(self, now: float) -> None:
        """It is there."""
        self.at, self._since = None, now

    def lost(self, now: float) -> None:
        """It is gone, or could not be had."""
        if now - self._since >= MOST_S:
            self._wait_s = FIRST_S
        self.at, self._since = now + self._wait_s, inf
        self._wait_s = min(MOST_S, 2 * self._wait_s)
