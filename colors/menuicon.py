"""The picture of a label in a menu: a window with a frame of its colour; must not know which qubes there are."""

from __future__ import annotations

from io import BytesIO
from math import pi

SIDE_PX = 64
FRAME_PX = 11
EDGE_PX = 4
RADIUS_PX = 9


def draw(rgb: int) -> bytes:
    """A PNG of SIDE_PX by SIDE_PX. rgb: 0xRRGGBB."""
    import cairo  # noqa: PLC0415 - heavy, and rarely wanted

    surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, SIDE_PX, SIDE_PX)
    context = cairo.Context(surface)
    red, green, blue = (each / 255 for each in rgb.to_bytes(3, "big"))
    low, high = EDGE_PX + RADIUS_PX, SIDE_PX - EDGE_PX - RADIUS_PX
    for quarter, (x, y) in enumerate(((high, low), (high, high), (low, high), (low, low))):
        context.arc(x, y, RADIUS_PX, (quarter - 1) * pi / 2, quarter * pi / 2)
    context.close_path()
    context.set_source_rgb(red, green, blue)
    context.fill_preserve()
    context.set_source_rgb(red * 0.6, green * 0.6, blue * 0.6)
    context.set_line_width(2)
    context.stroke()
    inner = EDGE_PX + FRAME_PX
    context.rectangle(inner, inner, SIDE_PX - 2 * inner, SIDE_PX - 2 * inner)
    context.set_source_rgb(0.97, 0.97, 0.97)
    context.fill()
    png = BytesIO()
    surface.write_to_png(png)
    return png.getvalue()
