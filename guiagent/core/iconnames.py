"""Where an icon of some name and size may lie in a theme. It must not look.

Source: Icon Theme Specification 0.13, Icon Naming Specification 0.8 (freedesktop.org).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

SIZES: Final = (16, 22, 24, 32, 36, 42, 48, 64, 72, 96, 128, 192, 256, 512)
SCALABLE: Final = "scalable"
MAX_NAME: Final = 200
"""A file name has 255 bytes."""


def fallbacks(name: str) -> Iterator[str]:
    """The name, and its more general forms: a-b-c, a-b, a. Nothing for what cannot be one."""
    if not name or "/" in name or "\0" in name or len(name.encode()) > MAX_NAME:
        return
    name = name.removesuffix(".png").removesuffix(".svg")
    while name:
        yield name
        name = name.rpartition("-")[0]


def folders(side: int) -> Iterator[str]:
    """Patterns of the folders of a theme, best first: that size, larger ones, any, smaller ones, none at all."""
    larger = [size for size in SIZES if size >= side]
    smaller = [size for size in reversed(SIZES) if size < side]
    for size in larger:
        yield f"{size}x{size}/*"
        yield f"*/{size}"
    yield f"{SCALABLE}/*"
    yield "symbolic/*"
    for size in smaller:
        yield f"{size}x{size}/*"
        yield f"*/{size}"
    yield ""
