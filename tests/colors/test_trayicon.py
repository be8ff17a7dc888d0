"""The clipboard's icon: its format, its colour, and that it is seen on any panel."""

import pytest

from colors.labels import STANDARD
from colors.trayicon import Pixmap, draw


def pixel(pixmap: Pixmap, x: int, y: int) -> tuple[int, ...]:
    """Alpha, red, green, blue."""
    width, _height, data = pixmap
    return tuple(data[4 * (y * width + x) :][:4])


def test_draw_gives_every_size_in_argb() -> None:
    assert [(width, height, len(data)) for width, height, data in draw(0x3465A4)] == [(24, 24, 2304), (48, 48, 9216)]


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("rgb", [*(label.rgb for label in STANDARD.values()), 0xFFFFFF])
def test_board_has_the_colour_inside_a_black_and_a_white_line(rgb: int, scale: int) -> None:
    pixmap = draw(rgb)[scale - 1]
    colour = (255, *rgb.to_bytes(3, "big"))
    found = [pixel(pixmap, x * scale, 14 * scale) for x in (1, 2, 3, 4, 12, 19, 20, 21, 22)]
    clear, white, black = (0, 0, 0, 0), (255, 255, 255, 255), (255, 0, 0, 0)
    assert found == [clear, white, black, colour, colour, colour, black, white, clear]


def test_empty_one_is_none_of_the_colours() -> None:
    board = [pixel(draw(None)[0], x, y) for x, y in ((4, 8), (19, 21))]
    assert board == [(0, 0, 0, 0)] * 2
    assert pixel(draw(None)[0], 12, 14) == (255, 0, 0, 0)
