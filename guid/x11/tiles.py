"""The pixmaps with a label's marks that the X server tiles frames with; must not know windows.

One tile serves both directions of a frame: along its top it has the marks of a horizontal side, along its left those
of a vertical one, and a period later it begins anew. What else lies in it, the content covers. A corner is plain,
because no mark begins nearer to a side's beginning than a side is thick (LEAD_PX).
"""

from __future__ import annotations

import struct
from typing import Final

from Xlib import X

from colors.labels import Label
from colors.patterns import band
from guid.core.geometry import Extents
from guid.x11.desktop import Desktop
from guid.x11.visual import DEPTH

CREATE_PIXMAP, FREE_PIXMAP, CHANGE_GC, POLY_FILL_RECTANGLE = 53, 54, 56, 70
NO_TILES: Final = (None, None, None)

Band = tuple[int, int]
"""From which row or column on, and up to which, px in the window that has them; the end is exclusive."""
NOWHERE: Final = (0, 0)


class Tiles:
    """The tiles of one label on one desktop, each made when it is first wanted; a plain label has none.

    unit: device pixels a pixel of the pattern.
    """

    def __init__(self, desktop: Desktop, label: Label, unit: int = 1) -> None:
        self._desktop = desktop
        self._label = label
        self._unit = unit
        self._made: dict[tuple[Band, Band], int] = {}

    def of(self, extents: Extents) -> tuple[int | None, int | None, int | None]:
        """The backgrounds of outer, right strip and bottom strip; None: the plain colour."""
        if not self._label.pattern.marks:
            return NO_TILES
        return (
            self._tile(band(extents.top), band(extents.left)),
            self._tile(NOWHERE, _from_inside(extents.right)),
            self._tile(_from_inside(extents.bottom), NOWHERE),
        )

    def close(self) -> None:
        """Free them; a window that has one keeps it."""
        for pixmap in self._made.values():
            self._desktop.x.send(struct.pack("<BBHI", FREE_PIXMAP, 0, 2, pixmap), 1)
            self._desktop.x.free_id(pixmap)
        self._made.clear()

    def _tile(self, above: Band, beside: Band) -> int:
        made = self._made.get((above, beside))
        if made is None:
            made = self._made[above, beside] = self._draw(above, beside)
        return made

    def _draw(self, above: Band, beside: Band) -> int:
        """above: the rows of horizontal marks; beside: the columns of vertical ones."""
        desktop, unit = self._desktop, self._unit
        side = self._label.pattern.period * unit
        marks = []
        for start, length in self._label.pattern.marks:
            at, long = start * unit, length * unit
            marks.append(struct.pack("<hhHH", at, above[0], long, above[1] - above[0]))
            marks.append(struct.pack("<hhHH", beside[0], at, beside[1] - beside[0], long))
        pixmap = desktop.x.allocate_id()
        requests = [
            struct.pack("<BBHIIHH", CREATE_PIXMAP, DEPTH, 4, pixmap, desktop.root_id, side, side),
            self._ink(self._label.rgb),
            self._fill(pixmap, [struct.pack("<hhHH", 0, 0, side, side)]),
            self._ink(self._label.ink),
            self._fill(pixmap, marks),
        ]
        desktop.x.send(b"".join(requests), len(requests))
        return pixmap

    def _ink(self, rgb: int) -> bytes:
        pixel = self._desktop.pixel(rgb)
        return struct.pack("<BBHIII", CHANGE_GC, 0, 4, self._desktop.gc, X.GCForeground, pixel)

    def _fill(self, pixmap: int, rectangles: list[bytes]) -> bytes:
        head = struct.pack("<BBHII", POLY_FILL_RECTANGLE, 0, 3 + 2 * len(rectangles), pixmap, self._desktop.gc)
        return head + b"".join(rectangles)


def _from_inside(thickness: int) -> Band:
    """Where marks lie in a strip at the right or bottom, which begins at the content."""
    first, end = band(thickness)
    return thickness - end, thickness - first
