"""Rectangles and desktops at random, in the ranges that the protocol and X allow; knows no test."""

from hypothesis import strategies as st

from guid.core.geometry import Rect
from guid.core.policy import Desktop
from protocol.limits import MAX_ROOT_PX, MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX, MAX_X_PX, MAX_Y_PX


@st.composite
def contents(draw: st.DrawFn) -> Rect:
    """A content as sanitizing leaves it; small sizes and the edges of the ranges come often."""
    width = draw(st.one_of(st.integers(1, 12), st.integers(1, 2000), st.integers(1, MAX_WINDOW_WIDTH_PX)))
    height = draw(st.one_of(st.integers(1, 12), st.integers(1, 1500), st.integers(1, MAX_WINDOW_HEIGHT_PX)))
    x = draw(st.one_of(st.integers(-300, 2200), st.integers(-MAX_X_PX, MAX_X_PX)))
    y = draw(st.one_of(st.integers(-300, 1400), st.integers(-MAX_Y_PX, MAX_Y_PX)))
    return Rect(x, y, width, height)


@st.composite
def desktops(draw: st.DrawFn) -> Desktop:
    """A screen with a work area somewhere in it, down to one pixel."""
    root = Rect(
        0,
        0,
        draw(st.one_of(st.integers(1, 10), st.integers(1, MAX_ROOT_PX))),
        draw(st.one_of(st.integers(1, 10), st.integers(1, MAX_ROOT_PX))),
    )
    x, y = draw(st.integers(0, root.width - 1)), draw(st.integers(0, root.height - 1))
    width, height = draw(st.integers(1, root.width - x)), draw(st.integers(1, root.height - y))
    return Desktop(root, Rect(x, y, width, height))


@st.composite
def layouts(draw: st.DrawFn) -> Desktop:
    """A screen with up to four monitors anywhere on it: side by side, mirrored, overlapping, with gaps between."""
    plain = draw(desktops())
    edges = [sorted({0, side, *draw(st.lists(st.integers(0, side), max_size=3))}) for side in plain.root[2:]]
    monitors: list[Rect] = []
    for _ in range(draw(st.integers(1, 4))):
        (left, right), (top, bottom) = (sorted(draw(st.permutations(each))[:2]) for each in edges)
        monitors.append(Rect(left, top, right - left, bottom - top))
    return Desktop(plain.root, plain.work_area, tuple(monitors))
