"""The clipboard's icon in a tray, drawn pixel by pixel; must not know which qube's colour it shows.

A white and a black line go around everything, so that it is seen on any panel and in any colour.
"""

from __future__ import annotations

from functools import cache

SIDE_PX = 24
SCALES = (1, 2)
"""One picture each: for common panels, and for dense screens."""

CLEAR, WHITE, BLACK, OPAQUE = 0, 0xFFFFFFFF, 0xFF000000, 0xFF000000
"""0xAARRGGBB."""

Pixmap = tuple[int, int, bytes]
"""Width, height, ARGB of 8 bits each in this order, rows top to bottom. Source: StatusNotifierItem, icons."""

EDGES = ((2, 3, 22, 24, WHITE), (3, 4, 21, 23, BLACK))
BOARD = (4, 5, 20, 22)
CLIP = ((7, 0, 17, 7, WHITE), (8, 1, 16, 6, BLACK), (9, 2, 15, 5, WHITE))
NOTHING = ((7, 12, 17, 16, WHITE), (8, 13, 16, 15, BLACK))
"""Left, top, right, bottom, colour; the later lies above. Left and top belong to it, right and bottom do not."""


@cache  # labels are few
def draw(rgb: int | None) -> tuple[Pixmap, ...]:
    """A clipboard whose board is of this colour, 0xRRGGBB; None: an empty one, clear, with a dash on it."""
    filled = ((*BOARD, CLEAR), *NOTHING) if rgb is None else ((*BOARD, OPAQUE | rgb),)
    shapes = (*EDGES, *filled, *CLIP)
    rows = [[_at(x, y, shapes) for x in range(SIDE_PX)] for y in range(SIDE_PX)]
    return tuple(_scaled(rows, scale) for scale in SCALES)


def _at(x: int, y: int, shapes: tuple[tuple[int, int, int, int, int], ...]) -> bytes:
    found = CLEAR
    for left, top, right, bottom, argb in shapes:
        if left <= x < right and top <= y < bottom:
            found = argb
    return found.to_bytes(4, "big")


def _scaled(rows: list[list[bytes]], scale: int) -> Pixmap:
    data = b"".join(b"".join(pixel * scale for pixel in row) * scale for row in rows)
    return SIDE_PX * scale, SIDE_PX * scale, data
