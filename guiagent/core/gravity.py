"""What a program's request for a place means, by its gravity and border width. It must not know windows or X events.

The qube's windows have no frame and get no border; the program may believe that it has one, and that some other point
than the corner at the top left stays where it is. Source: ICCCM 4.1.2.3 and 4.1.5.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from guiagent.core.values import Geometry

NORTH_WEST, STATIC = 1, 10
"""X's numbers (X11 protocol, section 1, "BITGRAVITY"); 1 to 9 go row by row, 10 means the content itself."""
_POINTS: Final = {number: ((number - 1) % 3, (number - 1) // 3) for number in range(1, 10)}
"""How many halves of the window lie left of and above the point that a gravity names."""


class Request(NamedTuple):
    """Of a ConfigureRequest, what is about the place: None for what it leaves as it is; px."""

    x: int | None = None
    y: int | None = None
    width: int | None = None
    height: int | None = None


def granted(now: Geometry, asked: Request, *, gravity: int, border: int) -> Geometry:
    """Where the content goes.

    now: where it is. border: the width that the program believes to have, px. An unknown gravity is taken as NorthWest.
    """
    width = now.width if asked.width is None else asked.width
    height = now.height if asked.height is None else asked.height
    if gravity == STATIC:
        x = now.x if asked.x is None else asked.x + border
        y = now.y if asked.y is None else asked.y + border
    else:
        across, down = _POINTS.get(gravity, (0, 0))
        x = _kept(now.x, now.width - width, across) if asked.x is None else asked.x + across * border
        y = _kept(now.y, now.height - height, down) if asked.y is None else asked.y + down * border
    return Geometry(x, y, width, height).inside_limits()


def _kept(corner: int, shrunk: int, halves: int) -> int:
    return corner + shrunk * halves // 2
