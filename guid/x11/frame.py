"""The windows that make a frame which cannot be missing: outer, content, strips, edges; must not know the protocol.

The X server alone paints and moves all of it, so the frame survives exposure, growing and shrinking while this process
stands still. Source: DESIGN, "The frame cannot be missing".
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from Xlib import X

from colors.labels import Label
from guid.core.geometry import Extents, Rect
from guid.core.options import DEFAULT_OPTIONS
from guid.core.values import Kind
from guid.x11.desktop import Desktop
from guid.x11.tiles import Tiles
from guid.x11.visual import DEPTH
from shm.x11.requests import configure_window

LONG_PX = 32767
"""Length of strips and edges: longer than any window, so they never have to grow."""

EDGE_PX = 1

CONTENT_BACKGROUND_RGB = DEFAULT_OPTIONS.window_background_color
"""What a content shows before its picture is there: grey, never None and never a white flash."""

CREATE_WINDOW, CHANGE_WINDOW_ATTRIBUTES, DESTROY_WINDOW, MAP_SUBWINDOWS = 1, 2, 4, 9
CONFIGURE_WINDOW, CLEAR_AREA = 12, 61

OUTER_EVENTS = (
    X.StructureNotifyMask
    | X.KeyPressMask
    | X.KeyReleaseMask
    | X.FocusChangeMask
    | X.PropertyChangeMask
    | X.KeymapStateMask
)
ICON_EVENTS = X.StructureNotifyMask
"""Of the outer of a tray icon: nobody types into it."""
CONTENT_EVENTS = (
    X.ButtonPressMask
    | X.ButtonReleaseMask
    | X.PointerMotionMask
    | X.EnterWindowMask
    | X.LeaveWindowMask
    | X.ExposureMask
    | X.KeymapStateMask
)


class _Attributes(NamedTuple):
    """Values of a CreateWindow in the order of the protocol's mask bits.

    background: a pixel, or a pixmap if it is tiled.
    """

    background: int
    bit_gravity: int
    win_gravity: int
    override_redirect: int
    event_mask: int
    tiled: bool = False


ATTRIBUTE_MASK = X.CWBorderPixel | X.CWBitGravity | X.CWWinGravity | X.CWOverrideRedirect | X.CWEventMask | X.CWColormap


class Frame(NamedTuple):
    """X ids of one framed window; strips are right, bottom; edges left, top, right, bottom."""

    outer: int
    content: int
    strips: tuple[int, int]
    edges: tuple[int, int, int, int]


class FrameMaker:
    """Makes frames that wear one label on one desktop.

    background_rgb: what a content shows before its picture is there.
    """

    def __init__(self, desktop: Desktop, label: Label, background_rgb: int = CONTENT_BACKGROUND_RGB) -> None:
        self._desktop = desktop
        self._label_pixel = desktop.pixel(label.rgb)
        self._tiles = Tiles(desktop, label, desktop.thickness.unit)
        self._extents: dict[int, Extents] = {}
        self._lost: set[int] = set()
        self.show_first(background_rgb)

    def show_first(self, background_rgb: int) -> None:
        """What contents that are made from now on show before their picture is there."""
        self._content_pixel = self._desktop.pixel(background_rgb)

    def relabel(self, label: Label, frames: Iterable[Frame]) -> None:
        """Another label: `frames` wear it at once, and so does what is created from now on; one write."""
        self._label_pixel = pixel = self._desktop.pixel(label.rgb)
        self._tiles.close()
        self._tiles = Tiles(self._desktop, label, self._desktop.thickness.unit)
        requests = []
        for frame in frames:
            tiles = (*self._tiles.of(self._extents[frame.outer]), None, None, None, None)
            for window, tile in zip((frame.outer, *frame.strips, *frame.edges), tiles, strict=True):
                mask, background = (X.CWBackPixel, pixel) if tile is None else (X.CWBackPixmap, tile)
                values = (CHANGE_WINDOW_ATTRIBUTES, 0, 5, window, mask | X.CWBorderPixel, background, pixel)
                requests.append(struct.pack("<BBHIIII", *values))
                requests.append(struct.pack("<BBHIhhHH", CLEAR_AREA, 0, 4, window, 0, 0, 0, 0))
        if requests:
            self._desktop.x.send(b"".join(requests), len(requests))

    def create(self, kind: Kind, outer: Rect, extents: Extents) -> Frame:
        """A whole frame with its children mapped and itself unmapped; one write, no round trip."""
        x = self._desktop.x
        ids = [x.allocate_id() for _ in range(8)]
        frame = Frame(ids[0], ids[1], (ids[2], ids[3]), (ids[4], ids[5], ids[6], ids[7]))
        self._extents[frame.outer] = extents
        tiles = self._tiles.of(extents)
        outer_attributes = self._inert(X.NorthWestGravity, tiles[0])._replace(
            override_redirect=int(kind is Kind.POPUP), event_mask=ICON_EVENTS if kind is Kind.ICON else OUTER_EVENTS
        )
        content_attributes = _Attributes(self._content_pixel, X.NorthWestGravity, X.NorthWestGravity, 0, CONTENT_EVENTS)
        requests = [
            self._create_window(frame.outer, self._desktop.root_id, outer, outer_attributes),
            self._create_window(frame.content, frame.outer, _content_rect(outer, extents), content_attributes),
        ]
        for window, (rect, gravity), tile in zip(frame.strips, _strips(outer, extents), tiles[1:], strict=True):
            requests.append(self._create_window(window, frame.outer, rect, self._inert(gravity, tile)))
        for window, (rect, gravity) in zip(frame.edges, _edges(outer), strict=True):
            requests.append(self._create_window(window, frame.outer, rect, self._inert(gravity)))
        requests.append(struct.pack("<BBHI", MAP_SUBWINDOWS, 0, 2, frame.outer))
        x.send(b"".join(requests), len(requests))
        return frame

    def inset(self, frame: Frame, extents: Extents, width: int, height: int) -> None:
        """Let the content leave `extents` free of an outer of this size: strips and edges show there, and only there.

        With none it covers them all, whatever else lies in the outer; one request, so nobody sees a state between.
        """
        x, y, *size = _content_rect(Rect(0, 0, width, height), extents)
        order = X.Below if any(extents) else X.Above
        values = X.CWX | X.CWY | X.CWWidth | X.CWHeight | X.CWStackMode
        request = struct.pack("<BBHIHxxiiIII", CONFIGURE_WINDOW, 0, 8, frame.content, values, x, y, *size, order)
        self._desktop.x.send(request, 1)

    def lost(self, frame: Frame) -> None:
        """Another program destroyed the outer with all that is in it."""
        self._lost.add(frame.outer)
        self._desktop.expect_errors(frame.outer, frame.content)

    def destroy(self, frame: Frame) -> None:
        """Destroy the outer with all that is in it, if it is there."""
        x = self._desktop.x
        del self._extents[frame.outer]
        if frame.outer in self._lost:
            self._lost.remove(frame.outer)
        else:
            x.send(struct.pack("<BBHI", DESTROY_WINDOW, 0, 2, frame.outer), 1)
        for window in (frame.outer, frame.content, *frame.strips, *frame.edges):
            x.free_id(window)

    def close(self) -> None:
        """Give back what the X server has drawn for frames; those that are there keep it."""
        self._tiles.close()

    def _inert(self, gravity: int, tile: int | None = None) -> _Attributes:
        """What has the label's colour, or its marks too, and hears nothing."""
        background = self._label_pixel if tile is None else tile
        return _Attributes(background, X.NorthWestGravity, gravity, 0, 0, tiled=tile is not None)

    def _create_window(self, window: int, parent: int, rect: Rect, values: _Attributes) -> bytes:
        border_pixel = self._label_pixel
        return struct.pack(
            "<BBHIIhhHHHHII7I",
            CREATE_WINDOW,
            DEPTH,
            15,
            window,
            parent,
            *rect,
            0,
            X.InputOutput,
            self._desktop.visual,
            ATTRIBUTE_MASK | (X.CWBackPixmap if values.tiled else X.CWBackPixel),
            values.background,
            border_pixel,
            values.bit_gravity,
            values.win_gravity,
            values.override_redirect,
            values.event_mask,
            self._desktop.colormap,
        )


def place(window: int, rect: Rect) -> bytes:
    """ConfigureWindow with all four numbers; px, parent-relative."""
    return configure_window(window, x=rect.x, y=rect.y, width=rect.width, height=rect.height)


def _content_rect(outer: Rect, extents: Extents) -> Rect:
    width, height = outer.width - extents.horizontal, outer.height - extents.vertical
    return Rect(extents.left, extents.top, max(1, width), max(1, height))


def _strips(outer: Rect, extents: Extents) -> tuple[tuple[Rect, int], tuple[Rect, int]]:
    return (
        (Rect(outer.width - extents.right, 0, extents.right, LONG_PX), X.NorthEastGravity),
        (Rect(0, outer.height - extents.bottom, LONG_PX, extents.bottom), X.SouthWestGravity),
    )


def _edges(outer: Rect) -> tuple[tuple[Rect, int], ...]:
    return (
        (Rect(0, 0, EDGE_PX, LONG_PX), X.NorthWestGravity),
        (Rect(0, 0, LONG_PX, EDGE_PX), X.NorthWestGravity),
        (Rect(outer.width - EDGE_PX, 0, EDGE_PX, LONG_PX), X.NorthEastGravity),
        (Rect(0, outer.height - EDGE_PX, LONG_PX, EDGE_PX), X.SouthWestGravity),
    )
