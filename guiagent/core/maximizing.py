"""Maximised windows of the qube: where they go and where they come back to. It must not know X or the wire.

The wire has no word for it: a program that maximises its window gets the screen, and is told that it is maximised
until it takes that back or the person gives the window another size. The desktop puts its frame and its title bar round
what it is told, so room is left for them: a window whose frame lies outside the screen would not show whose it is.
"""

from __future__ import annotations

from typing import NamedTuple

from guiagent.core.values import Geometry

ANSWER_S = 1.0
"""So long after a program has maximised its window, another size from the desktop is its answer to that (it has panels
and frames that the qube does not know of); later it is the person who gives it."""
ROOM_AT_TOP_PX, ROOM_AT_SIDES_PX = 32, 8
"""What is left for the desktop: the frame of 3 px, and a usual window manager's border (up to 5) and title bar (up to
29: openbox 20, xfwm4 24, each with its default theme)."""


class Maximized(NamedTuple):
    """restore: where the window comes back to. since: when it was maximised, by the loop's clock (s)."""

    restore: Geometry
    since: float

    def is_answer(self, now: float) -> bool:
        """Whether the desktop may still be answering."""
        return now < self.since + ANSWER_S


def maximized(now: Geometry, area: Geometry, *, vertically: bool, horizontally: bool) -> Geometry:
    """The place of a window that is maximised so in an area; px, root coordinates."""
    return Geometry(
        area.x + ROOM_AT_SIDES_PX if horizontally else now.x,
        area.y + ROOM_AT_TOP_PX if vertically else now.y,
        max(area.width - 2 * ROOM_AT_SIDES_PX, 1) if horizontally else now.width,
        max(area.height - ROOM_AT_TOP_PX - ROOM_AT_SIDES_PX, 1) if vertically else now.height,
    )
