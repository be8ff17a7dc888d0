"""How often a qube's session may end by itself and begin anew. It must not know what ended it, or the time of day.

now: seconds of a clock that never goes back.
"""

from __future__ import annotations

from collections import deque
from typing import Final

MAX_DEATHS: Final = 5
DEATH_WINDOW_S: Final = 600.0
"""An X server that ends more often than this is not worth another start. The same as for the daemons of the desktop."""


class Deaths:
    """One qube's sessions."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def another(self, now: float) -> bool:
        """A session has ended: whether one more begins."""
        while self._times and now - self._times[0] > DEATH_WINDOW_S:
            self._times.popleft()
        self._times.append(now)
        return len(self._times) <= MAX_DEATHS
