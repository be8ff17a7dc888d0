"""Rectangles of outers and contents, in desktop root pixels; must not know X.

The wire carries the content's geometry. The outer is the content grown by the frame's four extents.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX, MAX_X_PX, MAX_Y_PX


class Rect(NamedTuple):
    """A rectangle; px, desktop root coordinates unless said otherwise; sides at least 1."""

    x: int
    y: int
    width: int
    height: int

    @property
    def area(self) -> int:
        """px²."""
        return self.width * self.height


class Extents(NamedTuple):
    """How far the outer reaches beyond the content on each side, px."""

    left: int
    right: int
    top: int
    bottom: int

    @property
    def horizontal(self) -> int:
        """Left and right together, px."""
        return self.left + self.right

    @property
    def vertical(self) -> int:
        """Top and bottom together, px."""
        return self.top + self.bottom


NO_EXTENTS: Final = Extents(0, 0, 0, 0)
"""Of a window that somebody else frames."""


def outer_of(content: Rect, extents: Extents) -> Rect:
    """The outer around `content`."""
    return Rect(
        content.x - extents.left,
        content.y - extents.top,
        content.width + extents.horizontal,
        content.height + extents.vertical,
    )


def content_of(outer: Rect, extents: Extents) -> Rect:
    """The content inside `outer`; at least 1x1, so a very small outer is all frame and clips the content away."""
    return Rect(
        outer.x + extents.left,
        outer.y + extents.top,
        max(1, outer.width - extents.horizontal),
        max(1, outer.height - extents.vertical),
    )


def intersection(one: Rect, other: Rect) -> Rect | None:
    """What both cover, or None."""
    left, top = max(one.x, other.x), max(one.y, other.y)
    right = min(one.x + one.width, other.x + other.width)
    bottom = min(one.y + one.height, other.y + other.height)
    if right <= left or bottom <= top:
        return None
    return Rect(left, top, right - left, bottom - top)


def covered_area(rects: Iterable[Rect]) -> int:
    """How much all of them cover together, px².

    Between two neighbouring left or right sides it is the same rows at every column, and these are counted once.
    """
    by_top = sorted(set(rects), key=lambda rect: rect.y)
    sides = sorted({side for rect in by_top for side in (rect.x, rect.x + rect.width)})
    return sum((right - left) * _covered_rows(by_top, left) for left, right in pairwise(sides))


def _covered_rows(by_top: Iterable[Rect], column: int) -> int:
    rows, end = 0, None
    for x, y, width, height in by_top:
        if x <= column < x + width:
            bottom = y + height
            if end is None or y >= end:
                rows, end = rows + height, bottom
            elif bottom > end:
                rows, end = rows + bottom - end, bottom
    return rows


def kept_inside(outer: Rect, area: Rect) -> Rect:
    """`outer` cut to the size of `area` and moved, by as little as possible, until it lies inside."""
    width, height = min(outer.width, area.width), min(outer.height, area.height)
    x = min(max(outer.x, area.x), area.x + area.width - width)
    y = min(max(outer.y, area.y), area.y + area.height - height)
    return Rect(x, y, width, height)


def within_limits(content: Rect) -> Rect:
    """`content` clamped to what the protocol lets anyone say: sides of the largest window, that far off the origin.

    What the daemon tells goes through it as well as what it hears: else an agent's echo would never equal it.
    """
    return Rect(
        min(max(content.x, -MAX_X_PX), MAX_X_PX),
        min(max(content.y, -MAX_Y_PX), MAX_Y_PX),
        min(content.width, MAX_WINDOW_WIDTH_PX),
        min(content.height, MAX_WINDOW_HEIGHT_PX),
    )
