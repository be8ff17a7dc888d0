"""Draws the picture of docs/icons.md: `python -m scripts.icons_page`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from colors.icon import of_program, of_qube
from colors.iconimage import IconImage
from colors.labels import STANDARD
from colors.picture import write_png

PICTURE: Final = Path(__file__).parents[1] / "docs" / "images" / "icons.png"
LEFT_PX, COLUMN_PX, ROW_PX, SIDE_PX, SMALL_PX = 10, 84, 74, 64, 16
NAMES: Final = ("work", "personal", "bank", "untrusted", "vault", "dev", "mail", "home")
PANEL: Final = b"\xe8\xe8\xe8\xff"


def _disc(x: float, y: float) -> tuple[int, int, int, int]:
    """Orange above, blue below, nothing outside; B, G, R, A."""
    distance = x * x + y * y
    return (0, 0, 0, 0) if distance > 0.8 else (40, 140, 255, 255) if y < 0.1 else (220, 110, 40, 255)


def _sheet(x: float, y: float) -> tuple[int, int, int, int]:
    """White paper with lines."""
    if abs(x) > 0.6 or abs(y) > 0.8:
        return (0, 0, 0, 0)
    return (90, 90, 90, 255) if abs(x) < 0.4 and int((y + 1) * 8) % 3 == 1 else (255, 255, 255, 255)


def _symbol(x: float, y: float) -> tuple[int, int, int, int]:
    """A black ring, and all else clear."""
    return (0, 0, 0, 255) if 0.25 < x * x + y * y < 0.6 else (0, 0, 0, 0)


def _drawn(shape: object, side: int) -> IconImage:
    places = [2 * (at + 0.5) / side - 1 for at in range(side)]
    return IconImage(side, side, b"".join(bytes(shape(x, y)) for y in places for x in places))  # type: ignore[operator]


def main() -> None:
    """Write it."""
    shapes = (_disc, _sheet, _symbol)
    width, height = LEFT_PX + COLUMN_PX * len(STANDARD), LEFT_PX + ROW_PX * (1 + len(shapes))
    canvas = bytearray(PANEL * width * height)
    for column, (label, name) in enumerate(zip(STANDARD.values(), NAMES, strict=True)):
        rows = [of_qube(label, name, (side,))[0] for side in (SIDE_PX,)]
        rows += [of_program(_drawn(shape, SIDE_PX), label) for shape in shapes]
        for row, image in enumerate(rows):
            _paste(canvas, width, image, LEFT_PX + column * COLUMN_PX, LEFT_PX + row * ROW_PX)
    write_png(PICTURE, canvas, width, height)


def _paste(canvas: bytearray, stride: int, image: IconImage, left: int, top: int) -> None:
    for row in range(image.height):
        at, line = 4 * ((top + row) * stride + left), 4 * image.width * row
        canvas[at : at + 4 * image.width] = image.pixels[line : line + 4 * image.width]


if __name__ == "__main__":
    main()
