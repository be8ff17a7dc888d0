"""Writes what the qube's X server has of one window: `python3 -I look.py WINDOW FILE`; knows no Vitrail.

What lies outside of the window's shape is nothing, and written as black.

The file: width, height, then left, right, top, bottom of the shadow (_GTK_FRAME_EXTENTS) as int32, then rows of BGRX.
"""

import struct
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, "/run/vitrail/agent.pyz")

from Xlib import X, display
from Xlib.ext import composite

ROWS = 256
BOUNDING = 0


def within(data: bytes, width: int, height: int, rectangles: Any) -> bytes:
    """The picture inside of `rectangles`."""
    made = bytearray(len(data))
    for each in rectangles:
        left, right = max(0, each.x), min(width, each.x + each.width)
        for y in range(max(0, each.y), min(height, each.y + each.height)):
            row = slice(4 * (y * width + left), 4 * (y * width + right))
            made[row] = data[row]
    return bytes(made)


def look(window_id: int, path: Path) -> None:
    dpy = display.Display()
    window: Any = dpy.create_resource_object("window", window_id)
    size = window.get_geometry()
    found = window.get_full_property(dpy.intern_atom("_GTK_FRAME_EXTENTS"), X.AnyPropertyType)
    shadow = [int(value) for value in found.value[:4]] if found is not None else [0] * 4
    pixmap: Any = composite.name_window_pixmap(window)
    data = b""
    for top in range(0, size.height, ROWS):
        reply = pixmap.get_image(0, top, size.width, min(ROWS, size.height - top), X.ZPixmap, 0xFFFFFFFF)
        data += reply.data if isinstance(reply.data, bytes) else reply.data.encode("latin-1")
    shaped = within(data, size.width, size.height, window.shape_get_rectangles(BOUNDING).rectangles)
    path.write_bytes(struct.pack("<6i", size.width, size.height, *shadow) + shaped)
    path.chmod(0o644)


if __name__ == "__main__":
    look(int(sys.argv[1]), Path(sys.argv[2]))
