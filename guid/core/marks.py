"""Where on a frame a label's marks belong, pixel by pixel; must not know how a frame is painted, nor a picture.

The sides are, from top to bottom: the outermost rows, always plain; the bottom side, the right side, the outer itself.
A side's marks count from its left or upper end.
"""

from __future__ import annotations

from typing import NamedTuple

from colors.patterns import Pattern, band
from guid.core.geometry import Extents, Rect


class Marks(NamedTuple):
    """The frame of one window.

    rgb, ink: 0xRRGGBB. outer: px, root coordinates. unit: device pixels a pixel of the pattern.
    """

    rgb: int
    ink: int
    pattern: Pattern
    outer: Rect
    extents: Extents
    unit: int = 1

    def row(self, x: int, y: int, width: int) -> bytes:
        """What `width` pixels of the frame look like from `x` on; px, root coordinates. BGRX."""
        if not self.pattern.marks:
            return self.rgb.to_bytes(4, "little") * width
        colours = self.rgb.to_bytes(4, "little"), self.ink.to_bytes(4, "little")
        left, top = x - self.outer.x, y - self.outer.y
        return b"".join(colours[self._marked(left + column, top)] for column in range(width))

    def _marked(self, x: int, y: int) -> bool:
        """px, relative to the outer."""
        right, bottom = self.outer.width - 1 - x, self.outer.height - 1 - y
        if min(x, y, right, bottom) < 1:
            return False
        extents = self.extents
        if bottom < extents.bottom:
            return self._lies(bottom, extents.bottom, x)
        if right < extents.right:
            return self._lies(right, extents.right, y)
        return self._lies(y, extents.top, x) or self._lies(x, extents.left, y)

    def _lies(self, depth: int, thickness: int, along: int) -> bool:
        """Whether a mark lies in a side of that thickness so deep from outside, at `along`."""
        first, end = band(thickness)
        return first <= depth < end and self.pattern.marked(along, self.unit)
