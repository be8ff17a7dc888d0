"""A qube's tray icon in the modes of the C daemon, pixel by pixel; must not know trays, nor where pixels come from.

Every function of the arithmetic is that of the C daemon on the bits: a tint keeps a pixel's lightness, as `colorsys`
has it, and takes hue and saturation from the label; numbers are cut off, not rounded. So black stays black and white
stays white, and what marks such icons is the edge around all this, which is not drawn here.
Source: qubes-gui-daemon 4.3, trayicon.c, do_shm_update in xside.c; told apart by running it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Final, NamedTuple

WHITE: Final = 0xFFFFFF
NEARLY_WHITE: Final = 0xFEFEFE
RGB_MASK: Final = 0xFFFFFF

UNIT: Final = tuple(value / 255.0 for value in range(256))

MAX_SHADES: Final = 16_384
"""Colours whose tint is kept for the next drawing: all that an icon of 128x128 px can have."""


class Base(Enum):
    """What happens to the picture."""

    PLAIN = "plain"
    """it is shown as it is"""
    BACKGROUND = "bg"
    """white, where it has the colour of its first pixel"""
    TINT = "tint"
    """it gets the label's hue and saturation"""


class Look(NamedTuple):
    """One mode. border_at: how far from the side a line in the label's colour goes around, px; None: there is none.

    saturation50: half of the label's saturation. whitehack: pure white becomes nearly white, not tinted.
    """

    base: Base
    border_at: int | None = None
    saturation50: bool = False
    whitehack: bool = False


class Pixels(NamedTuple):
    """A picture: BGRX in little-endian words, rows top to bottom, no padding. The highest byte means nothing."""

    width: int
    height: int
    words: memoryview | array[int]


Shade = Callable[[int], int]


class _Shades(dict[int, int]):
    """Colour → its tint, made when it is first looked for. The highest byte of a colour means nothing."""

    def __init__(self, shade: Shade) -> None:
        super().__init__()
        self._shade = shade

    def __missing__(self, word: int) -> int:
        shaded = self[word] = self._shade(word & RGB_MASK)
        return shaded


class IconDrawing:
    """Draws the icons of one label in one look. rgb, background: 0xRRGGBB; the latter shows where no picture is."""

    def __init__(self, look: Look, rgb: int, background: int) -> None:
        self._look = look
        self._rgb = rgb
        self._background = WHITE if look.base is Base.BACKGROUND else background
        self._shades = _Shades(self._tint(rgb)) if look.base is Base.TINT else None

    def draw(self, picture: Pixels, width: int, height: int) -> bytes:
        """The icon, width x height px, as `Pixels` has them: from the picture's upper left corner on."""
        canvas = array("I", [self._background]) * (width * height)
        columns, rows = min(width, picture.width), min(height, picture.height)
        convert = self._conversion(picture)
        for y in range(rows):
            row = picture.words[y * picture.width : y * picture.width + columns]
            canvas[y * width : y * width + columns] = array("I", map(convert, row))
        if self._look.border_at is not None:
            _go_around(canvas, width, height, 0, self._background)
            _go_around(canvas, width, height, self._look.border_at, self._rgb)
        return canvas.tobytes()

    def _conversion(self, picture: Pixels) -> Callable[[int], int]:
        if self._shades is not None:
            if len(self._shades) > MAX_SHADES:
                self._shades.clear()
            return self._shades.__getitem__
        if self._look.base is Base.BACKGROUND:
            return partial(_unless, picture.words[0] & RGB_MASK)
        return RGB_MASK.__and__

    def _tint(self, rgb: int) -> Shade:
        from colorsys import hls_to_rgb, rgb_to_hls  # noqa: PLC0415 - only who shows tinted icons needs it

        hue, _lightness, saturation = rgb_to_hls(*(UNIT[each] for each in rgb.to_bytes(3, "big")))
        if self._look.saturation50:
            saturation *= 0.5
        white = NEARLY_WHITE if self._look.whitehack else None
        by_lightness: dict[float, int] = {}  # about 1,000 at the most

        def shade(colour: int) -> int:
            if white is not None and colour == WHITE:
                return white
            channels = colour >> 16, colour >> 8 & 0xFF, colour & 0xFF
            lightness = (UNIT[max(channels)] + UNIT[min(channels)]) / 2.0
            shaded = by_lightness.get(lightness)
            if shaded is None:
                red, green, blue = (int(value * 255) for value in hls_to_rgb(hue, lightness, saturation))
                shaded = by_lightness[lightness] = red << 16 | green << 8 | blue
            return shaded

        return shade


def _unless(transparent: int, word: int) -> int:
    colour = word & RGB_MASK
    return WHITE if colour == transparent else colour


def _go_around(canvas: array[int], width: int, height: int, at: int, rgb: int) -> None:
    """A line 1 px wide along all sides, `at` px from them; what has no room is left out."""
    right, bottom = width - 1 - at, height - 1 - at
    if right < at or bottom < at:
        return
    line = array("I", [rgb]) * (right - at + 1)
    for y in (at, bottom):
        canvas[y * width + at : y * width + right + 1] = line
    for y in range(at, bottom + 1):
        canvas[y * width + at] = canvas[y * width + right] = rgb
