"""Which glyph of the X cursor font a cursor is: by its name, or by how it looks. It must not know where it is seen.

The wire has no other cursors than those glyphs. Source: MSG_CURSOR in qubes-gui-protocol.h; X11/cursorfont.h; the names
of CSS Basic User Interface 4 ("cursor"), which toolkits and cursor themes use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

DEFAULT: Final = 0
"""On the wire: no glyph, whatever the desktop shows over a window without a cursor."""
GLYPH_BIT: Final = 0x100

_IN_THEIR_ORDER: Final = (
    "X_cursor arrow based_arrow_down based_arrow_up boat bogosity bottom_left_corner bottom_right_corner "
    "bottom_side bottom_tee box_spiral center_ptr circle clock coffee_mug cross cross_reverse crosshair "
    "diamond_cross dot dotbox double_arrow draft_large draft_small draped_box exchange fleur gobbler gumby hand1 "
    "hand2 heart icon iron_cross left_ptr left_side left_tee leftbutton ll_angle lr_angle man middlebutton mouse "
    "pencil pirate plus question_arrow right_ptr right_side right_tee rightbutton rtl_logo sailboat sb_down_arrow "
    "sb_h_double_arrow sb_left_arrow sb_right_arrow sb_up_arrow sb_v_double_arrow shuttle sizing spider spraycan "
    "star target tcross top_left_arrow top_left_corner top_right_corner top_side top_tee trek ul_angle umbrella "
    "ur_angle watch xterm"
)
GLYPHS: Final[Mapping[str, int]] = {name: 2 * number for number, name in enumerate(_IN_THEIR_ORDER.split())}
"""Name → number. Odd numbers are masks."""

OF_THE_ROOT: Final = "default"
"""The name of the cursor that the root has: over a window without one of its own, the desktop shows its own default."""

ALIASES: Final[Mapping[str, str]] = {
    "context-menu": "left_ptr",
    "pointer": "hand2",
    "pointing_hand": "hand2",
    "grab": "hand1",
    "openhand": "hand1",
    "grabbing": "fleur",
    "closedhand": "fleur",
    "dnd-move": "fleur",
    "move": "fleur",
    "all-scroll": "fleur",
    "size_all": "fleur",
    "help": "question_arrow",
    "whats_this": "question_arrow",
    "wait": "watch",
    "progress": "watch",
    "left_ptr_watch": "watch",
    "half-busy": "watch",
    "cell": "plus",
    "text": "xterm",
    "ibeam": "xterm",
    "vertical-text": "xterm",
    "not-allowed": "X_cursor",
    "no-drop": "X_cursor",
    "crossed_circle": "X_cursor",
    "forbidden": "X_cursor",
    "e-resize": "right_side",
    "w-resize": "left_side",
    "n-resize": "top_side",
    "s-resize": "bottom_side",
    "ne-resize": "top_right_corner",
    "nw-resize": "top_left_corner",
    "se-resize": "bottom_right_corner",
    "sw-resize": "bottom_left_corner",
    "ew-resize": "sb_h_double_arrow",
    "size_hor": "sb_h_double_arrow",
    "col-resize": "sb_h_double_arrow",
    "split_h": "sb_h_double_arrow",
    "ns-resize": "sb_v_double_arrow",
    "size_ver": "sb_v_double_arrow",
    "row-resize": "sb_v_double_arrow",
    "split_v": "sb_v_double_arrow",
    "nesw-resize": "top_right_corner",
    "size_bdiag": "top_right_corner",
    "nwse-resize": "top_left_corner",
    "size_fdiag": "top_left_corner",
    "zoom-in": "sizing",
    "zoom-out": "sizing",
    "up_arrow": "sb_up_arrow",
    "copy": "hand2",
    "alias": "hand2",
    "dnd-copy": "hand2",
    "dnd-link": "hand2",
    "dnd-ask": "hand2",
    "dnd-none": "hand2",
}
"""What cursor themes and toolkits call a cursor → the glyph's name."""


class Look(NamedTuple):
    """A cursor as the X server shows it.

    width, height: px. hot_x, hot_y: the hotspot, px from the top left. pixels: 4 bytes each, BGRA with premultiplied
    alpha, rows top to bottom, stride 4 * width. name: b"" if the program gave none.
    """

    width: int
    height: int
    hot_x: int
    hot_y: int
    pixels: bytes
    name: bytes = b""


class Shape(NamedTuple):
    """A cursor without its colours, which any program may change.

    parts: one byte a pixel: 0 where it is clear, 1 where it is as the first opaque pixel, 2 where it is not.
    """

    width: int
    height: int
    hot_x: int
    hot_y: int
    parts: bytes


def glyph_named(name: str) -> int | None:
    """The glyph that a cursor's name stands for."""
    return GLYPHS.get(ALIASES.get(name, name))


def shape_of(look: Look) -> Shape:
    """What is left of a cursor without colours."""
    colours = [look.pixels[at : at + 3] if look.pixels[at + 3] else None for at in range(0, len(look.pixels), 4)]
    return Shape(look.width, look.height, look.hot_x, look.hot_y, parts_of(colours))


def parts_of(colours: Iterable[object | None]) -> bytes:
    """The parts of a shape. colours: of each pixel, None where it is clear."""
    first: object | None = None
    parts = bytearray()
    for colour in colours:
        if colour is None:
            parts.append(0)
            continue
        if first is None:
            first = colour
        parts.append(1 if colour == first else 2)
    return bytes(parts)


def on_the_wire(glyph: int | None) -> int:
    """The body of MSG_CURSOR."""
    return DEFAULT if glyph is None else GLYPH_BIT | glyph
