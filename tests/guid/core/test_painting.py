"""guid/core/painting.py: what the puts draw, against the same picture assembled by numpy."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from guid.core.painting import bands_of, puts
from guid.core.values import Image
from shm.damage import Rect
from shm.runs import Piece, runs_of

PAGE_PX = 1024
POOL_PAGES = 12
UNTOUCHED = 0xFFFFFFFF

Pixels = npt.NDArray[np.uint32]

POOL: Pixels = np.arange(POOL_PAGES * PAGE_PX, dtype=np.uint32)
"""Every pixel of the pool differs from every other, so a put from the wrong place shows."""


def picture_of(image: Image) -> Pixels:
    """The oracle: the pages of the runs joined, cut to rows."""
    pages = [POOL[run.first_page * PAGE_PX : (run.first_page + run.pages) * PAGE_PX] for run in image.runs]
    return np.concatenate(pages)[: image.width * image.height].reshape(image.height, image.width)


def put(content: Pixels, piece: Piece) -> None:
    """What the X server does for one PutImage of the pool."""
    assert piece.offset_bytes % 4 == 0
    start = piece.offset_bytes // 4
    total = POOL[start : start + piece.total_width * piece.total_height].reshape(piece.total_height, piece.total_width)
    assert piece.source_x + piece.width <= piece.total_width
    assert piece.source_y + piece.height <= piece.total_height
    target = content[piece.target_y : piece.target_y + piece.height, piece.target_x : piece.target_x + piece.width]
    assert target.shape == (piece.height, piece.width), "a put beyond the content"
    assert (target == UNTOUCHED).all(), "a pixel put twice"
    target[:] = total[piece.source_y : piece.source_y + piece.height, piece.source_x : piece.source_x + piece.width]


def drawn(pieces: Iterable[Piece], width: int, height: int) -> Pixels:
    content = np.full((height, width), UNTOUCHED, np.uint32)
    for piece in pieces:
        put(content, piece)
    return content


def expected(image: Image, width: int, height: int, rect: Rect) -> Pixels:
    content = np.full((height, width), UNTOUCHED, np.uint32)
    x, y, w, h = rect
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + w, image.width, width), min(y + h, image.height, height)
    if left < right and top < bottom:
        content[top:bottom, left:right] = picture_of(image)[top:bottom, left:right]
    return content


@st.composite
def images(draw: st.DrawFn) -> Image:
    refs = draw(st.lists(st.integers(0, POOL_PAGES - 1), min_size=1, max_size=8))
    size_px = len(refs) * PAGE_PX
    width = draw(st.one_of(st.integers(1, 70), st.integers(1, size_px)))
    height = draw(st.integers(1, size_px // width))
    needed = -(-width * height // PAGE_PX)
    return Image(width, height, tuple(runs_of(refs[:needed])))


RECTS = st.tuples(st.integers(-9, 80), st.integers(-9, 80), st.integers(1, 90), st.integers(1, 90))


@given(images(), st.integers(1, 80), st.integers(1, 80), RECTS)
def test_puts_draw_exactly_the_rect_of_the_picture(image: Image, width: int, height: int, rect: Rect) -> None:
    found = drawn(puts(image, bands_of(image), width, height, rect), width, height)
    assert np.array_equal(found, expected(image, width, height, rect))


@given(images())
def test_puts_of_the_whole_draw_the_whole_picture(image: Image) -> None:
    whole = (0, 0, image.width, image.height)
    found = drawn(puts(image, bands_of(image), image.width, image.height, whole), image.width, image.height)
    assert np.array_equal(found, picture_of(image))


def test_puts_outside_draw_nothing() -> None:
    image = Image(40, 30, tuple(runs_of([1, 2])))
    for rect in ((40, 0, 5, 5), (0, 30, 5, 5), (-5, 0, 5, 5), (0, -5, 5, 5)):
        assert list(puts(image, bands_of(image), 100, 100, rect)) == []


def test_puts_of_one_run_are_one_put() -> None:
    image = Image(301, 203, tuple(runs_of(range(60))))
    assert len(list(puts(image, bands_of(image), 301, 203, (0, 0, 301, 203)))) <= 2
