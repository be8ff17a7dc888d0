"""colors/vision.py: what is known of eyes without one kind of cone."""

import pytest

from colors.palette import colours_differ_by
from colors.vision import MATRICES, Vision, contrast, linear, seen, shown


@pytest.mark.parametrize("vision", Vision)
@pytest.mark.parametrize("gray", [0x000000, 0x555555, 0x808080, 0xFFFFFF])
def test_grays_stay_what_they_are(vision: Vision, gray: int) -> None:
    assert colours_differ_by(gray, gray, vision) == 0
    assert abs((shown(seen(gray, vision)) & 0xFF) - (gray & 0xFF)) <= 1


@pytest.mark.parametrize("vision", Vision)
def test_every_row_keeps_white_white(vision: Vision) -> None:
    assert [sum(row) for row in MATRICES[vision]] == pytest.approx([1, 1, 1], abs=1e-5)


@pytest.mark.parametrize("rgb", [0x000000, 0xCC0000, 0x73D216, 0x3465A4, 0x123456, 0xFFFFFF])
def test_normal_eyes_see_what_is_shown(rgb: int) -> None:
    assert shown(seen(rgb, Vision.NORMAL)) == rgb


# Colours of one lightness, so that only hue is left; and who takes them for one.
CONFUSED = [
    (0xC46A6A, 0x8A8F4B, {Vision.DEUTERANOPIA}),
    (0x3E8E8E, 0x4A8BB0, {Vision.TRITANOPIA}),
]


@pytest.mark.parametrize(("one", "other", "by"), CONFUSED)
def test_who_lacks_a_cone_sees_less_difference(one: int, other: int, by: set[Vision]) -> None:
    for vision in by:
        assert colours_differ_by(one, other, vision) < 0.6 * colours_differ_by(one, other, Vision.NORMAL)


def test_red_is_darker_without_long_wave_cones() -> None:
    red = [contrast(seen(0xCC0000, vision), linear(0)) for vision in (Vision.NORMAL, Vision.PROTANOPIA)]
    assert red[1] < red[0] - 1


def test_contrast_of_black_and_white_is_the_greatest() -> None:
    assert contrast(linear(0), linear(0xFFFFFF)) == pytest.approx(21)
