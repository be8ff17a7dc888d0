"""What is to be drawn of each window, until the shell takes it; must not know how it is drawn."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from guid.core.values import RemoteId
from guid.core.window import Window
from shm.damage import Rect, coalesce

MAX_PENDING_RECTS = 256
"""Rectangles kept apart for one window while a draw is in flight; with more they become their coalesced form."""
MAX_RECTS_WITHOUT_PICTURE = 8
"""The same for a window that has no picture yet: 1,024 of those could otherwise hold 80 MB of rectangles."""


class Damage:
    """Rectangles of the windows `windows`.

    pending: window → rectangles (px, content-relative), in the order in which they came.
    """

    def __init__(self, windows: Mapping[RemoteId, Window]) -> None:
        self.pending: dict[RemoteId, dict[Rect, None]] = {}
        self._windows = windows

    def add(self, remote: RemoteId, rect: Rect) -> None:
        """A part of a window that there is. The hot path."""
        rects = self.pending.get(remote)
        if rects is None:
            rects = self.pending[remote] = {}
        rects[rect] = None
        if len(rects) > MAX_RECTS_WITHOUT_PICTURE and (
            len(rects) > MAX_PENDING_RECTS or self._windows[remote].image is None
        ):
            self.pending[remote] = _bounding(rects)

    def exposed(self, remote: RemoteId, rect: Rect) -> None:
        """The desktop has uncovered a part of the content of a window, if that is still there."""
        if remote in self._windows:
            self.add(remote, rect)

    def forget(self, remote: RemoteId) -> None:
        """Nothing of it is drawn any more."""
        self.pending.pop(remote, None)

    def take(self, ready: Container[RemoteId]) -> dict[RemoteId, list[Rect]]:
        """What is to be drawn of the windows `ready`, coalesced; forgotten here. The rest stays for later."""
        taken: dict[RemoteId, list[Rect]] = {}
        damaged, self.pending = self.pending, {}
        for remote, rects in damaged.items():
            if remote in ready:
                taken[remote] = coalesce(rects) if len(rects) > 1 else list(rects)
            else:
                self.pending[remote] = rects
        return taken

    def put_back(self, remote: RemoteId, rects: Iterable[Rect]) -> None:
        """What could not be drawn now after all."""
        for rect in rects:
            self.add(remote, rect)


def _bounding(rects: dict[Rect, None]) -> dict[Rect, None]:
    left, top = min(rect[0] for rect in rects), min(rect[1] for rect in rects)
    right, bottom = max(rect[0] + rect[2] for rect in rects), max(rect[1] + rect[3] for rect in rects)
    return {(left, top, right - left, bottom - top): None}
