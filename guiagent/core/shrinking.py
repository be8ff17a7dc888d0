"""Makes a picture of a cursor or an icon small enough for the wire. It must not know who drew it."""

from __future__ import annotations

from array import array
from operator import itemgetter
from typing import Final

from guiagent.core.cursors import Look
from protocol.limits import BYTES_PER_PIXEL, MAX_CURSOR_SIDE_PX

SAMPLES: Final = 2
"""A pixel is the mean of so many times so many of the large picture, however large that is: 65,536 bytes are read."""
SHIFT: Final = 2
"""Divides by SAMPLES * SAMPLES."""


def fitting(look: Look) -> Look:
    """The same without its name, at most 64x64 px, its sides in their proportion, its hotspot inside."""
    width, height = _sides(look.width, look.height)
    hot_x = min(look.hot_x * width // look.width, width - 1)
    hot_y = min(look.hot_y * height // look.height, height - 1)
    if (width, height) == (look.width, look.height):
        return Look(width, height, hot_x, hot_y, look.pixels)
    return Look(width, height, hot_x, hot_y, shrunk(look.pixels, (look.width, look.height), (width, height)))


def shrunk(pixels: bytes, size: tuple[int, int], smaller: tuple[int, int]) -> bytes:
    """A picture of 4 bytes a pixel made smaller. size, smaller: width and height, px, each at least 1.

    A row at a time, in lanes of one large integer: every other byte of all its samples, added where each has 16 bits.
    From 512 to 128 px squared takes 11 ms of the processor, and pixel by pixel 170.
    """
    width, height = smaller
    words = memoryview(pixels).cast("I")
    columns = zip(*(_samples(column, width, size[0]) for column in range(width)), strict=True)
    samples = [itemgetter(*places, 0) for places in columns]  # one more, as of one alone it would make no tuple
    lanes = int.from_bytes(b"\xff\0" * (2 * width), "little")
    done = bytearray()
    for row in range(height):
        even = odd = 0
        for y in _samples(row, height, size[1]):
            line = words[y * size[0] : (y + 1) * size[0]]
            for sample in samples:
                picked = int.from_bytes(array("I", sample(line)).tobytes(), "little")
                even += picked & lanes
                odd += picked >> 8 & lanes
        mean = even >> SHIFT & lanes | (odd >> SHIFT & lanes) << 8
        done += mean.to_bytes(BYTES_PER_PIXEL * width, "little")
    return bytes(done)


def _sides(width: int, height: int) -> tuple[int, int]:
    longest = max(width, height)
    if longest <= MAX_CURSOR_SIDE_PX:
        return width, height
    return max(1, width * MAX_CURSOR_SIDE_PX // longest), max(1, height * MAX_CURSOR_SIDE_PX // longest)


def _samples(place: int, few: int, many: int) -> list[int]:
    """Which of `many` places stand for one of `few`."""
    return [(SAMPLES * place + sample) * many // (SAMPLES * few) for sample in range(SAMPLES)]
