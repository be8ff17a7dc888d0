"""From page references to what one put can draw: contiguous runs, cut into bands; knows numbers only, no memory."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from protocol.limits import BYTES_PER_PIXEL, PAGE_BYTES
from shm.damage import Rect


class Run(NamedTuple):
    """Pages of a pool that follow each other."""

    first_page: int
    pages: int


class Band(NamedTuple):
    """A rectangle of a picture whose bytes lie in the pool without a gap.

    Whole rows (x0 = 0, x1 = the picture's width), or a part of one single row: a row that goes on in another run is
    stated in as many bands as it has parts. So a band is always a small picture of its own, with stride 4 * (x1 - x0).
    """

    x0: int
    y0: int
    x1: int
    y1: int
    offset_bytes: int


class Piece(NamedTuple):
    """What one put draws of a band: px, `source` inside the band's picture, `target` inside the whole picture."""

    offset_bytes: int
    total_width: int
    total_height: int
    source_x: int
    source_y: int
    width: int
    height: int
    target_x: int
    target_y: int


def runs_of(refs: Sequence[int] | memoryview) -> list[Run]:
    """Join page references that follow each other.

    refs: page indices in the picture's order, not checked here against the pool; may repeat.
    Returns the fewest runs that name the same pages in the same order.
    """
    runs: list[Run] = []
    first = following = -1
    for ref in refs:
        if ref != following:
            if following != -1:
                runs.append(Run(first, following - first))
            first = ref
        following = ref + 1
    if following != -1:
        runs.append(Run(first, following - first))
    return runs


def bands(runs: Sequence[Run], width_px: int, height_px: int) -> list[Band]:
    """Cut a picture that lies scattered over `runs` into bands, top to bottom, then left to right.

    The picture begins with the first byte of the first run; stride is 4 * width_px. Pages beyond its end are ignored.
    Returns at most three bands a run. Raises ValueError if the runs are too short for the picture.
    """
    if width_px < 1 or height_px < 1:
        raise ValueError("a picture has at least one pixel")
    end_px = width_px * height_px
    result: list[Band] = []
    at_px = 0
    for first_page, pages in runs:
        run_end_px = min(end_px, at_px + pages * (PAGE_BYTES // BYTES_PER_PIXEL))
        result.extend(_bands_of_run(first_page * PAGE_BYTES, at_px, run_end_px, width_px))
        at_px = run_end_px
        if at_px == end_px:
            return result
    raise ValueError("fewer pages than the picture needs")


def _bands_of_run(offset_bytes: int, at_px: int, end_px: int, width_px: int) -> Iterator[Band]:
    """Bands of the pixels at_px … end_px (counted through the picture), the first of which lies at offset_bytes."""
    while at_px < end_px:
        y, x = divmod(at_px, width_px)
        if x == 0 and end_px - at_px >= width_px:
            rows = (end_px - at_px) // width_px
            yield Band(0, y, width_px, y + rows, offset_bytes)
            count_px = rows * width_px
        else:
            count_px = min(width_px - x, end_px - at_px)
            yield Band(x, y, x + count_px, y + 1, offset_bytes)
        at_px += count_px
        offset_bytes += count_px * BYTES_PER_PIXEL


def pieces(bands_of_picture: Sequence[Band], rect: Rect) -> Iterator[Piece]:
    """What to put so that `rect`, which lies inside the picture, is drawn: one piece for every band it touches."""
    x, y, width, height = rect
    right, bottom = x + width, y + height
    for x0, y0, x1, y1, offset_bytes in bands_of_picture:
        left, top = max(x, x0), max(y, y0)
        cut_width, cut_height = min(right, x1) - left, min(bottom, y1) - top
        if cut_width > 0 and cut_height > 0:
            yield Piece(offset_bytes, x1 - x0, y1 - y0, left - x0, top - y0, cut_width, cut_height, left, top)
