"""Colours by the names that the desktop's X server knows; must not know what is coloured."""

from __future__ import annotations

from Xlib import display as xdisplay
from Xlib import error

MAX_NAME_CHARACTERS = 64


class NoColorNames(Exception):
    """There is no X server to ask; the message says why."""


def color_named(name: str) -> int | None:
    """The colour as 0xRRGGBB, None if there is none of that name. Raises NoColorNames.

    Source: X11 protocol, AllocNamedColor; its values are of 16 bits.
    """
    if not name.isascii() or not name.isprintable() or len(name) > MAX_NAME_CHARACTERS:
        return None
    try:
        x = xdisplay.Display()
    except (error.DisplayError, error.ConnectionClosedError, OSError) as why:
        raise NoColorNames(str(why)) from why
    try:
        found = x.screen().default_colormap.alloc_named_color(name)
    finally:
        x.close()
    if found is None:
        return None
    return int(found.exact_red >> 8 << 16 | found.exact_green >> 8 << 8 | found.exact_blue >> 8)
