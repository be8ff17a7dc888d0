"""The picture of a qube's name tag, by cairo: name and pattern on the label's colour; must not know windows or X.

The font is whatever the machine calls sans-serif; what is given is how high its letters are. Only a qube's name goes
in, which is ASCII.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from colors.patterns import Pattern
from colors.question import Picture, fill

if TYPE_CHECKING:
    import cairo

X_HEIGHT_SHARE: Final = 7 / 16
"""Of the tag's height is that of a small letter without strokes up or down: 7 px of 16, which text of 10 points has."""

MARGIN_SHARE: Final = 4 / 16
GAP_SHARE: Final = 10 / 16
MARKS_SHARE: Final = 6 / 16
NAME_SHARE: Final = 20
"""Of the tag's height: what is left and right of all; between name and marks; as high are the marks; as wide a name may
be: 320 px of 16. What is wider loses letters in its middle, because names of one person differ at either end."""

SAMPLE_PX: Final = 128
"""So much of the pattern stands beside the name, px of the pattern: two periods of the longest ones."""

ELLIPSIS: Final = "\u2026"
PROBE_PX: Final = 100


def draw(name: str, rgb: int, ink: int, pattern: Pattern, *, height: int, unit: int) -> Picture:
    """Draw it, as wide as it must be.

    rgb, ink: 0xRRGGBB. height: device pixels. unit: device pixels a pixel of the pattern.
    """
    import cairo  # noqa: PLC0415 - heavy, and not on the way to the first window

    context = _writing(cairo.Context(cairo.ImageSurface(cairo.FORMAT_RGB24, 1, 1)), height)
    text = shortened(context, name, NAME_SHARE * height)
    margin, gap = round(MARGIN_SHARE * height), round(GAP_SHARE * height)
    advance = round(context.text_extents(text).x_advance)
    sample = SAMPLE_PX // pattern.period * pattern.period * unit if pattern.marks else 0
    width = margin + advance + (gap + sample if sample else 0) + margin
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
    context = _writing(cairo.Context(surface), height)
    fill(context, rgb, 0, 0, width, height)
    tall = context.text_extents("Hg")
    top = (height - round(tall.height)) // 2
    context.move_to(margin, top - round(tall.y_bearing))
    context.set_source_rgb(*((ink >> shift & 0xFF) / 255 for shift in (16, 8, 0)))
    context.show_text(text)
    high = round(MARKS_SHARE * height)
    left = margin + advance + gap
    for begin in range(left, left + sample, pattern.period * unit):
        for start, length in pattern.marks:
            fill(
                context, ink, begin + (start - pattern.marks[0].start) * unit, (height - high) // 2, length * unit, high
            )
    surface.flush()
    pixels = bytearray(surface.get_data())
    pixels[3::4] = bytes(width * height)  # which means nothing
    return Picture(width, height, bytes(pixels))


def load_font() -> None:
    """Find and load the font now, and not when the first tag is drawn."""
    import cairo  # noqa: PLC0415 - whoever calls this has the time

    _writing(cairo.Context(cairo.ImageSurface(cairo.FORMAT_RGB24, 1, 1)), 16)


def shortened(context: cairo.Context[Any], name: str, width_px: float) -> str:
    """`name`, without as many letters in its middle as do not fit."""
    if context.text_extents(name).x_advance <= width_px:
        return name
    for kept in range(len(name) - 1, 1, -1):
        text = name[: (kept + 1) // 2] + ELLIPSIS + name[-(kept // 2) :]
        if context.text_extents(text).x_advance <= width_px:
            return text
    return ELLIPSIS


def _writing(context: cairo.Context[Any], height: int) -> cairo.Context[Any]:
    """With letters as large as a tag of that height has them, the same on every machine that has the font."""
    import cairo  # noqa: PLC0415 - loaded by the caller

    options = cairo.FontOptions()
    options.set_antialias(cairo.ANTIALIAS_GRAY)
    options.set_hint_style(cairo.HINT_STYLE_SLIGHT)
    options.set_hint_metrics(cairo.HINT_METRICS_ON)
    context.set_font_options(options)
    context.select_font_face("sans-serif", cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD)
    context.set_font_size(PROBE_PX)
    letter = context.text_extents("x").height or PROBE_PX / 2
    context.set_font_size(PROBE_PX * X_HEIGHT_SHARE * height / letter)
    return context
