"""Makes a picture of a cursor or an icon small enough for the wire. It must not know who drew it."""

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
    return Look(width, height, hot_x, hot_y, shrunk(look.pixels, (look.width, look.height), (width, height)))


def shrunk(pixels: bytes, size: tuple[int, int], smaller: tuple[int, int]) -> bytes:
    """A picture of 4 bytes a pixel made smaller. size, smaller: width and height, px, each at least 1."""
    columns = [_samples(column, smaller[0], size[0]) for column in range(smaller[0])]
    done = bytearray()
    for row in range(smaller[1]):
        lines = [BYTES_PER_PIXEL * size[0] * y for y in _samples(row, smaller[1], size[1])]
        for samples in columns:
            places = [line + BYTES_PER_PIXEL * x for line in lines for x in samples]
            done += bytes(sum(pixels[at + part] for at in places) // len(places) for part in range(4))
    return bytes(done)


def _sides(width: int, height: int) -> tuple[int, int]:
    longest = max(width, height)
    if longest <= MAX_CURSOR_SIDE_PX:
        return width, height
    return max(1, width * MAX_CURSOR_SIDE_PX // longest), max(1, height * MAX_CURSOR_SIDE_PX // longest)


def _samples(place: int, few: int, many: int) -> list[int]:
    """Which of `many` places stand for one of `few`."""
    return [(SAMPLES * place + sample) * many // (SAMPLES * few) for sample in range(SAMPLES)]
