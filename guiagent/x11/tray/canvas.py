"""Draws the shapes of a menu into a window: with Pillow and a font of the qube, else by X alone. It decides nothing.

X alone has one small font of Latin-1. Pillow is Debian's python3-pil; it is loaded with the first menu.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Protocol

from Xlib import X

from guiagent.core.menupanel import Box, Disc, Shape, Words
from guiagent.x11.tray.ground import PUT_BYTES, Ground
from protocol.limits import BYTES_PER_PIXEL

LOG = logging.getLogger(__name__)

FONTS: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
)
"""Where distributions have fonts with many scripts; the first that is there."""
POINTS: Final = 10
POINTS_PER_INCH: Final = 72
DEFAULT_DPI: Final = 96
CORE_FONT: Final = "fixed"
"""Every X server has it, also without any file."""
MAX_DPI: Final = 960


class Canvas(Protocol):
    """What menus are drawn with. line: height of a line of text, px."""

    line: int

    def measure(self, text: str) -> int:
        """Width of a text, px."""

    def draw(self, window: Any, width: int, height: int, shapes: Iterable[Shape]) -> None:
        """Make this the picture of a window for as long as it has no other."""


def canvas(ground: Ground, folder: tuple[str, ...] = FONTS) -> Canvas:
    """The best one that there is; what is missing is told in a line."""
    file = next((path for path in folder if Path(path).is_file()), None)
    try:
        if file is not None:
            return _Pillow(ground, file)
        LOG.warning("menus of the tray are drawn with X's own font: none of the usual ones is in this qube")
    except ImportError:
        LOG.warning(
            "menus of the tray are drawn with X's own font: Pillow is missing in this qube (Debian: python3-pil)"
        )
    return _Core(ground)


def dots_per_inch(ground: Ground) -> int:
    """How large the desktop draws, as the agent tells programs (ADR 42)."""
    said = ground.root.get_full_property(ground.display.intern_atom("RESOURCE_MANAGER"), X.AnyPropertyType)
    text = said.value if said is not None and isinstance(said.value, bytes) else b""
    for line in text.decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Xft.dpi" and value.strip().isdecimal():
            return min(max(int(value), DEFAULT_DPI // 2), MAX_DPI)
    return DEFAULT_DPI


class _Pillow:
    def __init__(self, ground: Ground, file: str) -> None:
        """Raises ImportError if there is no Pillow."""
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - with the first menu

        self._ground = ground
        self._context = ground.root.create_gc(graphics_exposures=False)
        size = POINTS * dots_per_inch(ground) // POINTS_PER_INCH
        self._font: Any = ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
        ascent, descent = self._font.getmetrics()
        self.line = int(ascent + descent)
        self._new: Callable[[int, int], Any] = lambda width, height: Image.new("RGB", (width, height))
        self._pencil: Callable[[Any], Any] = ImageDraw.Draw

    def measure(self, text: str) -> int:
        return int(self._font.getlength(text)) + 1

    def draw(self, window: Any, width: int, height: int, shapes: Iterable[Shape]) -> None:
        image = self._new(width, height)
        pencil = self._pencil(image)
        for shape in shapes:
            colour = _parts(shape.colour)
            if isinstance(shape, Box):
                pencil.rectangle(_corners(shape.x, shape.y, shape.width, shape.height), fill=colour)
            elif isinstance(shape, Disc):
                pencil.ellipse(_corners(shape.x, shape.y, shape.side, shape.side), fill=colour)
            else:
                pencil.text((shape.x, shape.y), shape.text, font=self._font, fill=colour)
        self._put(window, width, height, image.tobytes("raw", "BGRX"))

    def _put(self, window: Any, width: int, height: int, pixels: bytes) -> None:
        depth = self._ground.screen.root_depth
        pixmap = window.create_pixmap(width, height, depth)
        stride = BYTES_PER_PIXEL * width
        rows = max(1, PUT_BYTES // stride)
        for top in range(0, height, rows):
            part = pixels[top * stride : (top + rows) * stride]
            pixmap.put_image(self._context, 0, top, width, len(part) // stride, X.ZPixmap, depth, 0, part)
        _use(window, pixmap)


class _Core:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._font = ground.display.open_font(CORE_FONT)
        self._context = ground.root.create_gc(graphics_exposures=False, font=self._font)
        known = self._font.query()
        self._ascent = int(known.font_ascent)
        self.line = self._ascent + int(known.font_descent)
        self._width = int(known.max_bounds.character_width)

    def measure(self, text: str) -> int:
        return self._width * len(text)

    def draw(self, window: Any, width: int, height: int, shapes: Iterable[Shape]) -> None:
        pixmap = window.create_pixmap(width, height, self._ground.screen.root_depth)
        for shape in shapes:
            self._context.change(foreground=shape.colour)
            if isinstance(shape, Box):
                if shape.width > 0 and shape.height > 0:
                    pixmap.fill_rectangle(self._context, shape.x, shape.y, shape.width, shape.height)
            elif isinstance(shape, Disc):
                pixmap.fill_arc(self._context, shape.x, shape.y, shape.side, shape.side, 0, 360 * 64)
            else:
                self._text(pixmap, shape)
        _use(window, pixmap)

    def _text(self, pixmap: Any, words: Words) -> None:
        text = words.text.replace("…", "...").encode("latin-1", "replace")
        pixmap.draw_text(self._context, words.x, words.y + self._ascent, text)


def _use(window: Any, pixmap: Any) -> None:
    window.change_attributes(background_pixmap=pixmap)
    pixmap.free()
    window.clear_area(0, 0, 0, 0)


def _parts(colour: int) -> tuple[int, int, int]:
    return colour >> 16, colour >> 8 & 0xFF, colour & 0xFF


def _corners(x: int, y: int, width: int, height: int) -> tuple[int, int, int, int]:
    return x, y, x + max(width, 1) - 1, y + max(height, 1) - 1
