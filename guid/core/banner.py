"""When the banner that names a fullscreen qube is on the screen; must not know what it looks like, or X.

It comes when a window becomes fullscreen by its own wish, and when the pointer touches the top of the screen; nothing
that the qube does takes it away before its time, but giving up fullscreen.
"""

from __future__ import annotations

from typing import Final

from guid.core.values import RemoteId

BANNER_S: Final = 5.0
"""Long enough to read two lines of text that one did not expect."""


class BannerTime:
    """The banner of one qube: there is one, whatever number of its windows is fullscreen.

    over: the window at whose top it is shown, None while it is not.
    """

    def __init__(self) -> None:
        self.over: RemoteId | None = None
        self._until: dict[RemoteId, float] = {}

    def entered(self, window: RemoteId, now: float, *, own: bool) -> None:
        """A window became fullscreen, or is so still. own: by its own wish; who made it so by hand knows what it is."""
        if window not in self._until:
            self._until[window] = now + BANNER_S if own else now
            self.due(now)

    def left(self, window: RemoteId, now: float) -> None:
        """A window is not fullscreen any more, or gone; another one may still have time left."""
        self._until.pop(window, None)
        self.due(now)

    def touched(self, window: RemoteId, now: float) -> None:
        """The pointer touches the top of the screen that `window` covers."""
        if window in self._until:
            self._until[window] = now + BANNER_S
            self.due(now)

    def wait_s(self, now: float) -> float | None:
        """For how long it is still shown; None while it is not."""
        return max(0.0, self._until[self.over] - now) if self.over is not None else None

    def due(self, now: float) -> None:
        """Time has passed: it is over the window that has most of it left."""
        latest = max(self._until, key=lambda window: self._until[window], default=None)
        self.over = latest if latest is not None and now < self._until[latest] else None
