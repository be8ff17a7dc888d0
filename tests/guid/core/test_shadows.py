"""Shadows on frames: a darker shade is told from another label's colour."""

from itertools import permutations

from colors.labels import STANDARD
from guid.core.geometry import Rect
from guid.core.shadows import DARKEST_SHADOW, darkened, shadow_of


def shade(rgb: int, part: float) -> int:
    """What a compositor makes of a colour."""
    return sum(round((rgb >> shift & 0xFF) * part) << shift for shift in (16, 8, 0))


def test_every_shade_of_every_label_is_its_own_and_no_other_labels() -> None:
    shades = [step / 100 for step in range(round(100 * DARKEST_SHADOW) + 1, 101)]
    for label in STANDARD.values():
        assert all(darkened(shade(label.rgb, part), label.rgb) for part in shades)
    for one, other in permutations(STANDARD.values(), 2):
        assert not darkened(other.rgb, one.rgb), (one.name, other.name)


def test_brighter_or_much_darker_is_no_shadow() -> None:
    assert not darkened(0x3867A8, 0x3465A4)
    assert not darkened(shade(0x3465A4, 0.2), 0x3465A4)
    assert darkened(0x020202, 0x000000)
    assert not darkened(0x030000, 0x000000)


def test_shadow_reaches_beyond_its_window_on_every_side() -> None:
    x, y, width, height = shadow_of(Rect(100, 100, 50, 30))
    assert x < 100
    assert y < 100
    assert x + width > 150
    assert y + height > 130
