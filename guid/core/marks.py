"""Where on a frame a label's marks and a qube's name tag belong, pixel by pixel; must not know how a frame is painted.

The sides are, from top to bottom: the outermost rows, always plain; the bottom side, the right side, the tag's room in
the top side, the outer itself. A side's marks count from its left or upper end.
"""

from __future__ import annotations

from typing import NamedTuple

from colors.patterns import Pattern, band
from guid.core.geometry import Extents, Rect


class Tag(NamedTuple):
    """A name tag. width, height: px. pixels: BGRX with X zero, rows top to bottom."""

    width: int
    height: int
    pixels: bytes


class Marks(NamedTuple):
    """The frame of one window.

    rgb, ink: 0xRRGGBB. outer: px, root coordinates. unit: device pixels a pixel of the pattern. tag: the name tag,
    which lies at the left of its room, as high as that; None: no room. rim, lining: how much of every side is its outer
    and its inner border, px.
    """

    rgb: int
    ink: int
    pattern: Pattern
    outer: Rect
    extents: Extents
    unit: int = 1
    tag: Tag | None = None
    rim: int = 0
    lining: int = 0

    @property
    def room(self) -> Rect | None:
        """What of the tag's room the other sides leave free: px, root coordinates."""
        (x, y, width, height), extents = self.outer, self.extents
        if self.tag is None:
            return None
        left, top = extents.left - self.lining, extents.top - self.lining - self.tag.height
        wide, high = width - left - extents.right + self.lining, height - top - extents.bottom + self.lining
        room = Rect(x + left, y + top, wide, min(self.tag.height, high))
        return room if room.width > 0 and room.height > 0 else None

    def row(self, x: int, y: int, width: int) -> bytes:
        """What `width` pixels of the frame look like from `x` on; px, root coordinates. BGRX."""
        room = self.room
        if room is None or not room.y <= y < room.y + room.height:
            return self._sides(x, y, width)
        before = min(max(0, room.x - x), width)
        end = max(before, min(room.x + room.width - x, width))
        inside = self._tagged(x + before - room.x, y - room.y, end - before)
        return self._sides(x, y, before) + inside + self._sides(x + end, y, width - end)

    def _tagged(self, left: int, top: int, width: int) -> bytes:
        """px, relative to the room."""
        if self.tag is None:
            return b""
        start, end = 4 * (top * self.tag.width + left), 4 * (top + 1) * self.tag.width
        drawn = self.tag.pixels[start : min(end, start + 4 * width)]
        return drawn + self.rgb.to_bytes(4, "little") * (width - len(drawn) // 4)

    def _sides(self, x: int, y: int, width: int) -> bytes:
        if not self.pattern.marks and not self.rim:
            return self.rgb.to_bytes(4, "little") * width
        colours = self.rgb.to_bytes(4, "little"), self.ink.to_bytes(4, "little")
        left, top = x - self.outer.x, y - self.outer.y
        return b"".join(colours[self._inked(left + column, top)] for column in range(width))

    def _inked(self, x: int, y: int) -> bool:
        """Whether there is no label's colour there but a mark or a border; px, relative to the outer."""
        right, bottom = self.outer.width - 1 - x, self.outer.height - 1 - y
        extents, lining = self.extents, self.lining
        if min(x, y, right, bottom) < max(1, self.rim):
            return self.rim > 0
        if bottom < extents.bottom - lining:
            return self._lies(bottom, extents.bottom, x)
        if right < extents.right - lining:
            return self._lies(right, extents.right, y)
        if lining and x >= extents.left - lining and y >= extents.top - lining:
            return True
        top = extents.top if self.tag is None else extents.top - self.tag.height
        return self._lies(y, top, x) or self._lies(x, extents.left, y)

    def _lies(self, depth: int, side: int, along: int) -> bool:
        """Whether a mark lies in a side of that thickness so deep from outside, at `along`."""
        first, end = band(side - self.rim - self.lining)
        return first <= depth - self.rim < end and self.pattern.marked(along, self.unit)
