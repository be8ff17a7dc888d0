"""The icons of windows: a label's own, and a program's in a label's colours; must not know windows, nor who sent them.

Both are tiles with an edge in the very colour of the label, as every window has. A label's own shows the pattern of its
frames and the initial of its qube; a program's, what the program drew, in the one hue of the label.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from colors.iconimage import IconImage
from colors.labels import Label
from colors.letters import HIGH, WIDE, dots_of
from colors.tint import tinted

SIDES_PX: Final = (16, 24, 32, 48, 64, 128)
"""Of a label's own icons: what panels, switchers and docks show, and twice that on dense screens."""
SMALL_SIDES_PX: Final = (16, 32)

LETTER_SHARE: Final = 2
"""A letter is at least this part of the tile high, as near as whole dots come."""
EDGE_SHARE: Final = 16
"""An edge is this part of the shorter side thick, and a pixel at the least."""
PATTERN_SHARE: Final = 16
"""A pixel of a pattern is this part of the tile's side, so that every tile shows the same marks."""
RHYTHM: Final = 4
"""Marks are so many times nearer to each other than on a frame: the longest period is a side, the least mark a unit."""


def property_of(images: Iterable[IconImage]) -> bytes:
    """The value of _NET_WM_ICON. Source: EWMH 1.5, _NET_WM_ICON: per picture its width, its height, its ARGB words."""
    return b"".join(struct.pack("<II", image.width, image.height) + image.pixels for image in images)


def of_program(image: IconImage, label: Label) -> IconImage:
    """What a program drew, in the label's hue and inside its edge."""
    pixels = bytearray(tinted(image.pixels, label.rgb))
    edge = max(1, min(image.width, image.height) // EDGE_SHARE)
    _edge(pixels, image.width, image.height, edge, _opaque(label.rgb))
    return image._replace(pixels=bytes(pixels))


def of_qube(label: Label, name: str, sides_px: Iterable[int] = SIDES_PX) -> list[IconImage]:
    """The label's own icon for the qube of that name, one picture a side."""
    dots = dots_of(name[:1])
    return [_tile(label, dots, side) for side in sides_px]


def _tile(label: Label, dots: Iterable[tuple[int, int]], side: int) -> IconImage:
    pixels = bytearray(_opaque(label.rgb) * side * side)
    ink = _opaque(label.ink)
    unit = max(1, side // PATTERN_SHARE)
    for at in range(unit, side - unit):
        if label.pattern.marked(at * RHYTHM, unit):
            for x, y in ((at, unit), (at, side - 2 * unit)):
                _fill(pixels, side, (x, y, 1, unit), ink)
    dot = max(1, side // (LETTER_SHARE * HIGH))
    left, top = (side - WIDE * dot) // 2, (side - HIGH * dot) // 2
    for x, y in dots:
        _fill(pixels, side, (left + x * dot, top + y * dot, dot, dot), ink)
    return IconImage(side, side, bytes(pixels))


def _opaque(rgb: int) -> bytes:
    return struct.pack("<I", 0xFF000000 | rgb)


def _edge(pixels: bytearray, width: int, height: int, thick: int, pixel: bytes) -> None:
    sides = (0, 0, width, thick), (0, height - thick, width, thick), (0, 0, thick, height)
    for rect in (*sides, (width - thick, 0, thick, height)):
        _fill(pixels, width, rect, pixel)


def _fill(pixels: bytearray, stride: int, rect: tuple[int, int, int, int], pixel: bytes) -> None:
    """rect: x, y, width, height, inside the picture."""
    x, y, width, height = rect
    for row in range(y, y + height):
        at = 4 * (row * stride + x)
        pixels[at : at + 4 * width] = pixel * width
