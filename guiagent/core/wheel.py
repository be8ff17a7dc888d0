"""Where the wheel of the qube's mouse stands. It must not know who turns it, nor how X is told.

Toolkits scroll by how far the axes of a wheel are from where they saw them last, so the axes only ever add up.
"""

from __future__ import annotations

from typing import Final, NamedTuple

MAX_TRAVEL: Final = 2**31 - 1
"""Units from zero either way: XTEST carries the axes as INT32. That is 17 million notches in one direction."""


class Axes(NamedTuple):
    """The two axes of a wheel; units of the device, right and down are more."""

    horizontal: int
    vertical: int


_NOTCHES: Final = {4: Axes(0, -1), 5: Axes(0, 1), 6: Axes(-1, 0), 7: Axes(1, 0)}


class Wheel:
    """at: where the axes stand; notch: units that each of them goes a notch."""

    def __init__(self, at: Axes, notch: Axes) -> None:
        self.at = at
        self._notch = notch

    def turned(self, button: int) -> Axes:
        """One notch by one of the four buttons: where the axes stand now. At its end it stays."""
        way = _NOTCHES[button]
        self.at = Axes(
            _within(self.at.horizontal + way.horizontal * self._notch.horizontal),
            _within(self.at.vertical + way.vertical * self._notch.vertical),
        )
        return self.at


def _within(units: int) -> int:
    return min(max(units, -MAX_TRAVEL), MAX_TRAVEL)
