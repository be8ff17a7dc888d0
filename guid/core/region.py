"""Regions of the screen as lists of rectangles that do not overlap; pure arithmetic, must not know what lies there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guid.core.geometry import Rect, intersection

Region = list[Rect]


def without(region: Iterable[Rect], hole: Rect) -> Region:
    """What `hole` leaves of `region`."""
    return [piece for rect in region for piece in _around(rect, hole)]


def inside(region: Iterable[Rect], areas: Sequence[Rect]) -> Region:
    """What of `region` lies in `areas`, which do not overlap."""
    return [piece for rect in region for area in areas if (piece := intersection(rect, area)) is not None]


def union_area(rects: Iterable[Rect]) -> int:
    """How much all of them cover together, px²; they may overlap."""
    covered: Region = []
    for rect in rects:
        fresh: Region = [rect]
        for known in covered:
            fresh = without(fresh, known)
        covered += fresh
    return area_of(covered)


def area_of(region: Iterable[Rect]) -> int:
    """px²."""
    return sum(rect.area for rect in region)


def bounds(rects: Iterable[Rect]) -> Rect | None:
    """The smallest rectangle around all of them; None around nothing."""
    known = list(rects)
    if not known:
        return None
    left, top = min(rect.x for rect in known), min(rect.y for rect in known)
    right, bottom = max(rect.x + rect.width for rect in known), max(rect.y + rect.height for rect in known)
    return Rect(left, top, right - left, bottom - top)


def _around(rect: Rect, hole: Rect) -> Region:
    """`rect` without `hole`: at most four pieces, the one above, below, left, right."""
    common = intersection(rect, hole)
    if common is None:
        return [rect]
    right, bottom = rect.x + rect.width, rect.y + rect.height
    common_right, common_bottom = common.x + common.width, common.y + common.height
    pieces = (
        (rect.x, rect.y, rect.width, common.y - rect.y),
        (rect.x, common_bottom, rect.width, bottom - common_bottom),
        (rect.x, common.y, common.x - rect.x, common.height),
        (common_right, common.y, right - common_right, common.height),
    )
    return [Rect(*piece) for piece in pieces if piece[2] > 0 and piece[3] > 0]
