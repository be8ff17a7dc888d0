"""Pictures with transparent parts: what is left of them on a colour, and at another size."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.blending import Picture, fitted, laid_on, multiplied, over
from guiagent.core.trayicons import NEUTRAL, wants_to_be_seen


def words(*pixels: int) -> bytes:
    return struct.pack(f"<{len(pixels)}I", *pixels)


@pytest.mark.parametrize(
    ("pixel", "seen"),
    [(0xFF123456, 0x123456), (0, NEUTRAL), (0x80800000, 0xBA3A3A), (0x00FFFFFF, 0xFFFFFF)],
)
def test_pixel_is_laid_on_the_colour_as_its_alpha_has_it(pixel: int, seen: int) -> None:
    assert laid_on(words(pixel), NEUTRAL) == words(seen)


def test_colours_are_multiplied_by_their_alpha() -> None:
    assert multiplied(Picture(3, 1, words(0xFF8040FF, 0x80FF00FF, 0x00FFFFFF))).bgra == words(0xFF8040FF, 0x80800080, 0)


def test_picture_is_fitted_into_the_middle_and_keeps_its_shape() -> None:
    wide = Picture(4, 2, words(*[0xFF0000FF] * 8))
    assert fitted(wide, 4).bgra == words(*[0] * 4, *[0xFF0000FF] * 8, *[0] * 4)
    assert fitted(wide, 2).bgra == words(*[0xFF0000FF] * 2, 0, 0)
    assert fitted(Picture(1, 1, words(0xFF00FF00)), 3).bgra == words(*[0xFF00FF00] * 9)


def test_smaller_picture_is_the_mean_of_what_it_covers() -> None:
    assert fitted(Picture(2, 2, words(0xFF000000, 0xFF0000FF, 0xFFFF0000, 0xFF00FF00)), 1).bgra == words(0xFF3F3F3F)


def test_overlay_covers_as_its_alpha_has_it() -> None:
    under = Picture(2, 1, words(0xFF000000, 0xFF0000C8))
    assert over(Picture(1, 1, words(0x80800000)), under, 1, 0).bgra == words(0xFF000000, 0xFF800063)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_fitted_picture_has_the_size_asked_for(width: int, height: int, side: int) -> None:
    done = fitted(Picture(width, height, words(*[0xFF112233] * width * height)), side)
    assert (done.width, done.height, len(done.bgra)) == (side, side, 4 * side * side)
    assert words(0xFF112233) in done.bgra


@pytest.mark.parametrize(("info", "seen"), [((), True), ((0,), True), ((0, 1), True), ((0, 0), False), ((0, 2), False)])
def test_icon_is_seen_unless_it_says_otherwise(info: tuple[int, ...], seen: bool) -> None:  # noqa: FBT001
    assert wants_to_be_seen(info) is seen
