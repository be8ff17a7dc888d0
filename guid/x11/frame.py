"""The windows that make a frame which cannot be missing: outer, content, strips, edges; must not know the protocol.

The X server alone paints and moves all of it, so the frame survives exposure, growing and shrinking while this process
stands still. A managed window's upper side has room for the qube's name tag (tags.py), above the content and below
strips and edges. Source: DESIGN, "The frame cannot be missing".
"""

import struct
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from Xlib import X

from colors.labels import Label
from guid.core.geometry import Extents, Rect
from guid.core.options import DEFAULT_OPTIONS
from guid.core.values import Kind
from guid.x11.desktop import Desktop
from guid.x11.tags import Tags
from guid.x11.tiles import Tiles
from guid.x11.visual import DEPTH
from shm.x11.requests import configure_window
from shm.x11.xlib import MAX_REQUESTS_PER_SEND

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
    """X ids of one framed window; strips are right, bottom; edges left, top, right, bottom.

    borders: with high contrast what is between label and content: behind it all, right, bottom.
    """

    outer: int
    content: int
    strips: tuple[int, int]
    edges: tuple[int, int, int, int]
    borders: tuple[int, ...] = ()


class FrameMaker:
    """Makes frames that wear one label on one desktop.

    background_rgb: what a content shows before its picture is there. name: the qube's, for its tag; "" for no tag.
    """

    def __init__(
        self, desktop: Desktop, label: Label, background_rgb: int = CONTENT_BACKGROUND_RGB, *, name: str = ""
    ) -> None:
        self._desktop = desktop
        self.tags = Tags(desktop, name, label)
        self._label = label
        self._label_pixel, self._ink_pixel = desktop.pixel(label.rgb), desktop.pixel(label.ink)
        self._tiles = Tiles(desktop, label, desktop.thickness.unit)
        self._extents: dict[int, Extents] = {}
        self._lost: set[int] = set()
        self.show_first(background_rgb)

    def show_first(self, background_rgb: int) -> None:
        """What contents that are made from now on show before their picture is there."""
        self._content_pixel = self._desktop.pixel(background_rgb)

    def relabel(self, label: Label, frames: Iterable[Frame]) -> None:
        """Another label: `frames` wear it at once, and so does what is created from now on."""
        self._label = label
        self._label_pixel, self._ink_pixel = self._desktop.pixel(label.rgb), self._desktop.pixel(label.ink)
        self._tiles.close()
        self._tiles = Tiles(self._desktop, label, self._desktop.thickness.unit)
        requests = self.tags.relabel(label)
        for frame in frames:
            extents, tag_px = self._extents[frame.outer], self.tags.height_in(frame.outer)
            bordered = bool(frame.borders)
            wearing = [self._inert(0, tile) for tile in self._tiles.of(extents, tag_px, bordered=bordered)]
            edge = self._border(0) if bordered else self._inert(0)
            wearing += [edge] * len(frame.edges) + [self._border(0)] * len(frame.borders)
            windows = (frame.outer, *frame.strips, *frame.edges, *frame.borders)
            for window, wears in zip(windows, wearing, strict=True):
                requests += self._wear(window, wears)
        for at in range(0, len(requests), MAX_REQUESTS_PER_SEND):
            some = requests[at : at + MAX_REQUESTS_PER_SEND]
            self._desktop.x.send(b"".join(some), len(some))

    def create(self, kind: Kind, outer: Rect, extents: Extents) -> Frame:
        """A whole frame with its children mapped and itself unmapped; one write, no round trip."""
        x = self._desktop.x
        frame = self._allot(x.allocate_id(), x.allocate_id(), kind)
        self._extents[frame.outer] = extents
        tiles = self._tiles_of(frame, kind, extents)
        outer_attributes = self._inert(X.NorthWestGravity, tiles[0])._replace(
            override_redirect=int(kind is Kind.POPUP), event_mask=ICON_EVENTS if kind is Kind.ICON else OUTER_EVENTS
        )
        content_attributes = _Attributes(self._content_pixel, X.NorthWestGravity, X.NorthWestGravity, 0, CONTENT_EVENTS)
        behind, above = self._parts(frame, kind, outer, extents)
        requests = [
            self._create_window(frame.outer, self._desktop.root_id, outer, outer_attributes),
            *behind,
            self._create_window(frame.content, frame.outer, _content_rect(outer, extents), content_attributes),
            *above,
            struct.pack("<BBHI", MAP_SUBWINDOWS, 0, 2, frame.outer),
        ]
        x.send(b"".join(requests), len(requests))
        return frame

    def lay(self, frame: Frame, kind: Kind, size: tuple[int, int], extents: Extents, *, bare: bool) -> Frame:
        """Other parts for an outer of this size, px, over those that it has: a frame that shares outer and content.

        Nothing of the old parts goes. bare: the content covers them all, and the new ones too.
        """
        fresh = self._allot(frame.outer, frame.content, kind)
        behind, above = self._parts(fresh, kind, Rect(0, 0, *size), extents)
        lowered = [configure_window(each, stack_mode=X.Below) for each in fresh.borders[:1]]
        raised = [configure_window(frame.content, stack_mode=X.Above)] if bare else []
        shown = struct.pack("<BBHI", MAP_SUBWINDOWS, 0, 2, frame.outer)
        requests = [*behind, *lowered, *above, *raised, shown]
        self._desktop.x.send(b"".join(requests), len(requests))
        return fresh

    def lay_again(self, frame: Frame, size: tuple[int, int], extents: Extents) -> None:
        """The outer has another size than that by which the parts were laid."""
        requests = [
            place(window, rect) for window, rect, _attributes in self._places(frame, Rect(0, 0, *size), extents)
        ]
        self._desktop.x.send(b"".join(requests), len(requests))

    def wear(self, frame: Frame, extents: Extents) -> None:
        """From now on these are the frame's extents, and so the marks on the outer itself lie elsewhere."""
        self._extents[frame.outer] = extents
        tile = self._tiles.of(extents, self.tags.height_in(frame.outer), bordered=bool(frame.borders))[0]
        requests = self._wear(frame.outer, self._inert(0, tile))
        self._desktop.x.send(b"".join(requests), len(requests))

    def strike(self, windows: Iterable[int]) -> None:
        """Take parts of frames away."""
        for window in windows:
            self._desktop.x.send(struct.pack("<BBHI", DESTROY_WINDOW, 0, 2, window), 1)
            self._desktop.x.free_id(window)

    def refit(self) -> None:
        """The desktop's frames have another thickness: what is made from now on has it."""
        self._tiles.close()
        self._tiles = Tiles(self._desktop, self._label, self._desktop.thickness.unit)
        self.tags.refit()

    def _allot(self, outer: int, content: int, kind: Kind) -> Frame:
        """Ids for a frame of today in this outer."""
        bordered = kind is not Kind.ICON and self._desktop.thickness.lining_px
        ids = [self._desktop.x.allocate_id() for _ in range(9 if bordered else 6)]
        return Frame(outer, content, (ids[0], ids[1]), (ids[2], ids[3], ids[4], ids[5]), tuple(ids[6:]))

    def _tiles_of(self, frame: Frame, kind: Kind, extents: Extents) -> tuple[int | None, int | None, int | None]:
        return self._tiles.of(extents, self.tags.height(kind, extents), bordered=bool(frame.borders))

    def _places(self, frame: Frame, outer: Rect, extents: Extents) -> list[tuple[int, Rect, int]]:
        """Where the parts lie in an outer of this size, and to which side they keep: borders, strips, edges."""
        thickness = self._desktop.thickness
        rim, lining = (thickness.rim_px, thickness.lining_px) if frame.borders else (0, 0)
        places = _borders(outer, extents, lining), _strips(outer, extents, lining), _edges(outer, rim or EDGE_PX)
        windows = (*frame.borders, *frame.strips, *frame.edges)
        return [(window, *each) for window, each in zip(windows, chain(*places), strict=True)]

    def _parts(self, frame: Frame, kind: Kind, outer: Rect, extents: Extents) -> tuple[list[bytes], list[bytes]]:
        """What makes all but outer and content: what lies behind the content, and what lies above it, lowest first."""
        tiles = dict(zip(frame.strips, self._tiles_of(frame, kind, extents)[1:], strict=True))
        bordered = len(frame.borders)
        made = []
        for window, rect, gravity in self._places(frame, outer, extents):
            wears = self._inert(gravity, tiles.get(window))
            if bordered and window not in frame.strips:
                wears = self._border(gravity)
            made.append(self._create_window(window, frame.outer, rect, wears))
        room = self.tags.room(frame.outer, extents) if self.tags.height(kind, extents) else []
        return made[: min(1, bordered)], [*made[min(1, bordered) : bordered], *room, *made[bordered:]]

    def inset(self, frame: Frame, extents: Extents, width: int, height: int) -> None:
        """Let the content leave `extents` free of an outer of this size: strips and edges show there, and only there.

        With none it covers them all, whatever else lies in the outer; one request, so nobody sees a state between.
        """
        x, y, *size = _content_rect(Rect(0, 0, width, height), extents)
        order = X.Below if any(extents) else X.Above
        values = X.CWX | X.CWY | X.CWWidth | X.CWHeight | X.CWStackMode
        request = struct.pack("<BBHIHxxiiIII", CONFIGURE_WINDOW, 0, 8, frame.content, values, x, y, *size, order)
        below = [
            struct.pack("<BBHIHxxI", CONFIGURE_WINDOW, 0, 4, each, X.CWStackMode, X.Below) for each in frame.borders[:1]
        ]
        self._desktop.x.send(b"".join([request, *below]), 1 + len(below))

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
        self.tags.forget(frame.outer)
        for window in (frame.outer, frame.content, *frame.strips, *frame.edges, *frame.borders):
            x.free_id(window)

    def close(self) -> None:
        """Give back what the X server has drawn for frames; those that are there keep it."""
        self._tiles.close()
        self.tags.close()

    def _inert(self, gravity: int, tile: int | None = None) -> _Attributes:
        """What has the label's colour, or its marks too, and hears nothing."""
        background = self._label_pixel if tile is None else tile
        return _Attributes(background, X.NorthWestGravity, gravity, 0, 0, tiled=tile is not None)

    def _wear(self, window: int, wears: _Attributes) -> list[bytes]:
        """Another background, at once."""
        mask = (X.CWBackPixmap if wears.tiled else X.CWBackPixel) | X.CWBorderPixel
        values = (CHANGE_WINDOW_ATTRIBUTES, 0, 5, window, mask, wears.background, self._label_pixel)
        clear = struct.pack("<BBHIhhHH", CLEAR_AREA, 0, 4, window, 0, 0, 0, 0)
        return [struct.pack("<BBHIIII", *values), clear]

    def _border(self, gravity: int) -> _Attributes:
        """What stands out from the label's colour."""
        return self._inert(gravity)._replace(background=self._ink_pixel)

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


def _strips(outer: Rect, extents: Extents, lining: int = 0) -> tuple[tuple[Rect, int], tuple[Rect, int]]:
    right, bottom = extents.right - lining, extents.bottom - lining
    return (
        (Rect(outer.width - right, 0, right, LONG_PX), X.NorthEastGravity),
        (Rect(0, outer.height - bottom, LONG_PX, bottom), X.SouthWestGravity),
    )


def _borders(outer: Rect, extents: Extents, lining: int) -> tuple[tuple[Rect, int], ...]:
    """Behind the content, which lets its left and top be seen; then right and bottom, where strips lie over them."""
    if not lining:
        return ()
    left, top = extents.left - lining, extents.top - lining
    return (
        (Rect(left, top, LONG_PX, LONG_PX), X.NorthWestGravity),
        (Rect(outer.width - extents.right, top, lining, LONG_PX), X.NorthEastGravity),
        (Rect(left, outer.height - extents.bottom, LONG_PX, lining), X.SouthWestGravity),
    )


def _edges(outer: Rect, edge_px: int) -> tuple[tuple[Rect, int], ...]:
    return (
        (Rect(0, 0, edge_px, LONG_PX), X.NorthWestGravity),
        (Rect(0, 0, LONG_PX, edge_px), X.NorthWestGravity),
        (Rect(outer.width - edge_px, 0, edge_px, LONG_PX), X.NorthEastGravity),
        (Rect(0, outer.height - edge_px, LONG_PX, edge_px), X.SouthWestGravity),
    )
