"""Regions against a plain grid of pixels."""

from hypothesis import given
from hypothesis import strategies as st

from guid.core.geometry import Rect
from guid.core.region import area_of, bounds, inside, union_area, without

SIDE = 12
RECTS = st.builds(Rect, st.integers(-2, SIDE), st.integers(-2, SIDE), st.integers(1, SIDE), st.integers(1, SIDE))


def pixels(region: list[Rect]) -> list[tuple[int, int]]:
    return [(x, y) for r in region for x in range(r.x, r.x + r.width) for y in range(r.y, r.y + r.height)]


@given(RECTS, st.lists(RECTS, max_size=4))
def test_without_leaves_exactly_the_pixels_outside_and_none_twice(rect: Rect, holes: list[Rect]) -> None:
    region = [rect]
    for hole in holes:
        region = without(region, hole)
    left = pixels(region)
    assert len(left) == len(set(left)) == area_of(region)
    assert set(left) == set(pixels([rect])) - set(pixels(holes))


@given(RECTS, RECTS)
def test_inside_keeps_exactly_the_common_pixels(rect: Rect, area: Rect) -> None:
    assert set(pixels(inside([rect], [area]))) == set(pixels([rect])) & set(pixels([area]))


@given(st.lists(RECTS, max_size=5))
def test_union_area_counts_every_pixel_once(rects: list[Rect]) -> None:
    assert union_area(rects) == len(set(pixels(rects)))


@given(st.lists(RECTS, max_size=5))
def test_bounds_touch_every_rectangle(rects: list[Rect]) -> None:
    around = bounds(rects)
    if around is None:
        assert not rects
        return
    found = pixels(rects)
    assert (around.x, around.y) == (min(x for x, _ in found), min(y for _, y in found))
    assert (around.x + around.width, around.y + around.height) == (
        max(x for x, _ in found) + 1,
        max(y for _, y in found) + 1,
    )
