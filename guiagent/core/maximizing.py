"""Maximised windows of the qube: where they go and where they come back to. It must not know X or the wire.

The wire has no word for it: a program that maximises its window gets the work area, and is told that it is maximised
until it takes that back or the person gives the window another size.
"""

from __future__ import annotations

from typing import NamedTuple

from guiagent.core.values import Geometry

ANSWER_S = 1.0
"""So long after a program has maximised its window, another size from the desktop is its answer to that (it has panels
and frames that the qube does not know of); later it is the person who gives it."""


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
        area.x if horizontally else now.x,
        area.y if vertically else now.y,
        area.width if horizontally else now.width,
        area.height if vertically else now.height,
    )
