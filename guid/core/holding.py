"""Input that is held back while the desktop's keyboard gets another layout; must not know layouts, nor what it says.

The keys are new at once, and their names come some milliseconds later, from the program that brought them. A key typed
between belongs to the new layout, of which the qube must hear first.
"""

from __future__ import annotations

from typing import Final

HOLD_S: Final = 0.1
"""Longer than setxkbmap takes from the one to the other (measured: 1 to 3 ms); then the names stay what they are."""
MAX_HELD_BYTES: Final = 65_536
"""2,000 messages; a person does not get that far in 0.1 s."""


class LayoutHold:
    """Whole messages for one agent. Times are in s, of a clock that does not go back. open: nothing is held."""

    def __init__(self) -> None:
        self.open = True
        self._held = bytearray()
        self._until: float | None = None

    def begin(self, now: float) -> None:
        """The keys are others now, their names are to come."""
        if self._until is None:
            self.open, self._until = False, now + HOLD_S

    def end(self) -> bytes:
        """The names are told, or there is nobody to tell them to: all that was held."""
        self.open, self._until = True, None
        held = bytes(self._held)
        self._held.clear()
        return held

    def put(self, told: bytes) -> bytes:
        """Messages for the agent; returns what may go now."""
        if self._until is None:
            return told
        self._held += told
        return self.end() if len(self._held) > MAX_HELD_BYTES else b""

    def due(self, now: float) -> bytes:
        """What has been held long enough."""
        return self.end() if self.wait_s(now) == 0.0 else b""

    def wait_s(self, now: float) -> float | None:
        """When `due` has something to do, s from `now`; None: nothing is held."""
        return None if self._until is None else max(0.0, self._until - now)
