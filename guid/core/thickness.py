"""How thick frames are, by the desktop's scale; must not know where the scale is from.

It does not follow a scale that changes: a daemon keeps what the desktop had when it began, so that all frames of a
qube are alike.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from guid.core.geometry import Extents

POPUP_FRAME_PX = 2
MANAGED_FRAME_PX = 3
"""Frame widths at scale 1, and the least there are. Source: DESIGN, "The frame cannot be missing"."""

MOST_TIMES: Final = 4.0
"""Desktops are drawn up to four times as large: GDK_SCALE goes no further. What says more is not believed."""


class Thickness(NamedTuple):
    """The frames of popups and of managed windows. unit: device pixels a pixel of a label's pattern."""

    popup: Extents
    managed: Extents
    unit: int = 1


def thickness_at(scale: float) -> Thickness:
    """scale: how many times as large as with 96 dots an inch the desktop draws; below 1 frames are no thinner."""
    times = min(max(1.0, scale), MOST_TIMES)
    popup, managed = (int(px * times + 0.5) for px in (POPUP_FRAME_PX, MANAGED_FRAME_PX))
    return Thickness(Extents(*[popup] * 4), Extents(*[managed] * 4), int(times + 0.5))


THIN: Final = thickness_at(1.0)
