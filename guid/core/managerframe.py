"""Whether the window manager's frame round an outer has the label's colour; must not know X, nor what follows from it.

On each side there must be a line, one pixel thick or more and as long as the outer, that has exactly this colour
wherever it can be seen. What else the window manager paints there, a title bar above all, is its own affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from guid.core.geometry import Rect
from guid.core.region import Region, area_of, inside

MAX_BAND_PX: Final = 64
"""Of a thicker frame the part next to the outer is looked at: 64 rows of 16,384 px are 4 MiB."""

SEEN_SHARE: Final = 0.5
"""A side proves nothing of which less can be seen."""

RGB_MASK: Final = 0xFFFFFF


class Verdict(Enum):
    """What a look round an outer has shown."""

    PAINTED = "painted"
    """a line in the label's colour on all four sides"""
    UNPAINTED = "unpainted"
    """some side that can be seen has none"""
    UNSEEN = "unseen"
    """too much is covered or off the screen to say either"""


class Side(NamedTuple):
    """One side of the window manager's frame.

    where: px, root coordinates; no width or no height if there is no frame on this side. upright: left or right.
    """

    where: Rect
    upright: bool


class Seen(NamedTuple):
    """A side that was looked at.

    where: what of it lies on the screen, None for nothing. pixels: BGRX, rows top to bottom, of `where`. free: where
    no window covers it.
    """

    side: Side
    where: Rect | None
    pixels: bytes
    free: Region


TOO_MUCH_OVER_IT: Final = Seen(Side(Rect(0, 0, 0, 0), upright=False), None, b"", [])
"""Of a side that nobody looks at because of all that lies over it. It counts as not painted: whatever a qube puts
there, it does not keep our frame away."""


def sides(outer: Rect, whole: Rect) -> tuple[Side, Side, Side, Side]:
    """Left, right, top and bottom of a frame. whole: the outer with what the window manager has put round it."""
    x, y, width, height = outer
    left, above = x - whole.x, y - whole.y
    right = whole.x + whole.width - x - width
    below = whole.y + whole.height - y - height
    left, right, above, below = (min(max(0, px), MAX_BAND_PX) for px in (left, right, above, below))
    return (
        Side(Rect(x - left, y, left, height), upright=True),
        Side(Rect(x + width, y, right, height), upright=True),
        Side(Rect(x, y - above, width, above), upright=False),
        Side(Rect(x, y + height, width, below), upright=False),
    )


def is_there(side: Side) -> bool:
    """Whether the frame has this side at all."""
    return side.where.width > 0 and side.where.height > 0


def verdict(seen: tuple[Seen, ...], rgb: int) -> Verdict:
    """What was seen of the four sides. rgb: 0xRRGGBB, the label's."""
    found = [_of_side(each, rgb) for each in seen]
    if Verdict.UNPAINTED in found:
        return Verdict.UNPAINTED
    return Verdict.UNSEEN if Verdict.UNSEEN in found else Verdict.PAINTED


def _of_side(seen: Seen, rgb: int) -> Verdict:
    if not is_there(seen.side):
        return Verdict.UNPAINTED
    if seen.where is None or area_of(inside(seen.free, [seen.where])) == 0:
        return Verdict.UNSEEN
    best = max(_right_lines(seen.where, seen, rgb), default=None)
    if best is None:
        return Verdict.UNPAINTED
    length = seen.side.where.height if seen.side.upright else seen.side.where.width
    return Verdict.PAINTED if best >= length * SEEN_SHARE else Verdict.UNSEEN


def _right_lines(where: Rect, seen: Seen, rgb: int) -> Iterator[int]:
    """Of each line along the side that is not wrong anywhere: how many of its pixels can be seen."""
    x, y, width, height = where
    upright = seen.side.upright
    pixels = memoryview(seen.pixels).cast("I")
    for at in range(width if upright else height):
        line = Rect(x + at, y, 1, height) if upright else Rect(x, y + at, width, 1)
        counted, right = 0, True
        for part in inside(seen.free, [line]):
            first = (part.y - y) * width + part.x - x
            values = pixels[first : first + part.height * width : width] if upright else pixels[first:][: part.width]
            counted += len(values)
            right = right and all(value & RGB_MASK == rgb for value in values.tolist())
        if right:
            yield counted
