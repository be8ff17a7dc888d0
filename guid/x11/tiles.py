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

    def of(
        self, extents: Extents, tag_px: int = 0, *, bordered: bool = False
    ) -> tuple[int | None, int | None, int | None]:
        """The backgrounds of outer, right strip and bottom strip; None: the plain colour.

        tag_px: so much of the upper side is a name tag's room, where no marks are. bordered: with rim and lining.
        """
        if not self._label.pattern.marks:
            return NO_TILES
        thickness = self._desktop.thickness
        borders = (thickness.rim_px, thickness.lining_px) if bordered else (0, 0)
        return (
            self._tile(_lies(extents.top - tag_px, borders), _lies(extents.left, borders)),
            self._tile(NOWHERE, _from_inside(extents.right, borders)),
            self._tile(_from_inside(extents.bottom, borders), NOWHERE),
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


def _lies(side_px: int, borders: tuple[int, int]) -> Band:
    """Where marks lie in a side, px from the outside. borders: how much of it is its rim and its lining, px."""
    rim, lining = borders
    first, end = band(side_px - rim - lining)
    return rim + first, rim + end


def _from_inside(side_px: int, borders: tuple[int, int]) -> Band:
    """Where marks lie in a strip at the right or bottom, which begins where the label's colour does."""
    first, end = _lies(side_px, borders)
    strip_px = side_px - borders[1]
    return strip_px - end, strip_px - first
