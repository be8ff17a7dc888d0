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
    columns, rows = (draw(_edges(side)) for side in (plain.root.width, plain.root.height))
    monitors: list[Rect] = []
    for _ in range(draw(st.integers(1, 4))):
        (x, width), (y, height) = (draw(_stretches(edges)) for edges in (columns, rows))
        monitors.append(Rect(x, y, width, height))
    return Desktop(plain.root, plain.work_area, tuple(monitors))


def _edges(side: int) -> st.SearchStrategy[list[int]]:
    """Where monitors begin and end in one direction, both ends of the screen among them."""
    between = st.sets(st.integers(0, side), min_size=min(3, side), max_size=4)
    return between.map(lambda found: sorted({0, side, *found}))


def _stretches(edges: list[int]) -> st.SearchStrategy[tuple[int, int]]:
    """From one edge to a later one: where it begins, how long it is."""
    first = st.integers(0, len(edges) - 2)
    pair = first.flatmap(lambda low: st.tuples(st.just(low), st.integers(low + 1, len(edges) - 1)))
    return pair.map(lambda ends: (edges[ends[0]], edges[ends[1]] - edges[ends[0]]))


@st.composite
def contents_on(draw: st.DrawFn, desktop: Desktop) -> Rect:
    """A content of which the screen, mostly, shows something."""
    if draw(st.integers(0, 4)) == 0:
        return draw(contents())
    sizes = (draw(st.one_of(st.integers(1, 12), st.integers(1, side))) for side in desktop.root[2:])
    width, height = (min(size, limit) for size, limit in zip(sizes, (MAX_X_PX, MAX_Y_PX), strict=True))
    x = draw(st.integers(-width, min(desktop.root.width, MAX_X_PX)))
    y = draw(st.integers(-height, min(desktop.root.height, MAX_Y_PX)))
    return Rect(x, y, width, height)


@st.composite
def contents_on_layouts(draw: st.DrawFn) -> tuple[Rect, Desktop]:
    """A screen with monitors, and a content that is to lie there."""
    desktop = draw(layouts())
    return draw(contents_on(desktop)), desktop
