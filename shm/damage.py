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
    Source: docs/adr/0013-coalescing-damage.md; the smallest area of the methods that stay below 100 µs for 200 of them.
    """
    if len(rects) < 2:
        return list(rects)
    left = top = 1 << 31
    right = bottom = -(1 << 31)
    area = 0
    for x, y, width, height in rects:
        area += width * height
        # min() and max() would take most of the time here.
        left = x if x < left else left
        top = y if y < top else top
        right = x + width if x + width > right else right
        bottom = y + height if y + height > bottom else bottom
    cost = area + len(rects) * REQUEST_COST_PX
    if (right - left) * (bottom - top) <= cost:
        return [(left, top, right - left, bottom - top)]
    return list(rects)
