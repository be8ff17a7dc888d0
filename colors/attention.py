"""The picture of the panel that says whose window has the focus, by cairo; must not know X, or what keys do.

Neutral around, the qube's colour in it: no frame of a qube is white. Only text that is safe to show goes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from colors.patterns import PATTERNS, PLAIN
from colors.question import EDGE, FAINT, INK, PAPER, Picture, fill, text_width, write

if TYPE_CHECKING:
    import cairo

WIDTH_PX, MARGIN_PX, EDGE_PX = 600, 24, 3
BAND_PX, TITLE_PX, ROW_PX, KEY_PX, SAID_PX = 92, 44, 34, 44, 24
NAME_PX, LEAST_NAME_PX = 32, 15
MOST_ROWS = 8
LINE, CHOSEN, KEYCAP, WARNING = 0x454545, 0x3D4651, 0x505050, 0xFFC66D
NEUTRAL = 0x5A5A5A
MARKS_PX, TIMES = 8, 2
"""The label's pattern along the band: so high, and so many times as large as on a frame."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A qube in the list. chosen: keys mean it."""

    name: str
    label: str
    rgb: int
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A key and what it does; lit: it does something now, and loudly if urgent."""

    key: str
    word: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """The label at the head of the panel: colour, colour of letters on it, and its pattern's name."""

    rgb: int
    ink: int
    pattern: str


NO_BAND = Band(NEUTRAL, INK, PLAIN.name)


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown.

    heading: the owner's name, or that there is none. below: a line under it. band: what is behind both.
    title: of the focused window, "" for none. offers: keys, left to right. said: a line for the person.
    """

    heading: str
    below: str
    band: Band
    title: str
    rows: Sequence[Listed]
    offers: Sequence[Offer]
    said: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """areas: left, top, width, height, device pixels of the picture → what is there: a key or a qube's name."""

    picture: Picture
    keys: Sequence[tuple[tuple[int, int, int, int], str]]
    names: Sequence[tuple[tuple[int, int, int, int], str]]


def draw(card: Card, *, max_width: int, max_height: int, scale: int = 1) -> Drawn:
    """Draw it. max_width, max_height: device pixels that there are. scale: device pixels a px, 1 or more."""
    import cairo  # noqa: PLC0415 - heavy, and rarely wanted

    width = max(200, min(WIDTH_PX, max_width // scale))
    fixed = 2 * EDGE_PX + BAND_PX + TITLE_PX + 2 * 10 + SAID_PX + KEY_PX + 2 * MARGIN_PX - 12
    room = max(1, min(MOST_ROWS, (max_height // scale - fixed) // ROW_PX))
    rows = _seen(card.rows, room)
    height = fixed + ROW_PX * max(1, len(rows))
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width * scale, height * scale)
    context = cairo.Context(surface)
    context.scale(scale, scale)
    painter = _Painter(context, width, scale)
    fill(context, EDGE, 0, 0, width, height)
    fill(context, PAPER, EDGE_PX, EDGE_PX, width - 2 * EDGE_PX, height - 2 * EDGE_PX)
    top = painter.band(card, EDGE_PX)
    top = painter.title(card.title, top) + 10
    for row in rows:
        top = painter.row(row, top)
    if not rows:
        painter.line("No qube is running.", top + 8, FAINT)
        top += ROW_PX
    top += 10
    fill(context, LINE, EDGE_PX, top, width - 2 * EDGE_PX, 1)
    more = len(card.rows) - len(rows)
    painter.line(card.said or (f"{more} more: Up and Down" if more else ""), top + 12, WARNING if card.said else FAINT)
    painter.offers(card.offers, top + SAID_PX + MARGIN_PX - 8)
    surface.flush()
    picture = Picture(width * scale, height * scale, bytes(surface.get_data()))
    return Drawn(picture, painter.keys, painter.names)


def _seen(rows: Sequence[Listed], room: int) -> Sequence[Listed]:
    """As many rows as there is room for, with the chosen one among them."""
    chosen = next((place for place, row in enumerate(rows) if row.chosen), 0)
    first = min(max(0, chosen - room // 2), max(0, len(rows) - room))
    return rows[first : first + room]


class _Painter:
    """Draws one part below the other; each returns where it ends, px."""

    def __init__(self, context: cairo.Context[Any], width: int, scale: int) -> None:
        self._context = context
        self._width = width
        self._scale = scale
        self.keys: list[tuple[tuple[int, int, int, int], str]] = []
        self.names: list[tuple[tuple[int, int, int, int], str]] = []

    def band(self, card: Card, top: int) -> int:
        ink = card.band.ink
        inner = self._width - 2 * EDGE_PX
        fill(self._context, card.band.rgb, EDGE_PX, top, inner, BAND_PX)
        self._marks(card.band, top + BAND_PX - MARKS_PX)
        fill(self._context, EDGE, EDGE_PX, top + BAND_PX, inner, 1)
        room = self._width - 2 * MARGIN_PX
        size = NAME_PX
        while size > LEAST_NAME_PX and text_width(self._context, card.heading, size, bold=True) > room:
            size -= 1
        baseline_gap = (NAME_PX - size) // 2
        self._write(card.heading, MARGIN_PX, top + 13 + baseline_gap, ink, size, bold=True)
        self._write(card.below, MARGIN_PX, top + 55, ink, 15)
        return top + BAND_PX + 1

    def _marks(self, band: Band, top: int) -> None:
        """The pattern, as it is along a frame."""
        pattern = PATTERNS[band.pattern]
        for begin in range(EDGE_PX, self._width - EDGE_PX, pattern.period * TIMES):
            for start, length in pattern.marks:
                left = begin + start * TIMES
                room = max(0, self._width - EDGE_PX - left)
                fill(self._context, band.ink, left, top, min(length * TIMES, room), MARKS_PX)

    def title(self, title: str, top: int) -> int:
        if title:
            self._write(f"\u201c{title}\u201d", MARGIN_PX, top + 14, INK, 15)
        fill(self._context, LINE, EDGE_PX, top + TITLE_PX - 1, self._width - 2 * EDGE_PX, 1)
        return top + TITLE_PX

    def row(self, row: Listed, top: int) -> int:
        context, inner = self._context, self._width - 2 * EDGE_PX
        if row.chosen:
            fill(context, CHOSEN, EDGE_PX, top, inner, ROW_PX)
            fill(context, INK, EDGE_PX, top, 4, ROW_PX)
        fill(context, INK, MARGIN_PX, top + 7, 20, 20)
        fill(context, row.rgb, MARGIN_PX + 1, top + 8, 18, 18)
        words_width = text_width(context, row.words, 14)
        right = self._width - MARGIN_PX - words_width
        self._write(row.words, right, top + 9, INK if row.chosen else FAINT, 14)
        left = MARGIN_PX + 34
        name_room = max(40.0, right - left - 20)
        self._write(row.name, left, top + 8, INK, 16, bold=row.chosen, width_px=name_room)
        after = left + min(name_room, text_width(context, row.name, 16, bold=row.chosen)) + 12
        if right - after > 60:
            self._write(row.label, after, top + 9, FAINT, 14, width_px=right - after - 12)
        self.names.append((self._area(EDGE_PX, top, inner, ROW_PX), row.name))
        return top + ROW_PX

    def line(self, text: str, top: int, rgb: int) -> None:
        self._write(text, MARGIN_PX, top, rgb, 14)

    def offers(self, offers: Sequence[Offer], top: int) -> None:
        gap = 12
        each = (self._width - 2 * MARGIN_PX - (len(offers) - 1) * gap) // max(1, len(offers))
        for place, offer in enumerate(offers):
            left = MARGIN_PX + place * (each + gap)
            fill(self._context, WARNING if offer.urgent else KEYCAP, left, top, each, KEY_PX)
            fill(self._context, PAPER, left + 1, top + 1, each - 2, KEY_PX - 2)
            cap = text_width(self._context, offer.key, 14, bold=True) + 16
            fill(self._context, KEYCAP, left + 8, top + 9, cap, KEY_PX - 18)
            self._write(offer.key, left + 16, top + 14, INK, 14, bold=True, width_px=each)
            room = each - cap - 24
            self._write(offer.word, left + 16 + cap, top + 13, WARNING if offer.urgent else INK, 15, width_px=room)
            self.keys.append((self._area(left, top, each, KEY_PX), offer.key))

    def _write(
        self, text: str, x: float, top: float, rgb: int, size: int, *, bold: bool = False, width_px: float | None = None
    ) -> None:
        room = self._width - MARGIN_PX - x if width_px is None else width_px
        write(self._context, text, x, top, rgb, size, bold=bold, width_px=room)

    def _area(self, left: int, top: int, width: int, height: int) -> tuple[int, int, int, int]:
        scale = self._scale
        return left * scale, top * scale, width * scale, height * scale
