"""One number for a picture, the same on both sides of a boundary. Knows no window."""

from __future__ import annotations

import zlib
from typing import Any

from Xlib import X


def checksum(drawable: Any, x: int, y: int, width: int, height: int) -> int:
    """Of the colours of a rectangle of a 24-bit drawable; the fourth byte of a pixel has no meaning."""
    reply = drawable.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF)
    data = reply.data if isinstance(reply.data, bytes) else reply.data.encode("latin-1")
    total = 0
    for plane in range(3):
        total = zlib.crc32(data[plane::4], total)
    return total
