"""Merging of damaged rectangles before they are drawn; knows no window and does no drawing."""

from typing import Final

Rect = tuple[int, int, int, int]
"""x, y, width, height in px; width and height are at least 1."""

# What one more request costs, in pixels copied: 4096 pixels are 16 KiB, about the 1 µs that a put of few pixels takes.
REQUEST_COST_PX: Final = 4_096


def coalesce(rects: dict[Rect, None]) -> list[Rect]:
    """Return what to draw so that every pixel of `rects` is drawn.

    rects: the distinct damaged rectangles, as the keys of a dict (no repetition, order kept), as they gathered.
    Returns the bounding box alone if that costs no more than the rectangles, each with its request; else all of them.
    Source: docs/bench.md; the smallest area of five methods that stay below 100 µs for 200 rectangles.
    """
    if len(rects) < 2:
        return list(rects)
    left = top = 1 << 31
    right = bottom = -(1 << 31)
    cost = 0
    for x, y, width, height in rects:
        cost += width * height + REQUEST_COST_PX
        left = min(left, x)
        top = min(top, y)
        right = max(right, x + width)
        bottom = max(bottom, y + height)
    if (right - left) * (bottom - top) <= cost:
        return [(left, top, right - left, bottom - top)]
    return list(rects)
