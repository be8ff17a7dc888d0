"""How the glyphs of the X cursor font look on this server. It must not know who asks for them.

A program that draws a glyph itself gives its cursor no name. Sources: X11 protocol, CreateGlyphCursor: a glyph with an
even number has its mask in the next one, and its hotspot at the origin; QueryFont, ImageText8, GetImage.
"""

from __future__ import annotations

from typing import Any, Final

from Xlib import X

from guiagent.core.cursors import GLYPHS, Shape, parts_of
from shm.x11.connection import XConnection

FONT: Final = "cursor"
SOURCE_AND_MASK: Final = 2
CELL_PX: Final = 64
"""Every glyph fits into a cell, with its origin in the middle: the largest are 16 px from it."""
COLUMNS: Final = 11


def glyph_shapes(connection: XConnection) -> dict[Shape, int]:
    """Shape → glyph. Two round trips, and a request for each glyph; {} if the server has no such font."""
    display: Any = connection.display
    root = display.screen().root
    font = display.open_font(FONT)
    if font is None:
        return {}
    rows = -(-len(GLYPHS) * SOURCE_AND_MASK // COLUMNS)
    width, height = COLUMNS * CELL_PX, rows * CELL_PX
    pixmap = root.create_pixmap(width, height, 1)
    gc = pixmap.create_gc(foreground=0, background=0, font=font, graphics_exposures=False)
    pixmap.fill_rectangle(gc, 0, 0, width, height)
    gc.change(foreground=1)
    for glyph in range(SOURCE_AND_MASK * len(GLYPHS)):
        pixmap.image_text(gc, *_origin(glyph), bytes([glyph]))
    metrics = font.query()
    bits = _Bits(display, pixmap.get_image(0, 0, width, height, X.ZPixmap, 1), width)
    found: dict[Shape, int] = {}
    for glyph in GLYPHS.values():
        mask = metrics.char_infos[glyph + 1 - metrics.min_char_or_byte2]
        columns = range(mask.left_side_bearing, mask.right_side_bearing)
        lines = range(-mask.ascent, mask.descent)
        (ink_x, ink_y), (mask_x, mask_y) = _origin(glyph), _origin(glyph + 1)
        parts = parts_of(
            bits.at(ink_x + x, ink_y + y) if bits.at(mask_x + x, mask_y + y) else None for y in lines for x in columns
        )
        shape = Shape(len(columns), len(lines), -mask.left_side_bearing, mask.ascent, parts)
        found.setdefault(shape, glyph)
    for resource in (gc, pixmap):
        resource.free()
    font.close()
    connection.drain()
    return found


def _origin(glyph: int) -> tuple[int, int]:
    """Where a glyph is drawn, px."""
    return glyph % COLUMNS * CELL_PX + CELL_PX // 2, glyph // COLUMNS * CELL_PX + CELL_PX // 2


class _Bits:
    """A bitmap as GetImage returns it. Source: X11 protocol, section 1, "Common Types", bitmap formats."""

    def __init__(self, display: Any, reply: Any, width: int) -> None:
        info = display.display.info
        pad = next(form.scanline_pad for form in info.pixmap_formats if form.depth == 1)
        self._stride = -(-width // pad) * pad // 8
        self._data = bytes(reply.data if isinstance(reply.data, bytes) else reply.data.encode("latin-1"))
        self._least_first = info.bitmap_format_bit_order == X.LSBFirst

    def at(self, x: int, y: int) -> int:
        """One pixel, 0 or 1."""
        shift = x & 7 if self._least_first else 7 - (x & 7)
        return int(self._data[y * self._stride + (x >> 3)]) >> shift & 1
