"""Pixels of an X server as arrays, through plain core GetImage; knows nothing of how they came there."""

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from Xlib import X
from Xlib import display as xdisplay

Pixels = npt.NDArray[np.uint32]

BAND_ROWS = 256  # GetImage replies are bounded by the server's reply buffer; bands keep each one at a few MiB


def window_pixels(connection: xdisplay.Display, window: int, x: int, y: int, width: int, height: int) -> Pixels:
    """A part of a drawable as a (height, width) uint32 array of 0xRRGGBB.

    The drawable must be at least this large, 24 or 32 bits deep, on a little-endian server. A copy.
    """
    drawable = connection.create_resource_object("window", window)
    bands: list[Pixels] = []
    for top in range(0, height, BAND_ROWS):
        rows = min(BAND_ROWS, height - top)
        reply = drawable.get_image(x, y + top, width, rows, X.ZPixmap, 0xFFFFFFFF)
        data = reply.data if isinstance(reply.data, bytes) else reply.data.encode("latin-1")
        bands.append(np.frombuffer(data, dtype="<u4").reshape(rows, width) & np.uint32(0xFFFFFF))
    return np.vstack(bands).astype(np.uint32, copy=False)


def screenshot(display: str | xdisplay.Display) -> Pixels:
    """The whole screen as a (height, width) uint32 array of 0xRRGGBB."""
    connection = xdisplay.Display(display) if isinstance(display, str) else display
    try:
        screen = connection.screen()
        return window_pixels(
            connection, screen.root.id, 0, 0, int(screen.width_in_pixels), int(screen.height_in_pixels)
        )
    finally:
        if isinstance(display, str):
            connection.close()


def region(picture: Pixels, rect: tuple[int, int, int, int]) -> Pixels:
    """The part of `picture` inside (x, y, width, height), as a view. Raises ValueError if it is not wholly inside."""
    x, y, width, height = rect
    if x < 0 or y < 0 or x + width > picture.shape[1] or y + height > picture.shape[0]:
        raise ValueError(f"{rect} is not inside a picture of {picture.shape[1]}x{picture.shape[0]}")
    return picture[y : y + height, x : x + width]


def ring(picture: Pixels, outer: tuple[int, int, int, int], extents: tuple[int, int, int, int]) -> dict[str, Pixels]:
    """The four sides of the frame of `outer`: left, right, top, bottom, each with its corners.

    extents: px, (left, right, top, bottom), as in _NET_FRAME_EXTENTS.
    """
    x, y, width, height = outer
    left, right, top, bottom = extents
    return {
        "left": region(picture, (x, y, left, height)),
        "right": region(picture, (x + width - right, y, right, height)),
        "top": region(picture, (x, y, width, top)),
        "bottom": region(picture, (x, y + height - bottom, width, bottom)),
    }


def pseudo_random(width: int, height: int, seed: int = 1) -> Pixels:
    """A (height, width) 0xRRGGBB image in which every pixel differs from its neighbours, the same for the same seed."""
    return np.random.default_rng(seed).integers(0, 1 << 24, size=(height, width), dtype=np.uint32)


def first_difference(left: Pixels, right: Pixels) -> str:
    """Where two pictures differ first and in how many pixels, for an assertion's text; "" if they are equal."""
    if left.shape != right.shape:
        return f"sizes differ: {left.shape} and {right.shape}"
    rows, columns = np.nonzero(left != right)
    if not len(rows):
        return ""
    y, x = int(rows[0]), int(columns[0])
    return f"{len(rows)} pixels differ, first at x={x} y={y}: 0x{int(left[y, x]):06x} and 0x{int(right[y, x]):06x}"


def write_png(picture: Pixels, path: Path) -> None:
    """Write a (height, width) 0xRRGGBB array as an 8-bit RGB PNG. Source: PNG specification, sections 5 and 11."""
    height, width = picture.shape
    rgb = np.stack([(picture >> shift) & 0xFF for shift in (16, 8, 0)], axis=-1).astype(np.uint8)
    rows = np.hstack([np.zeros((height, 1), np.uint8), rgb.reshape(height, width * 3)])

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
        + chunk(b"IEND", b"")
    )
