"""When a daemon that ended is started again; must not know processes or the time of day.

now: seconds of a clock that never goes back.
"""

from __future__ import annotations

from collections import deque

MAX_RESTARTS = 5
RESTART_WINDOW_S = 600.0
"""A daemon that crashed is started again at most so often in so long."""

FIRST_LOOK_S = 0.25
MAX_LOOK_S = 4.0
"""How often a lost display is looked for: after the first time, doubled each time up to the second."""


class Restarts:
    """One qube's daemons."""

    def __init__(self) -> None:
        self._crashes: deque[float] = deque()
        self._look_s = FIRST_LOOK_S

    def crashed(self, now: float) -> bool:
        """A daemon crashed: whether another is started."""
        while self._crashes and now - self._crashes[0] > RESTART_WINDOW_S:
            self._crashes.popleft()
        self._crashes.append(now)
        return len(self._crashes) <= MAX_RESTARTS

    def display_missed(self, now: float) -> float:
        """The display is not there: when to look again."""
        at = now + self._look_s
        self._look_s = min(2 * self._look_s, MAX_LOOK_S)
        return at

    def displayed(self) -> None:
        """The display is there."""
        self._look_s = FIRST_LOOK_S
