"""Where windows of the qube may be. It must not know who says so, or who asks."""

from __future__ import annotations

from collections.abc import Sequence

from guiagent.core.values import Geometry


def free_area(told: Geometry | None, width: int, height: int) -> Geometry:
    """What panels of the desktop leave free of a root of this size, px; all of it if nobody says, or none is left.

    told: for the desktop's size, which the root may not have yet, or cannot have.
    """
    root = Geometry(0, 0, width, height)
    if told is None:
        return root
    return _common(told, root) or root


def room_for(window: Geometry, area: Geometry, monitors: Sequence[Geometry]) -> Geometry:
    """The part of `area` on the monitor that shows most of a window; on the nearest, where none shows any of it.

    All of `area` if no monitor is known, or none has a part of it.
    """
    parts = [part for monitor in monitors if (part := _common(monitor, area)) is not None]
    return max(parts, key=lambda part: _nearness(window, part), default=area)


def _common(one: Geometry, other: Geometry) -> Geometry | None:
    left, top = max(one.x, other.x), max(one.y, other.y)
    right, bottom = min(one.x + one.width, other.x + other.width), min(one.y + one.height, other.y + other.height)
    return Geometry(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _nearness(window: Geometry, part: Geometry) -> tuple[int, int]:
    """A greater one is nearer: what they have in common, px², then the gap between them, squared, negative."""
    common = _common(window, part)
    if common is not None:
        return common.width * common.height, 0
    across = max(part.x - window.x - window.width, window.x - part.x - part.width, 0)
    down = max(part.y - window.y - window.height, window.y - part.y - part.height, 0)
    return 0, -(across**2 + down**2)
