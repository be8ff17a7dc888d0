"""Makes a picture of a cursor small enough for the wire. It must not know who drew it."""

from __future__ import annotations

from typing import Final

from guiagent.core.cursors import Look
from protocol.limits import BYTES_PER_PIXEL, MAX_CURSOR_SIDE_PX

SAMPLES: Final = 2
"""A pixel is the mean of so many times so many of the large picture, however large that is: 65,536 bytes are read."""


def fitting(look: Look) -> Look:
    """The same without its name, at most 64x64 px, its sides in their proportion, its hotspot inside."""
    width, height = _sides(look.width, look.height)
    hot_x = min(look.hot_x * width // look.width, width - 1)
    hot_y = min(look.hot_y * height // look.height, height - 1)
    if (width, height) == (look.width, look.height):
        return Look(width, height, hot_x, hot_y, look.pixels)
    columns = [_samples(column, width, look.width) for column in range(width)]
    pixels = bytearray()
    for row in range(height):
        lines = [BYTES_PER_PIXEL * look.width * y for y in _samples(row, height, look.height)]
        for samples in columns:
            places = [line + BYTES_PER_PIXEL * x for line in lines for x in samples]
            pixels += bytes(sum(look.pixels[at + part] for at in places) // len(places) for part in range(4))
    return Look(width, height, hot_x, hot_y, bytes(pixels))


def _sides(width: int, height: int) -> tuple[int, int]:
    longest = max(width, height)
    if longest <= MAX_CURSOR_SIDE_PX:
        return width, height
    return max(1, width * MAX_CURSOR_SIDE_PX // longest), max(1, height * MAX_CURSOR_SIDE_PX // longest)


def _samples(place: int, few: int, many: int) -> list[int]:
    """Which of `many` places stand for one of `few`."""
    return [(SAMPLES * place + sample) * many // (SAMPLES * few) for sample in range(SAMPLES)]
