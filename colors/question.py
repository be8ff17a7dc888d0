"""The picture of a question to the person, by cairo; must not know who asks, nor on which display.

Only text that is safe to show goes in: printable, without line breaks; what is too long is cut by an ellipsis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import cairo

WIDTH_PX, MARGIN_PX, LINE_PX = 640, 28, 26
SWATCH_PX = 18
PREVIEW_LINE_PX = 20
MAX_PREVIEW_LINES = 8
BACKGROUND, PAPER, INK, FAINT, EDGE = 0x1E1E1E, 0x2B2B2B, 0xFFFFFF, 0x8C8C8C, 0xFFFFFF
EDGE_PX = 2


def load_cairo() -> None:
    """Load it now, and not when something is drawn first."""
    import cairo  # noqa: F401, PLC0415 - heavy; whoever calls this has the time


class Named(NamedTuple):
    """A qube as the person knows it: rgb is its label's colour, 0xRRGGBB; label that colour's name."""

    name: str
    label: str
    rgb: int


class Question(NamedTuple):
    """Whether something goes from one qube to another.

    title: what is asked. what: what it is, and how much. preview: its beginning, line by line.
    """

    title: str
    source: Named
    target: Named
    what: str
    preview: Sequence[str]


class Picture(NamedTuple):
    """BGRX, 4 bytes a pixel, rows top to bottom, stride 4 * width."""

    width: int
    height: int
    pixels: bytes


def draw(question: Question, keys: str, *, ready: bool, scale: int = 1) -> Picture:
    """Draw the card. keys: which key does what; pale until `ready`. scale: device pixels a px, 1 or more."""
    import cairo  # noqa: PLC0415 - heavy, and rarely wanted

    lines = list(question.preview[:MAX_PREVIEW_LINES])
    height = 2 * MARGIN_PX + 5 * LINE_PX + len(lines) * PREVIEW_LINE_PX + (20 if lines else 0) + LINE_PX
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, WIDTH_PX * scale, height * scale)
    context = cairo.Context(surface)
    context.scale(scale, scale)
    fill(context, EDGE, 0, 0, WIDTH_PX, height)
    fill(context, PAPER, EDGE_PX, EDGE_PX, WIDTH_PX - 2 * EDGE_PX, height - 2 * EDGE_PX)
    top = MARGIN_PX
    write(context, question.title, MARGIN_PX, top, INK, 18, bold=True)
    top += LINE_PX + 10
    for word, qube in (("from", question.source), ("into", question.target)):
        write(context, word, MARGIN_PX, top, FAINT, 15)
        fill(context, INK, MARGIN_PX + 55, top - 1, SWATCH_PX + 2, SWATCH_PX + 2)
        fill(context, qube.rgb, MARGIN_PX + 56, top, SWATCH_PX, SWATCH_PX)
        write(context, f"{qube.name}  ({qube.label})", MARGIN_PX + 88, top, INK, 16, bold=True)
        top += LINE_PX
    write(context, question.what, MARGIN_PX, top, INK, 15)
    top += LINE_PX + 4
    if lines:
        fill(context, BACKGROUND, MARGIN_PX, top, WIDTH_PX - 2 * MARGIN_PX, len(lines) * PREVIEW_LINE_PX + 10)
        for number, line in enumerate(lines):
            write(context, line, MARGIN_PX + 8, top + 5 + number * PREVIEW_LINE_PX, INK, 13, mono=True)
        top += len(lines) * PREVIEW_LINE_PX + 20
    write(context, keys, MARGIN_PX, top + 8, INK if ready else FAINT, 15, bold=True)
    surface.flush()
    return Picture(WIDTH_PX * scale, height * scale, bytes(surface.get_data()))


def fill(context: cairo.Context[Any], rgb: int, x: float, y: float, width: float, height: float) -> None:
    """A rectangle of one colour, px."""
    context.set_source_rgb(*((rgb >> shift & 0xFF) / 255 for shift in (16, 8, 0)))
    context.rectangle(x, y, width, height)
    context.fill()


def write(
    context: cairo.Context[Any],
    text: str,
    x: float,
    top: float,
    rgb: int,
    size_px: float,
    *,
    bold: bool = False,
    mono: bool = False,
    width_px: float | None = None,
) -> None:
    """One line of text, cut where `width_px` ends, by default at the card's margin."""
    _font(context, size_px, bold=bold, mono=mono)
    context.set_source_rgb(*((rgb >> shift & 0xFF) / 255 for shift in (16, 8, 0)))
    context.move_to(x, top + size_px)
    context.show_text(_cut(context, text, WIDTH_PX - MARGIN_PX - x if width_px is None else width_px))


def text_width(context: cairo.Context[Any], text: str, size_px: float, *, bold: bool = False) -> float:
    """How wide `write` would write it, px."""
    _font(context, size_px, bold=bold, mono=False)
    return float(context.text_extents(text).x_advance)


def _font(context: cairo.Context[Any], size_px: float, *, bold: bool, mono: bool) -> None:
    import cairo  # noqa: PLC0415 - loaded by the caller

    weight = cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL
    context.select_font_face("monospace" if mono else "sans-serif", cairo.FONT_SLANT_NORMAL, weight)
    context.set_font_size(size_px)


def _cut(context: cairo.Context[Any], text: str, width_px: float) -> str:
    """The longest beginning of `text` that fits, with an ellipsis if something is missing."""
    if context.text_extents(text).x_advance <= width_px:
        return text
    kept = len(text)
    while kept and context.text_extents(text[:kept] + "…").x_advance > width_px:
        kept -= 1
    return text[:kept] + "…"
