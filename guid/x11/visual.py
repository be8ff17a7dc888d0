"""The one kind of visual that outers and contents have; must not know windows."""

from __future__ import annotations

from typing import Any, Final

from Xlib import X
from Xlib.display import Display

DEPTH: Final = 24
"""Depth of outers and contents; the qube's pixels are 24 in 32 bits."""

Visual = tuple[int, tuple[int, int, int]]
"""Its id; the masks of red, green and blue."""


def keeps_pixels(display: Display) -> bool:
    """Whether the server keeps depth-24 pixels as little-endian 32 bits."""
    info = display.display.info
    formats = {entry.depth: entry.bits_per_pixel for entry in info.pixmap_formats}
    return bool(formats.get(DEPTH) == 32 and info.image_byte_order == X.LSBFirst)


def true_color_visual(display: Display, screen: Any) -> Visual | None:
    """A depth-24 TrueColor visual whose pixels are as a qube's, None if the server has none."""
    for allowed in screen.allowed_depths if keeps_pixels(display) else ():
        for visual in allowed.visuals if allowed.depth == DEPTH else ():
            if visual.visual_class == X.TrueColor and visual.red_mask == 0xFF0000 and visual.blue_mask == 0xFF:
                return visual.visual_id, (visual.red_mask, visual.green_mask, visual.blue_mask)
    return None
