"""Which icons of the service wait for their window, and how fast they come; must not know X, nor a stream.

A sender tells icons before its windows are on the desktop. Each qube has a post of its own, so that none can push out
another's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container
from typing import Final

from colors.iconimage import IconImage
from guid.core.iconstream import StreamedIcon
from guid.core.values import RemoteId

MAX_WAITING: Final = 16
"""Icons for windows that are not there (yet): 64 KiB each. The receiver of Qubes OS keeps 5, of all qubes together."""
AT_ONCE: Final = 64
"""So many icons are taken without a pause, and so many a second from then on."""
A_SECOND: Final = 20.0


class IconPost:
    """One qube's icons. now: seconds of a clock that never goes back."""

    def __init__(self, now: float) -> None:
        self._waiting: OrderedDict[RemoteId, IconImage] = OrderedDict()
        self._credit = float(AT_ONCE)
        self._counted_at = now

    def arrived(self, icon: StreamedIcon) -> None:
        """An icon came; one that waits for the same window is of no use any more."""
        self._credit -= 1
        self._waiting.pop(icon.window, None)
        self._waiting[icon.window] = icon.image
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popitem(last=False)

    def deliverable(self, there: Container[RemoteId]) -> list[StreamedIcon]:
        """What waits for windows that are there, forgotten here."""
        found = [window for window in self._waiting if window in there]
        return [StreamedIcon(window, self._waiting.pop(window)) for window in found]

    def wait_s(self, now: float) -> float:
        """How long not to read; 0: go on."""
        self._credit = min(self._credit + A_SECOND * (now - self._counted_at), float(AT_ONCE))
        self._counted_at = now
        return max(0.0, (1 - self._credit) / A_SECOND)
