"""Draws docs/images/tray.png, icons in every mode, six times as large: `python -m scripts.tray_picture`."""

from __future__ import annotations

import sys
from array import array
from pathlib import Path
from typing import Final

from colors.dockedicon import IconDrawing, Pixels
from colors.labels import STANDARD, Label
from colors.picture import write_png
from guid.core.geometry import Extents, Rect
from guid.core.marks import Marks
from guid.core.options import DEFAULT_OPTIONS
from guid.core.thickness import THIN
from guid.core.trayicon import extents_in
from guid.core.traywords import INSET
from guid.x11.iconlook import look_of

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "tray.png"

SIDE, GAP, TIMES = 24, 6, 6
"""Of an icon and around it, px; and how much larger the picture is."""

MODES: Final = (INSET, "tint", "tint+border1", "tint+saturation50", "tint+whitehack", "border1", "border2", "bg")
"""From the left, as the page lists them."""
LABELS: Final = ("red", "blue")
ICONS: Final = (0xD02020, 0x000000, 0xFFFFFF)
PANELS: Final = (0xF6F5F4, 0x2B2B2B)

ON: Final = """\
.....######.....
...##########...
..############..
.#####....#####.
.####......####.
####..####..####
####.######.####
####.######.####
####.######.####
####.######.####
####..####..####
.####......####.
.#####....#####.
..############..
...##########...
.....######.....
"""


def icon(rgb: int, width: int, height: int) -> Pixels:
    """A ring on the grey that an agent of ours lays below icons, as large as its content."""
    rows = ON.split()
    words = array("I", [0x757575]) * (width * height)
    left, top = (width - len(rows[0])) // 2, (height - len(rows)) // 2
    for y, row in enumerate(rows):
        for x, mark in enumerate(row):
            if mark == "#":
                words[(top + y) * width + left + x] = rgb
    return Pixels(width, height, words)


def framed(mode: str, label: Label, rgb: int) -> list[bytes]:
    """The rows of an icon in a tray, BGRX."""
    extents: Extents = extents_in(mode, THIN)
    width, height = SIDE - extents.horizontal, SIDE - extents.vertical
    picture, look = icon(rgb, width, height), look_of(mode)
    drawing = IconDrawing(look, label.rgb, DEFAULT_OPTIONS.window_background_color) if look is not None else None
    content = bytes(picture.words) if drawing is None else drawing.draw(picture, width, height)
    marks = Marks(label.rgb, label.ink, label.pattern, Rect(0, 0, SIDE, SIDE), extents)
    rows = []
    for y in range(SIDE):
        frame = marks.row(0, y, SIDE)
        inside = extents.top <= y < SIDE - extents.bottom
        inner = content[4 * width * (y - extents.top) :][: 4 * width] if inside else b""
        rows.append(frame[: 4 * extents.left] + inner + frame[4 * extents.left + len(inner) :])
    return rows


def main(path: Path = PAGE) -> int:
    """Write it."""
    step = SIDE + GAP
    width, height = len(MODES) * step + GAP, len(LABELS) * len(ICONS) * step + GAP
    sheet = bytearray()
    for panel in PANELS:
        part = bytearray(panel.to_bytes(4, "little") * (width * height))
        for column, mode in enumerate(MODES):
            for line, (name, rgb) in enumerate((name, rgb) for name in LABELS for rgb in ICONS):
                for y, row in enumerate(framed(mode, STANDARD[name], rgb)):
                    at = 4 * ((GAP + line * step + y) * width + GAP + column * step)
                    part[at : at + len(row)] = row
        sheet += part
    large = b"".join(
        b"".join(sheet[at : at + 4] * TIMES for at in range(start, start + 4 * width, 4)) * TIMES
        for start in range(0, len(sheet), 4 * width)
    )
    write_png(path, large, width * TIMES, 2 * height * TIMES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
