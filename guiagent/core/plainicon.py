"""An icon of the time before alpha: a pixmap of one or many colours, and a mask. It must not know its window.

Source: ICCCM 4.1.2.4; X11 protocol, GetImage, of a server whose bits and bytes are in little-endian order.
"""

from __future__ import annotations

from typing import Final

from guiagent.core.icons import Picture

BITS: Final = 1
"""The depth of pixmaps that have a bit a pixel: 1 is drawn, 0 is what it is drawn on."""
COLOURED: Final = (24, 32)
PAD_BITS: Final = 32
"""Each row of bits takes a whole number of so many."""
SEEN: Final = 0xFF
DRAWN: Final = bytes.maketrans(b"01", b"\xff\x00")
"""A 1 is black, a 0 white."""
ALPHA: Final = bytes.maketrans(b"01", bytes([0, SEEN]))


def drawn_by(size: tuple[int, int], depth: int, image: bytes, mask: bytes) -> Picture | None:
    """The icon as a picture with alpha; None if the image is of a kind that no icon is, or too short.

    size: width and height, px. image, mask: the data of GetImage in Z format, the mask of depth 1; b"" for no mask.
    """
    width, height = size
    many = width * height
    if depth == BITS:
        level = _bits(size, image).translate(DRAWN)
        colours = bytearray(4 * len(level))
        colours[0::4] = colours[1::4] = colours[2::4] = level
    else:
        colours = bytearray(image[: 4 * many] if depth in COLOURED else b"")
    if len(colours) != 4 * many:
        return None
    shown = _bits(size, mask).translate(ALPHA) if mask else b""
    colours[3::4] = shown if len(shown) == many else bytes([SEEN]) * many
    return Picture(width, height, bytes(colours))


def _bits(size: tuple[int, int], data: bytes) -> bytes:
    """A digit for each pixel, 0 or 1; fewer if the data ends early."""
    width, height = size
    stride = -(-width // PAD_BITS) * PAD_BITS // 8
    rows = (
        int.from_bytes(data[at : at + stride], "little") for at in range(0, min(len(data), stride * height), stride)
    )
    return b"".join(f"{row:0{8 * stride}b}"[::-1][:width].encode() for row in rows)
