"""Which properties of which windows are read again, and when. It must not know what is in them.

A program that changes its title a thousand times a second is read fifty times a second, and its last title always is.
"""

from __future__ import annotations

from guiagent.core.values import WindowId

PACE_S = 0.020
"""A window's properties are read again at most so often; the first change is never waited with. About a frame."""
MAX_AT_ONCE = 64
"""Windows that are read in one turn, each with a round trip of some 0.1 ms: the rest has its turn within 10 ms."""


class Rereading:
    """Properties that have changed since they were read, by window, the one that has waited longest first."""

    def __init__(self) -> None:
        self._changed: dict[WindowId, dict[int, None]] = {}
        self._read_at: dict[WindowId, float] = {}

    def changed(self, window: WindowId, atom: int) -> None:
        """A property of a window is another one now."""
        self._changed.setdefault(window, {})[atom] = None

    def take(self, window: WindowId, now: float) -> dict[int, None]:
        """What is to be read of a window now, however short ago it was read; nothing if nothing has changed."""
        changed = self._changed.pop(window, {})
        if changed:
            self._read_at[window] = now
        return changed

    def due(self, now: float) -> list[WindowId]:
        """The windows whose turn it is."""
        due = [window for window in self._changed if self._next(window) <= now]
        return due[:MAX_AT_ONCE]

    def deadline(self) -> float | None:
        """When `due` has something to say; None if nothing waits."""
        return min(map(self._next, self._changed), default=None)

    def forget(self, window: WindowId) -> None:
        """The window is gone."""
        self._changed.pop(window, None)
        self._read_at.pop(window, None)

    def _next(self, window: WindowId) -> float:
        return self._read_at.get(window, float("-inf")) + PACE_S
