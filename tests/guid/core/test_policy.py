"""guid/core/policy.py: what is granted on any desktop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.geometry import Rect, content_of, intersection, outer_of
from guid.core.policy import Desktop, brought_back, extents_of, granted_content, granted_kind, granted_outer
from guid.core.region import union_area
from guid.core.values import Kind
from tests.guid.core.strategies import contents, contents_on_layouts, desktops, layouts

FULL_HD = Desktop(Rect(0, 0, 1920, 1080), Rect(0, 30, 1920, 1050))


def inside(inner: Rect, area: Rect) -> bool:
    return intersection(inner, area) == inner


def test_extents_of_kinds_are_two_and_three_pixels() -> None:
    assert set(extents_of(Kind.POPUP)) == {2}
    assert set(extents_of(Kind.MANAGED)) == {3}


@given(contents(), desktops())
def test_granted_outer_of_popup_is_inside_the_work_area_or_wholly_off_screen(content: Rect, desktop: Desktop) -> None:
    outer = granted_outer(content, Kind.POPUP, desktop)
    asked = outer_of(content, extents_of(Kind.POPUP))
    assert outer.width >= 1
    assert outer.height >= 1
    if intersection(asked, desktop.root) is None:
        assert outer == asked
    else:
        assert inside(outer, desktop.work_area)
        assert outer.width == min(asked.width, desktop.work_area.width)
        assert outer.height == min(asked.height, desktop.work_area.height)


@given(contents(), desktops())
def test_granted_outer_of_popup_that_fits_is_not_moved(content: Rect, desktop: Desktop) -> None:
    asked = outer_of(content, extents_of(Kind.POPUP))
    if inside(asked, desktop.work_area):
        assert granted_outer(content, Kind.POPUP, desktop) == asked
        assert granted_content(content, Kind.POPUP, desktop) == content


@given(contents(), desktops())
def test_granted_outer_is_granted_again_unchanged(content: Rect, desktop: Desktop) -> None:
    outer = granted_outer(content, Kind.POPUP, desktop)
    extents = extents_of(Kind.POPUP)
    if outer.width > extents.horizontal and outer.height > extents.vertical:
        assert granted_outer(content_of(outer, extents), Kind.POPUP, desktop) == outer


@given(contents(), desktops())
def test_granted_content_is_never_below_one_pixel(content: Rect, desktop: Desktop) -> None:
    for kind in Kind:
        granted = granted_content(content, kind, desktop)
        assert granted.width >= 1
        assert granted.height >= 1


@given(contents(), desktops())
def test_granted_outer_of_managed_is_where_it_was_asked(content: Rect, desktop: Desktop) -> None:
    assert granted_outer(content, Kind.MANAGED, desktop) == outer_of(content, extents_of(Kind.MANAGED))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Rect(-40, 500, 96, 46), Rect(0, 498, 100, 50)),
        (Rect(1900, 500, 96, 46), Rect(1820, 498, 100, 50)),
        (Rect(500, 0, 96, 46), Rect(498, 30, 100, 50)),
        (Rect(500, 1060, 96, 46), Rect(498, 1030, 100, 50)),
        (Rect(500, 500, 3000, 46), Rect(0, 498, 1920, 50)),
        # One pixel of it is on the screen, so it is pulled in; with none it stays away.
        (Rect(-97, 500, 96, 46), Rect(0, 498, 100, 50)),
        (Rect(-98, 500, 96, 46), Rect(-100, 498, 100, 50)),
        # The strip of the screen that a panel covers is screen, not work area.
        (Rect(10, -45, 96, 46), Rect(8, 30, 100, 50)),
        # The C daemon's typing error pulls a popup from far above the screen to its top; here it stays hidden.
        (Rect(10, -500, 96, 76), Rect(8, -502, 100, 80)),
    ],
)
def test_granted_outer_of_popup_at_an_edge(content: Rect, expected: Rect) -> None:
    assert granted_outer(content, Kind.POPUP, FULL_HD) == expected


# Monitors


def overlap(one: Rect, other: Rect) -> int:
    common = intersection(one, other)
    return common.area if common is not None else 0


@given(contents_on_layouts())
def test_granted_outer_of_popup_has_every_edge_on_one_monitor(scene: tuple[Rect, Desktop]) -> None:
    content, desktop = scene
    outer = granted_outer(content, Kind.POPUP, desktop)
    asked = outer_of(content, extents_of(Kind.POPUP))
    assert outer.width >= 1
    assert outer.height >= 1
    if intersection(asked, desktop.root) is None:
        assert outer == asked
        return
    homes = [monitor for monitor in desktop.monitors if inside(outer, monitor)]
    assert homes
    if any(overlap(monitor, desktop.work_area) for monitor in desktop.monitors):
        assert inside(outer, desktop.work_area)


@given(contents_on_layouts())
def test_granted_outer_of_popup_is_on_the_monitor_that_shows_most_of_it(scene: tuple[Rect, Desktop]) -> None:
    content, desktop = scene
    everywhere = Desktop(desktop.root, desktop.root, desktop.monitors)
    asked = outer_of(content, extents_of(Kind.POPUP))
    if intersection(asked, desktop.root) is not None:
        outer = granted_outer(content, Kind.POPUP, everywhere)
        most = max(overlap(asked, monitor) for monitor in desktop.monitors)
        assert most in {overlap(asked, monitor) for monitor in desktop.monitors if inside(outer, monitor)}


@given(contents_on_layouts())
def test_granted_outer_on_monitors_is_granted_again_unchanged(scene: tuple[Rect, Desktop]) -> None:
    content, desktop = scene
    outer = granted_outer(content, Kind.POPUP, desktop)
    extents = extents_of(Kind.POPUP)
    if outer.width > extents.horizontal and outer.height > extents.vertical:
        assert granted_outer(content_of(outer, extents), Kind.POPUP, desktop) == outer


@given(contents(), desktops())
def test_granted_outer_one_monitor_is_as_good_as_none(content: Rect, desktop: Desktop) -> None:
    one = Desktop(desktop.root, desktop.work_area, (desktop.root,))
    assert granted_outer(content, Kind.POPUP, one) == granted_outer(content, Kind.POPUP, desktop)


@given(contents(), layouts(), layouts())
def test_brought_back_only_what_was_seen_and_is_not(content: Rect, before: Desktop, now: Desktop) -> None:
    outer = outer_of(content, extents_of(Kind.MANAGED))

    def seen(desktop: Desktop, rect: Rect) -> bool:
        return any(intersection(rect, monitor) is not None for monitor in desktop.monitors or (desktop.root,))

    place = brought_back(outer, before, now)
    assert (place is not None) is (seen(before, outer) and not seen(now, outer))
    if place is not None:
        assert min(place.width, place.height) >= 1
        assert place.width <= outer.width
        assert place.height <= outer.height
        assert any(intersection(place, monitor) == place for monitor in now.monitors or (now.root,)), (
            "every edge is seen"
        )
        assert brought_back(place, before, now) is None


SIDE_BY_SIDE = Desktop(
    Rect(0, 0, 3200, 1200), Rect(0, 30, 3200, 1170), (Rect(0, 0, 1920, 1200), Rect(1920, 200, 1280, 800))
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Rect(1900, 300, 96, 46), Rect(1920, 298, 100, 50)),
        (Rect(1850, 300, 96, 46), Rect(1820, 298, 100, 50)),
        # Above, below and beside the smaller monitor the screen goes on, and nobody sees it.
        (Rect(2500, 40, 96, 46), Rect(2498, 200, 100, 50)),
        (Rect(2500, 180, 96, 46), Rect(2498, 200, 100, 50)),
        (Rect(2500, 1100, 96, 46), Rect(2498, 950, 100, 50)),
        (Rect(1940, 40, 96, 46), Rect(1820, 38, 100, 50)),
        # Larger than the monitor: cut.
        (Rect(1900, 100, 1500, 996), Rect(1920, 200, 1280, 800)),
        # The panel is on the larger one.
        (Rect(10, 10, 96, 46), Rect(8, 30, 100, 50)),
    ],
)
def test_granted_outer_of_popup_on_two_monitors(content: Rect, expected: Rect) -> None:
    assert granted_outer(content, Kind.POPUP, SIDE_BY_SIDE) == expected


def test_granted_outer_work_area_beside_all_monitors_is_not_believed() -> None:
    desktop = Desktop(Rect(0, 0, 200, 100), Rect(150, 0, 50, 100), (Rect(0, 0, 100, 100),))
    assert granted_outer(Rect(160, 20, 10, 10), Kind.POPUP, desktop) == Rect(86, 18, 14, 14)


@pytest.mark.parametrize(
    ("width", "height", "kind"),
    [
        # 90 % of 1000x1000 is 900,000 px², the frame of 2 px included.
        (896, 996, Kind.POPUP),
        (897, 996, Kind.MANAGED),
        (996, 896, Kind.POPUP),
        (996, 897, Kind.MANAGED),
    ],
)
def test_granted_kind_counts_the_frame_in_the_ninety_percent(width: int, height: int, kind: Kind) -> None:
    desktop = Desktop(Rect(0, 0, 2000, 2000), Rect(0, 0, 1000, 1000))
    assert granted_kind(Rect(0, 0, width, height), desktop, override_redirect=True) is kind


SQUARE = Desktop(Rect(0, 0, 2000, 2000), Rect(0, 0, 1000, 1000))
HALF = Rect(0, 0, 500, 1000)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        # With the left half, 400,000 px² are left to others, frames included.
        (Rect(502, 2, 396, 996), Kind.POPUP),
        (Rect(502, 2, 397, 996), Kind.MANAGED),
        # What lies over the half counts once.
        (Rect(102, 2, 796, 996), Kind.POPUP),
        (Rect(101, 2, 798, 996), Kind.MANAGED),
        # One that is pulled in counts where it will lie: over the half, or not at all outside the screen.
        (Rect(-190, 2, 600, 996), Kind.POPUP),
        (Rect(1500, 2, 450, 996), Kind.MANAGED),
        (Rect(2500, 2, 450, 996), Kind.POPUP),
    ],
)
def test_granted_kind_counts_what_popups_cover_together(content: Rect, kind: Kind) -> None:
    assert granted_kind(content, SQUARE, override_redirect=True, beside=[HALF]) is kind
    assert granted_kind(content, SQUARE, override_redirect=True) is Kind.POPUP


def test_granted_kind_popups_outside_the_screen_count_for_nothing() -> None:
    away = [Rect(2000 + number, 0, 500, 1000) for number in range(3)]
    assert granted_kind(Rect(2, 2, 796, 996), SQUARE, override_redirect=True, beside=away) is Kind.POPUP


@pytest.mark.parametrize(("many", "kind"), [(63, Kind.POPUP), (64, Kind.MANAGED)])
def test_granted_kind_too_many_popups_are_added_up(many: int, kind: Kind) -> None:
    """All in one place: 64 with the new one are measured, more are not."""
    beside = [Rect(0, 0, 500, 500)] * many
    assert granted_kind(Rect(2, 2, 296, 296), SQUARE, override_redirect=True, beside=beside) is kind


STEPS = [250 * step for step in range(4)]
SPANS = [250 * span - 4 for span in range(1, 5)]
TILES = st.builds(Rect, *[st.sampled_from(STEPS)] * 2, *[st.sampled_from(SPANS)] * 2)
"""Contents of popups of which a few cover SQUARE's work area."""


@given(st.one_of(st.lists(TILES, min_size=2, max_size=6), st.lists(contents(), max_size=6)))
def test_granted_kinds_together_leave_some_of_the_work_area_free(asked: list[Rect]) -> None:
    desktop = SQUARE
    popups: list[Rect] = []
    for content in asked:
        if granted_kind(content, desktop, override_redirect=True, beside=popups) is Kind.POPUP:
            popups.append(granted_outer(content, Kind.POPUP, desktop))
    seen = [popup for popup in popups if intersection(popup, desktop.root) is not None]
    assert union_area(seen) * 100 <= desktop.work_area.area * 90


@given(contents(), desktops())
def test_granted_kind_without_override_redirect_is_managed(content: Rect, desktop: Desktop) -> None:
    assert granted_kind(content, desktop, override_redirect=False) is Kind.MANAGED


@given(contents(), desktops(), st.integers(0, 100), st.integers(0, 100))
def test_granted_kind_larger_popup_is_never_more_trusted(content: Rect, desktop: Desktop, dw: int, dh: int) -> None:
    larger = Rect(content.x, content.y, content.width + dw, content.height + dh)
    if granted_kind(content, desktop, override_redirect=True) is Kind.MANAGED:
        assert granted_kind(larger, desktop, override_redirect=True) is Kind.MANAGED
