"""The picture of the banner over a fullscreen qube, by cairo; must not know on which display, or what ends it.

Only text that is safe to show goes in: a qube's name is ASCII, and the keys are the person's own words.
"""

from __future__ import annotations

from colors.question import INK, PAPER, Picture, fill, text_width, write

MARGIN_PX, HEIGHT_PX, EDGE_PX, GAP_PX = 16, 40, 4, 12
NAME_PX, TEXT_PX = 18, 15
MAX_WIDTH_PX = 1200


def draw(name: str, rgb: int, text: str, *, max_width: int, scale: int = 1) -> Picture:
    """Draw it: the name, then the text, in a border of the label's colour.

    max_width: device pixels that there are; what does not fit is cut. scale: device pixels a px, 1 or more.
    """
    import cairo  # noqa: PLC0415 - heavy, and rarely wanted

    measure = cairo.Context(cairo.ImageSurface(cairo.FORMAT_RGB24, 1, 1))
    name_width = text_width(measure, name, NAME_PX, bold=True)
    wanted = name_width + GAP_PX + text_width(measure, text, TEXT_PX) + 2 * MARGIN_PX
    width = int(min(wanted + 1, MAX_WIDTH_PX, max(max_width // scale, 2 * EDGE_PX + 1)))
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width * scale, HEIGHT_PX * scale)
    context = cairo.Context(surface)
    context.scale(scale, scale)
    fill(context, rgb, 0, 0, width, HEIGHT_PX)
    fill(context, PAPER, EDGE_PX, EDGE_PX, width - 2 * EDGE_PX, HEIGHT_PX - 2 * EDGE_PX)
    context.rectangle(EDGE_PX, EDGE_PX, width - 2 * EDGE_PX, HEIGHT_PX - 2 * EDGE_PX)
    context.clip()
    write(context, name, MARGIN_PX, 9, INK, NAME_PX, bold=True, width_px=width - 2 * MARGIN_PX)
    left = MARGIN_PX + name_width + GAP_PX
    write(context, text, left, 11, INK, TEXT_PX, width_px=width - MARGIN_PX - left)
    surface.flush()
    return Picture(width * scale, HEIGHT_PX * scale, bytes(surface.get_data()))
