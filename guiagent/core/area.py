"""Where windows of the qube may be. It must not know who says so, or who asks."""

from __future__ import annotations

from guiagent.core.values import Geometry


def free_area(told: Geometry | None, width: int, height: int) -> Geometry:
    """What panels of the desktop leave free of a root of this size, px; all of it if nobody says, or none is left.

    told: for the desktop's size, which the root may not have yet, or cannot have.
    """
    if told is None:
        return Geometry(0, 0, width, height)
    left, top = max(0, told.x), max(0, told.y)
    right, bottom = min(told.x + told.width, width), min(told.y + told.height, height)
    if right <= left or bottom <= top:
        return Geometry(0, 0, width, height)
    return Geometry(left, top, right - left, bottom - top)
