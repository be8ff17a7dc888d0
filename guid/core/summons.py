"""That the person has just asked for a program in this qube; must not know by which command, nor X.

The window that it brings may come forward, although another's is active; but only soon, and only if the person has not
gone to yet another window since: not every window manager compares the times of the last key presses.
"""

from __future__ import annotations

WAIT_S = 20.0
"""A program that has no window by then is not waited for any more; a machine under emulation takes longer."""


class Summons:
    """At most one wish of the person, good for one window."""

    def __init__(self) -> None:
        self._time_ms: int | None = None
        self._active = 0
        self._until = 0.0

    def made(self, time_ms: int, active: int, now: float) -> None:
        """The person asked at this time of the X server. active: the window then active. now: s, monotonic."""
        self._time_ms, self._active, self._until = time_ms, active, now + WAIT_S

    def take(self, active: int, now: float) -> int | None:
        """The time of the wish, for the window that is mapped now; None if there is none. active: as in `made`."""
        time_ms, self._time_ms = self._time_ms, None
        return time_ms if now <= self._until and active == self._active else None
