"""shm/runs.py: the bands of a picture name each of its bytes once, where the references put it."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import PAGE_BYTES
from shm.damage import Rect
from shm.runs import Band, Run, bands, pieces, runs_of

PAGE_PX = PAGE_BYTES // 4


@given(st.lists(st.integers(0, 12), max_size=40))
def test_runs_of_any_refs_name_the_same_pages_in_the_fewest_runs(refs: list[int]) -> None:
    runs = runs_of(refs)
    assert [page for run in runs for page in range(run.first_page, run.first_page + run.pages)] == refs
    breaks = sum(1 for before, after in pairwise(refs) if after != before + 1)
    assert len(runs) == (breaks + 1 if refs else 0)


def test_runs_of_a_view_of_the_wire_needs_no_list() -> None:
    view = memoryview(struct.pack("=6I", 7, 8, 9, 9, 0, 1)).cast("I")
    assert runs_of(view) == [Run(7, 3), Run(9, 1), Run(0, 2)]


def test_runs_of_largest_refs_stay_whole_numbers() -> None:
    assert runs_of([0xFFFFFFFF, 0, 1]) == [Run(0xFFFFFFFF, 1), Run(0, 2)]


@st.composite
def pictures(draw: st.DrawFn) -> tuple[list[int], int, int]:
    width = draw(st.integers(1, 3 * PAGE_PX))
    height = draw(st.integers(1, 12))
    needed = -(-width * height // PAGE_PX)
    refs = draw(st.lists(st.integers(0, needed + 3), min_size=needed, max_size=needed + 2))
    return refs, width, height


def place_of(refs: list[int], width: int, x: int, y: int) -> int:
    """The oracle: where one pixel lies in the pool, from the definition."""
    at = 4 * (y * width + x)
    return refs[at // PAGE_BYTES] * PAGE_BYTES + at % PAGE_BYTES


@given(pictures())
def test_bands_any_picture_name_every_pixel_once_in_its_place(picture: tuple[list[int], int, int]) -> None:
    refs, width, height = picture
    runs = runs_of(refs)
    found = bands(runs, width, height)
    assert len(found) <= 3 * len(runs)
    area = 0
    for band in found:
        assert (band.x0, band.x1) == (0, width) or band.y1 == band.y0 + 1
        area += (band.x1 - band.x0) * (band.y1 - band.y0)
        for x, y in ((band.x0, band.y0), (band.x1 - 1, band.y0), (band.x0, band.y1 - 1), (band.x1 - 1, band.y1 - 1)):
            inside = 4 * ((y - band.y0) * (band.x1 - band.x0) + x - band.x0)
            assert band.offset_bytes + inside == place_of(refs, width, x, y)
    assert area == width * height
    reading_order = [(band.y0, band.x0) for band in found]
    assert reading_order == sorted(set(reading_order))


@given(pictures(), st.data())
def test_pieces_any_rect_draw_each_of_its_pixels_once(picture: tuple[list[int], int, int], data: st.DataObject) -> None:
    refs, width, height = picture
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    rect: Rect = (x, y, data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y)))
    drawn = set()
    area = 0
    for piece in pieces(bands(runs_of(refs), width, height), rect):
        assert piece.source_x + piece.width <= piece.total_width
        assert piece.source_y + piece.height <= piece.total_height
        inside = 4 * (piece.source_y * piece.total_width + piece.source_x)
        assert piece.offset_bytes + inside == place_of(refs, width, piece.target_x, piece.target_y)
        area += piece.width * piece.height
        drawn |= {(piece.target_x, row) for row in range(piece.target_y, piece.target_y + piece.height)}
    assert area == rect[2] * rect[3]
    assert {row for _, row in drawn} == set(range(y, y + rect[3]))


def test_bands_one_run_is_one_band() -> None:
    assert bands([Run(5, 100)], 320, 240) == [Band(0, 0, 320, 240, 5 * PAGE_BYTES)]


def test_bands_row_over_a_runs_end_is_stated_apart() -> None:
    # 1000 px a row: run 1 holds row 0 and 24 px of row 1.
    assert bands([Run(3, 1), Run(9, 1)], 1000, 2) == [
        Band(0, 0, 1000, 1, 3 * PAGE_BYTES),
        Band(0, 1, 24, 2, 3 * PAGE_BYTES + 4000),
        Band(24, 1, 1000, 2, 9 * PAGE_BYTES),
    ]


def test_bands_too_few_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer pages"):
        bands([Run(0, 1)], PAGE_PX, 2)
    with pytest.raises(ValueError, match="fewer pages"):
        bands([], 1, 1)


def test_bands_empty_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        bands([Run(0, 1)], 0, 1)
