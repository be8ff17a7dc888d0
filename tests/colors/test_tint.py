"""The tint of icons, against the formula in fractions, pixel for pixel."""

import time
from fractions import Fraction
from itertools import product
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colors.labels import STANDARD
from colors.tint import BACKING, hue_of, tinted

Pixel = tuple[int, int, int, int]
"""Blue, green, red, alpha."""

EDGES = (0, 1, 127, 128, 254, 255)
LABELS = [*(label.rgb for label in STANDARD.values()), 0xFFFFFF, 0x00FF00, 0x0000FF, 0x102030, 0xFF8000]


def laid(channel: int, alpha: int) -> int:
    """On the backing, to the nearest; no half can come, for 255 is odd."""
    return floor(Fraction(channel * alpha + BACKING * (255 - alpha), 255) + Fraction(1, 2))


def formula(pixel: Pixel, shares: tuple[Fraction, ...]) -> Pixel:
    """As the C implementation has it, of an opaque pixel: new least part m2, new chroma c2. shares: of r, g, b."""
    opaque = [laid(channel, pixel[3]) for channel in pixel[:3]]
    least, chroma = min(opaque), max(opaque) - min(opaque)
    c2 = Fraction(255 + 3 * chroma, 4)
    m2 = Fraction((1020 - (255 + 3 * chroma)) * least, max((255 - chroma) * 4, 1))
    red, green, blue = (floor(m2 + share * c2) for share in shares)
    return blue, green, red, 255


def shares_of(rgb: int) -> tuple[Fraction, ...]:
    channels = rgb >> 16, rgb >> 8 & 0xFF, rgb & 0xFF
    chroma = max(channels) - min(channels)
    if chroma < 16:
        return (Fraction(1, 2),) * 3
    return tuple(Fraction(channel - min(channels), chroma) for channel in channels)


def pixels_of(data: bytes) -> list[Pixel]:
    return [(data[at], data[at + 1], data[at + 2], data[at + 3]) for at in range(0, len(data), 4)]


@pytest.mark.parametrize("rgb", LABELS, ids=lambda rgb: f"{rgb:06x}")
def test_every_edge_of_every_channel_is_tinted_by_the_formula(rgb: int) -> None:
    pixels: list[Pixel] = [(b, g, r, a) for b, g, r, a in product(EDGES, repeat=4)]
    shares = shares_of(rgb)
    found = pixels_of(tinted(b"".join(map(bytes, pixels)), rgb))
    assert found == [formula(pixel, shares) for pixel in pixels]


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 4), max_size=200), st.integers(0, 0xFFFFFF))
def test_any_picture_in_any_labels_hue_is_tinted_by_the_formula(pixels: list[Pixel], rgb: int) -> None:
    shares = shares_of(rgb)
    found = pixels_of(tinted(b"".join(map(bytes, pixels)), rgb))
    assert found == [formula(pixel, shares) for pixel in pixels]


def test_label_that_is_nearly_grey_lends_no_hue() -> None:
    """The standard gray has the hue of green: by its rounding errors, but the formula would make it as bright."""
    assert hue_of(STANDARD["gray"].rgb) == hue_of(STANDARD["black"].rgb) == ((1, 1, 1), 2)
    assert hue_of(STANDARD["green"].rgb)[0] != (1, 1, 1)


def test_largest_picture_is_tinted_in_a_moment() -> None:
    """Pixel by pixel it would take 200 ms, in which the qube's keys would wait. A bound of ten times what it takes."""
    picture = bytes(range(256)) * (4 * 128 * 128 // 256)

    def took() -> float:
        began = time.perf_counter()
        tinted(picture, 0xCC0000)
        return time.perf_counter() - began

    assert min(took() for _ in range(20)) < 0.1
