"""guid/core/thickness.py: frames at every scale, and windows that have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colors.patterns import LEAD_PX
from guid.core.geometry import Extents, Rect
from guid.core.policy import Desktop, extents_of, granted_outer
from guid.core.thickness import THIN, Style, thickness_at
from guid.core.values import Kind, RemoteId
from guid.core.window import Asked, new_window, regrant

SCREEN = Rect(0, 0, 3840, 2160)


@pytest.mark.parametrize(
    ("scale", "popup", "managed", "unit"),
    [
        *((0.5, 2, 3, 1), (1.0, 2, 3, 1), (1.25, 3, 4, 1), (1.5, 3, 5, 2), (2.0, 4, 6, 2)),
        *((3.0, 6, 9, 3), (4.0, 8, 12, 4), (99.0, 8, 12, 4)),
    ],
)
def test_frames_are_as_thick_as_the_scale_asks_and_never_thinner(
    scale: float, popup: int, managed: int, unit: int
) -> None:
    found = thickness_at(scale)
    assert found == (Extents(*[popup] * 4), Extents(*[managed] * 4), unit, 0, 0, 0, found.popup)
    assert min(*found.popup, *found.managed) >= min(THIN.popup)


@pytest.mark.parametrize(("scale", "side", "tag"), [(0.5, 3, 16), (1, 3, 16), (1.5, 5, 24), (2, 6, 32), (4, 12, 64)])
def test_tag_has_room_in_the_upper_side_of_managed_windows_alone(scale: float, side: int, tag: int) -> None:
    found = thickness_at(scale, Style(tag=True))
    assert found.managed == Extents(side, side, side + tag, side)
    assert found.tag_px == tag
    assert found.popup == thickness_at(scale).popup


@pytest.mark.parametrize(("scale", "unit"), [(1, 1), (1.25, 1), (1.5, 2), (4, 4)])
def test_high_contrast_has_borders_and_a_larger_tag_in_whole_steps_but_for_tray_icons(scale: float, unit: int) -> None:
    found = thickness_at(scale, Style(tag=True, contrast=True))
    assert found.popup == Extents(*[7 * unit] * 4)
    assert found.managed == Extents(10 * unit, 10 * unit, 34 * unit, 10 * unit)
    assert (found.unit, found.tag_px, *found.borders) == (unit, 24 * unit, 2 * unit, 2 * unit)
    assert found.managed.left - found.lining_px <= LEAD_PX * unit, "a corner is not plain"
    assert found.icon == thickness_at(scale).popup


@given(st.floats(0.1, 10))
def test_no_mark_begins_in_a_corner(scale: float) -> None:
    found = thickness_at(scale)
    assert max(found.managed) <= LEAD_PX * found.unit


def test_windows_have_the_frames_of_their_desktop() -> None:
    desktop = Desktop(SCREEN, SCREEN, thickness=thickness_at(2.0))
    for popup, px in ((False, 6), (True, 4)):
        window = new_window(RemoteId(7), Asked(Rect(100, 100, 300, 200), override_redirect=popup), desktop)
        assert window.extents == Extents(*[px] * 4)
        assert window.granted.outer == Rect(100 - px, 100 - px, 300 + 2 * px, 200 + 2 * px)
        assert window.content == Rect(100, 100, 300, 200)
        regrant(window, desktop, may_become_popup=True)
        assert window.granted.outer.width == 300 + 2 * px


def test_popup_at_the_screens_edge_keeps_its_thicker_frame_on_it() -> None:
    desktop = Desktop(SCREEN, SCREEN, thickness=thickness_at(3.0))
    assert granted_outer(Rect(0, 0, 90, 40), Kind.POPUP, desktop) == Rect(0, 0, 102, 52)
    assert extents_of(Kind.MANAGED, desktop.thickness) == Extents(9, 9, 9, 9)
