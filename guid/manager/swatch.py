"""A label's swatch as pixels: its colour with the marks of its pattern; must not know a toolkit."""

from __future__ import annotations

from typing import Final

from guid.manager.world import Row

WIDTH_PX, HEIGHT_PX = 64, 16
"""At 96 dots an inch. The longest pattern's period is as wide."""
BORDER_PX: Final = 1
BORDER_RGB: Final = b"\x80\x80\x80"
"""As unlike black as white: the swatch is seen on any theme."""


def swatch(label: Row | None, scale: int) -> tuple[bytes, int, int]:
    """RGB pixels, rows top to bottom, then width and height in px. label: None for a qube without; scale: 1 or more."""
    inner_px, rows_px = WIDTH_PX * scale, HEIGHT_PX * scale
    border = BORDER_PX * scale
    ground, ink = (_rgb(label["rgb"]), _rgb(label["ink"])) if label else (BORDER_RGB, BORDER_RGB)
    empty = ground * inner_px
    marked = b"".join(ink if label and _marked(label, at // scale) else ground for at in range(inner_px))
    edge = BORDER_RGB * (inner_px + 2 * border)
    side = BORDER_RGB * border
    third = rows_px // 3
    lines = [edge] * border
    lines += [side + (marked if third <= at < rows_px - third else empty) + side for at in range(rows_px)]
    lines += [edge] * border
    return b"".join(lines), inner_px + 2 * border, len(lines)


def _marked(label: Row, at: int) -> bool:
    """at: px at scale 1. Source: colors/patterns.py, which says what marks are."""
    place = at % max(1, int(label["period"]))
    return any(start <= place < start + length for start, length in label["marks"])


def _rgb(text: object) -> bytes:
    return int(str(text), 16).to_bytes(3, "big")
