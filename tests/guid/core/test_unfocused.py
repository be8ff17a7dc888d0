"""guid/core/unfocused.py: which contents are tinted, and that what they show can still be read."""

import pytest

from colors.labels import STANDARD, Label
from colors.vision import contrast, linear
from guid.core.options import MAX_TINT_PERCENT
from guid.core.unfocused import BYTE, is_tinted, veil
from guid.core.values import Kind, RemoteId

HERE, THERE = RemoteId(0x11), RemoteId(0x12)
LEAST_CONTRAST = 3.0
"""Source: WCAG 2.1, 1.4.3, large letters."""


@pytest.mark.parametrize(
    ("kind", "focused", "tinted"),
    [
        (Kind.MANAGED, None, True),
        (Kind.MANAGED, THERE, True),
        (Kind.MANAGED, HERE, False),
        (Kind.POPUP, None, True),
        (Kind.POPUP, THERE, False),
        (Kind.ICON, None, False),
        (Kind.ICON, THERE, False),
    ],
)
def test_content_is_tinted_where_the_person_does_not_type(
    kind: Kind, focused: RemoteId | None, *, tinted: bool
) -> None:
    assert is_tinted(HERE, kind, focused) is tinted


def test_veil_is_the_colour_times_its_alpha() -> None:
    assert veil(0xFF8000, 100) == (0xFFFF, 0x8080, 0, 0xFFFF)
    assert veil(0xFF8000, 40) == (0x6666, 0x3333, 0, 0x6666)
    assert veil(0xFF8000, 0) == (0, 0, 0, 0)


@pytest.mark.parametrize("label", STANDARD.values(), ids=list(STANDARD))
def test_letters_can_be_read_under_the_most_of_any_standard_label(label: Label) -> None:
    red, green, blue, alpha = (each >> 8 for each in veil(label.rgb, MAX_TINT_PERCENT))
    black = red << 16 | green << 8 | blue
    white = black + (BYTE - alpha) * 0x010101
    assert contrast(linear(black), linear(white)) >= LEAST_CONTRAST
