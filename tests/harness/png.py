"""PNG files made by hand, good and bad ones; uses no library that is under test."""

import struct
import zlib

from tests.harness.pixels import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    """One part of a file, with its length and sum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width: int, height: int, *, kind: int = 6) -> bytes:
    """8 bits a channel; kind 6: with alpha."""
    return chunk(b"IHDR", struct.pack(">II5B", width, height, 8, kind, 0, 0, 0))


def png_of(pixels: Pixels) -> bytes:
    """A picture of ARGB words, not multiplied."""
    height, width = pixels.shape
    rows = []
    for row in pixels:
        channels = ((int(word) >> shift & 0xFF for shift in (16, 8, 0, 24)) for word in row)
        rows.append(b"\0" + b"".join(bytes(each) for each in channels))
    body = zlib.compress(b"".join(rows))
    return SIGNATURE + header(width, height) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
