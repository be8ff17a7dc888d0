"""guid/core/geometry.py: outers, contents, and what is cut from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.geometry import Extents, Rect, content_of, covered_area, intersection, kept_inside, outer_of

SIDES = st.integers(1, 40)
RECTS = st.builds(Rect, st.integers(-30, 30), st.integers(-30, 30), SIDES, SIDES)
WIDTHS = st.integers(0, 9)
EXTENTS = st.builds(Extents, WIDTHS, WIDTHS, WIDTHS, WIDTHS)


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x, rect.x + rect.width) for y in range(rect.y, rect.y + rect.height)}


def test_outer_of_uneven_extents_grows_each_side_by_its_own() -> None:
    assert outer_of(Rect(100, 200, 30, 40), Extents(left=1, right=2, top=4, bottom=8)) == (99, 196, 33, 52)


@given(RECTS, EXTENTS)
def test_content_of_outer_of_gives_the_content_back(content: Rect, extents: Extents) -> None:
    assert content_of(outer_of(content, extents), extents) == content


@pytest.mark.parametrize(("side", "expected"), [(1, 1), (5, 1), (6, 1), (7, 1), (8, 2)], ids=str)
def test_content_of_small_outer_is_never_below_one_pixel(side: int, expected: int) -> None:
    content = content_of(Rect(10, 10, side, side), Extents(3, 3, 3, 3))
    assert content == (13, 13, expected, expected)


@given(RECTS, RECTS)
def test_intersection_is_the_common_pixels(one: Rect, other: Rect) -> None:
    common = intersection(one, other)
    assert (pixels(common) if common is not None else set()) == pixels(one) & pixels(other)


@given(st.lists(RECTS, max_size=8))
def test_covered_area_counts_every_pixel_once(rects: list[Rect]) -> None:
    assert covered_area(rects) == len(set().union(*map(pixels, rects)))


@given(RECTS, RECTS)
def test_kept_inside_lies_inside_with_the_least_move(outer: Rect, area: Rect) -> None:
    kept = kept_inside(outer, area)
    assert pixels(kept) <= pixels(area)
    assert (kept.width, kept.height) == (min(outer.width, area.width), min(outer.height, area.height))
    moves_x = [x - outer.x for x in range(area.x, area.x + area.width - kept.width + 1)]
    moves_y = [y - outer.y for y in range(area.y, area.y + area.height - kept.height + 1)]
    assert abs(kept.x - outer.x) == min(map(abs, moves_x))
    assert abs(kept.y - outer.y) == min(map(abs, moves_y))


def test_area_of_rect_is_in_pixels() -> None:
    assert Rect(5, 6, 7, 8).area == 56
