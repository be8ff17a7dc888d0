"""Icons as they are drawn: the letter by its dots, the pattern by its marks, the edge by its colour."""

from itertools import combinations

import pytest

from colors.icon import SIDES_PX, of_program, of_qube, property_of
from colors.iconimage import IconImage
from colors.labels import STANDARD, Label
from colors.letters import HIGH, WIDE, dots_of

LABELS = list(STANDARD.values())
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def rows_of(image: IconImage, rgb: int) -> list[str]:
    """ "#" where a pixel has the colour."""
    pixel = rgb.to_bytes(3, "little") + b"\xff"
    pixels = [image.pixels[at : at + 4] == pixel for at in range(0, len(image.pixels), 4)]
    lines = (pixels[at : at + image.width] for at in range(0, len(pixels), image.width))
    return ["".join("#" if same else "." for same in line) for line in lines]


def test_initial_is_drawn_as_it_is_written() -> None:
    (tile,) = of_qube(STANDARD["red"], "untrusted", (16,))
    drawn = [row[5:10] for row in rows_of(tile, 0xFFFFFF)[4:11]]
    assert drawn == ["#...#"] * 6 + [".###."]
    assert sum(row.count("#") for row in rows_of(tile, 0xFFFFFF)) == 15, "and nothing else is"


def test_every_letter_and_digit_is_another_one_and_fills_its_box() -> None:
    for one, other in combinations(LETTERS, 2):
        assert len(set(dots_of(one)) ^ set(dots_of(other))) >= 2, f"{one} and {other}"
    for letter in LETTERS:
        assert {y for _x, y in dots_of(letter)} == set(range(HIGH)), letter
        assert all(0 <= x < WIDE for x, _y in dots_of(letter)), letter
        assert dots_of(letter.lower()) == dots_of(letter)


@pytest.mark.parametrize("side", SIDES_PX)
def test_labels_differ_by_their_marks_without_their_colours(side: int) -> None:
    """Among those with the same ink, whose marks can be compared dot by dot."""
    tiles = {label.name: of_qube(label, "", (side,))[0] for label in LABELS}
    marks = {label.name: rows_of(tiles[label.name], label.ink) for label in LABELS}
    for one, other in combinations(LABELS, 2):
        assert marks[one.name] != marks[other.name], f"{one.name} and {other.name}"


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.name)
def test_outermost_pixels_of_every_tile_have_the_labels_colour(label: Label) -> None:
    for tile in of_qube(label, "work"):
        rows = rows_of(tile, label.rgb)
        assert (tile.width, tile.height) == (len(rows), len(rows[0]))
        for line in (rows[0], rows[-1], "".join(row[0] for row in rows), "".join(row[-1] for row in rows)):
            assert set(line) == {"#"}


@pytest.mark.parametrize(("size", "thick"), [((128, 128), 8), ((32, 32), 2), ((16, 16), 1), ((1, 1), 1), ((5, 90), 1)])
def test_edge_of_a_programs_icon_is_a_sixteenth_thick(size: tuple[int, int], thick: int) -> None:
    width, height = size
    icon = of_program(IconImage(width, height, b"\xff" * 4 * width * height), STANDARD["green"])
    rows = rows_of(icon, STANDARD["green"].rgb)
    inner = "#" * thick + "." * max(0, width - 2 * thick) + "#" * thick
    edge = ["#" * width] * thick
    assert rows == (edge + [inner[:width]] * (height - 2 * thick) + edge)[:height]


def test_property_is_words_of_width_height_and_pixels() -> None:
    first, second = IconImage(1, 1, b"abcd"), IconImage(2, 1, b"efghijkl")
    assert property_of([first, second]) == b"\1\0\0\0\1\0\0\0abcd\2\0\0\0\1\0\0\0efghijkl"
