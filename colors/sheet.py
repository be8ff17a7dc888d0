"""A sheet of labels: each as a frame, and as four kinds of eyes see it, by cairo; must not know whose labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from colors.labels import Label
from colors.palette import COLOURS_APART, Pair, pairs
from colors.patterns import Pattern
from colors.question import Picture, fill, text_width, write
from colors.tag import draw as draw_tag
from colors.vision import Vision, linear, luminance, seen, shown

if TYPE_CHECKING:
    import cairo

PAPER, CARD, LINE, INK, FAINT, CONTENT = 0xF4F2EE, 0xFFFFFF, 0xDDD8D0, 0x22201D, 0x7A746C, 0xFAFAFA
MARGIN_PX, HEAD_PX, ROW_PX, FOOT_LINE_PX = 36, 136, 84, 22
SAMPLE = (200, 60)
EYE = (132, 60)
TEXT_LEFT_PX, TEXT_PX, GAP_PX = 264, 248, 16
EYES_LEFT_PX = TEXT_LEFT_PX + TEXT_PX
WIDTH_PX = EYES_LEFT_PX + len(Vision) * (EYE[0] + GAP_PX) - GAP_PX + MARGIN_PX + 16
FRAME_PX, UNIT = 3, 3
"""A managed window's frame at scale 1, and how many times as large it is drawn."""
TAG_PX = 20

HEADINGS = {
    Vision.NORMAL: ("Normal vision", ""),
    Vision.PROTANOPIA: ("Protanopia", "no red cones"),
    Vision.DEUTERANOPIA: ("Deuteranopia", "no green cones"),
    Vision.TRITANOPIA: ("Tritanopia", "no blue cones"),
}


def draw(labels: Sequence[Label], *, scale: int = 1) -> Picture:
    """Draw the sheet. scale: device pixels a px, 1 or more."""
    import cairo  # noqa: PLC0415 - heavy, and rarely wanted

    notes = list(_notes(labels))
    height = HEAD_PX + ROW_PX * len(labels) + 26 + FOOT_LINE_PX * (len(notes) + 2) + MARGIN_PX
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, WIDTH_PX * scale, height * scale)
    context = cairo.Context(surface)
    context.scale(scale, scale)
    fill(context, PAPER, 0, 0, WIDTH_PX, height)
    _head(context)
    for number, label in enumerate(labels):
        _row(context, label, HEAD_PX + number * ROW_PX, scale)
    top = HEAD_PX + ROW_PX * len(labels) + 26
    said = f"Colours that differ by less than {COLOURS_APART:.0f} (CIEDE2000) are told apart by their marks:"
    _text(context, said, MARGIN_PX, top, 14, bold=True)
    for number, note in enumerate(notes):
        _text(context, note, MARGIN_PX, top + FOOT_LINE_PX * (number + 1) + 2, 13, FAINT)
    surface.flush()
    return Picture(WIDTH_PX * scale, height * scale, bytes(surface.get_data()))


def frame(
    context: cairo.Context[Any], rgb: int, ink: int, pattern: Pattern, place: tuple[int, int, int, int], *, unit: int
) -> None:
    """A managed window's frame as the X server paints it. place: px. unit: px a pixel of it."""
    left, top, width, height = place
    fill(context, rgb, left, top, width, height)
    for start, length in _marks(pattern, width, unit):
        for y in (top + unit, top + height - 2 * unit):
            fill(context, ink, left + start, y, min(length, width - unit - start), unit)
    for start, length in _marks(pattern, height, unit):
        for x in (left + unit, left + width - 2 * unit):
            fill(context, ink, x, top + start, unit, min(length, height - unit - start))
    full = FRAME_PX * unit
    fill(context, CONTENT, left + full, top + full, width - 2 * full, height - 2 * full)


def _marks(pattern: Pattern, side: int, unit: int) -> Iterable[tuple[int, int]]:
    """Where marks begin along a side and how long they are, px."""
    period = pattern.period * unit
    for begin in range(0, side, period):
        for start, length in pattern.marks:
            if begin + start * unit < side - unit:
                yield begin + start * unit, length * unit


def _head(context: cairo.Context[Any]) -> None:
    _text(context, "Labels", MARGIN_PX, 30, 30, bold=True)
    _text(context, "Each has a colour, a pattern and a name; the frame of every window wears them.", MARGIN_PX, 72, 14)
    for number, (name, lacks) in enumerate(HEADINGS.values()):
        left = EYES_LEFT_PX + number * (EYE[0] + GAP_PX)
        _text(context, name, left, 98 if lacks else 112, 13, bold=True)
        _text(context, lacks, left, 115, 12, FAINT)


def _row(context: cairo.Context[Any], label: Label, top: int, scale: int) -> None:
    fill(context, LINE, MARGIN_PX - 16, top, WIDTH_PX - 2 * (MARGIN_PX - 16), ROW_PX - 8)
    fill(context, CARD, MARGIN_PX - 15, top + 1, WIDTH_PX - 2 * (MARGIN_PX - 15), ROW_PX - 10)
    middle = top + (ROW_PX - 8 - SAMPLE[1]) // 2
    frame(context, label.rgb, label.ink, label.pattern, (MARGIN_PX, middle, *SAMPLE), unit=UNIT)
    inset = FRAME_PX * UNIT
    _tag(context, label, (MARGIN_PX + inset, middle + inset, SAMPLE[0] - 2 * inset, TAG_PX), scale)
    _text(context, label.name, TEXT_LEFT_PX, middle + 2, 17, bold=True)
    _text(context, f"{label.pattern.name}: {label.pattern.words}", TEXT_LEFT_PX, middle + 25, 12)
    _text(context, f"#{label.rgb:06X}", TEXT_LEFT_PX, middle + 43, 12, FAINT)
    for number, vision in enumerate(Vision):
        place = (EYES_LEFT_PX + number * (EYE[0] + GAP_PX), middle, *EYE)
        light = seen(label.rgb, vision)
        frame(context, shown(light), label.ink, label.pattern, place, unit=UNIT)
        fill(context, shown(light), place[0] + 18, middle + 18, EYE[0] - 36, EYE[1] - 36)
        letters = 0xFFFFFF if luminance(light) < luminance(linear(0x777777)) else 0x000000
        words = f"{shown(light):06X}"
        aside = (EYE[0] - text_width(context, words, 11)) / 2
        write(context, words, place[0] + aside, middle + 23, letters, 11, width_px=EYE[0])


def _tag(context: cairo.Context[Any], label: Label, room: tuple[int, int, int, int], scale: int) -> None:
    """The name tag as frames have it, with the label's name instead of a qube's. room: px."""
    import cairo  # noqa: PLC0415 - loaded by the caller

    left, top, width, height = room
    fill(context, label.rgb, left, top, width, height)
    drawn = draw_tag(label.name, label.rgb, label.ink, label.pattern, height=height * scale, unit=scale)
    stride = 4 * drawn.width
    surface = cairo.ImageSurface.create_for_data(
        bytearray(drawn.pixels), cairo.FORMAT_RGB24, drawn.width, drawn.height, stride
    )
    context.save()
    context.rectangle(left, top, width, height)
    context.clip()
    context.translate(left, top)
    context.scale(1 / scale, 1 / scale)
    context.set_source_surface(surface)
    context.paint()
    context.restore()


def _notes(labels: Iterable[Label]) -> Iterable[str]:
    near: dict[Vision, list[Pair]] = {}
    for pair in pairs(labels):
        if not pair.by_colour:
            near.setdefault(pair.vision, []).append(pair)
    for vision in Vision:
        found = [f"{pair.one.name} and {pair.other.name} ({pair.colours:.1f})" for pair in near.get(vision, [])]
        yield f"{HEADINGS[vision][0]}: {', '.join(found) if found else 'none'}"


def _text(
    context: cairo.Context[Any], text: str, x: float, top: float, size: float, rgb: int = INK, *, bold: bool = False
) -> None:
    write(context, text, x, top, rgb, size, bold=bold, width_px=WIDTH_PX - x)
