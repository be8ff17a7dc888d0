"""One picture of an icon; must not know what is drawn in it."""

from __future__ import annotations

from typing import NamedTuple


class IconImage(NamedTuple):
    """A picture of width * height px. pixels: 4 bytes each, blue, green, red, alpha, not multiplied; top to bottom."""

    width: int
    height: int
    pixels: bytes
