"""Time as far as this process has lived through it; must not know a clock.

A process that was stopped, or a machine that slept, finds every deadline gone by at once, and what came in time still
unread. So a stretch in which nothing could be looked at counts for little, however long it was.
"""

from __future__ import annotations

STEP_S = 1.0
"""The most that may pass at once. Whoever waits for a deadline wakes up so often."""


class Awake:
    """A clock for deadlines. now: seconds since it began, at the last `look`."""

    def __init__(self, clock_s: float) -> None:
        self.now = 0.0
        self._looked_at = clock_s

    def look(self, clock_s: float) -> float:
        """Return `now`, once for each turn of a loop. clock_s: a clock that never goes back."""
        passed_s = clock_s - self._looked_at
        if passed_s > 0.0:
            self.now += passed_s if passed_s < STEP_S else STEP_S
        self._looked_at = clock_s
        return self.now
