"""The name tags of one qube's windows: rooms for them in the frames, and one picture; must not know when it is drawn.

A room is a plain window in the upper side of a frame, as long as strips are. The tag in it has the picture as its
background, so the X server paints and clips it, also while this process stands still. Both select no event.
"""

import struct
from typing import Final, NamedTuple

from Xlib import X

from colors.labels import Label
from guid.core.geometry import Extents, Rect
from guid.core.values import Kind
from guid.x11.desktop import Desktop
from guid.x11.visual import DEPTH
from shm.x11.requests import configure_window, map_window

CREATE_WINDOW, CHANGE_WINDOW_ATTRIBUTES, CREATE_PIXMAP, FREE_PIXMAP, CLEAR_AREA, PUT_IMAGE = 1, 2, 53, 54, 61, 72
LONG_PX: Final = 32767
"""Longer than any window, so that a room never has to grow."""

MAX_PUT_BYTES: Final = 128 << 10
"""Pixels in one request; X servers take 256 KiB without any extension."""


class _Room(NamedTuple):
    """X ids. tag: 0 while there is no picture."""

    window: int
    tag: int = 0


class _Drawn(NamedTuple):
    """The picture as a pixmap."""

    pixmap: int
    width: int
    height: int


class Tags:
    """The tags of the qube called `name`, as high as the desktop's frames have room for; 0 px: there are none."""

    def __init__(self, desktop: Desktop, name: str, label: Label) -> None:
        self._desktop = desktop
        self._name = name
        self._label = label
        self._rooms: dict[int, _Room] = {}
        self._drawn: _Drawn | None = None

    def height(self, kind: Kind, extents: Extents) -> int:
        """How much of the upper side of such a window is its tag's room, px."""
        tag_px = self._desktop.thickness.tag_px
        return tag_px if kind is Kind.MANAGED and extents.top > tag_px else 0

    def height_in(self, outer: int) -> int:
        """The same of an outer that is there."""
        return self._desktop.thickness.tag_px if outer in self._rooms else 0

    @property
    def wanted(self) -> bool:
        """Whether there is a tag that has not been drawn."""
        return bool(self._rooms) and self._drawn is None and bool(self._desktop.thickness.tag_px)

    def room(self, outer: int, extents: Extents) -> list[bytes]:
        """What makes the room in an outer that is being created, below whatever is created there after it."""
        height = self._desktop.thickness.tag_px
        window = self._desktop.x.allocate_id()
        self._rooms[outer] = _Room(window)
        lining = self._desktop.thickness.lining_px
        place = Rect(extents.left - lining, extents.top - lining - height, LONG_PX, height)
        requests = [self._create(window, outer, place, X.CWBackPixel, self._desktop.pixel(self._label.rgb))]
        if self._drawn is not None:
            requests += self._tag(outer, self._drawn)
        return requests

    def draw(self) -> None:
        """Draw the picture, and show it in every room."""
        if not self.wanted:
            return
        self._drawn, requests = self._picture()
        for outer in self._rooms:
            requests += self._tag(outer, self._drawn)
        self._desktop.x.send(b"".join(requests), len(requests))

    def relabel(self, label: Label) -> list[bytes]:
        """What lets every room and tag wear another label."""
        self._label = label
        pixel = self._desktop.pixel(label.rgb)
        requests = [each for room in self._rooms.values() for each in _wear(room.window, X.CWBackPixel, pixel)]
        if self._drawn is None:
            return requests
        self.close()
        self._drawn, more = self._picture()
        requests += more
        for room in self._rooms.values():
            requests.append(configure_window(room.tag, width=self._drawn.width))
            requests += _wear(room.tag, X.CWBackPixmap, self._drawn.pixmap)
        return requests

    def refit(self) -> None:
        """Frames have another thickness: rooms that are made from now on have a tag of that height, or none."""
        if self._drawn is None:
            return
        self.close()
        if self._desktop.thickness.tag_px:
            self._drawn, requests = self._picture()
            self._desktop.x.send(b"".join(requests), len(requests))

    def take(self, outer: int) -> tuple[int, ...]:
        """Give up the room in this outer: the X ids of what whoever takes it is to destroy, the tag before its room."""
        room = self._rooms.pop(outer, None)
        return () if room is None else tuple(each for each in (room.tag, room.window) if each)

    def forget(self, outer: int) -> None:
        """An outer is gone, with all that was in it."""
        for window in self._rooms.pop(outer, ()):
            if window:
                self._desktop.x.free_id(window)

    def close(self) -> None:
        """Give the picture back; tags that there are keep it."""
        if self._drawn is not None:
            self._desktop.x.send(struct.pack("<BBHI", FREE_PIXMAP, 0, 2, self._drawn.pixmap), 1)
            self._desktop.x.free_id(self._drawn.pixmap)
            self._drawn = None

    def _picture(self) -> tuple[_Drawn, list[bytes]]:
        """The pixmap's id, and what makes it."""
        from colors.tag import draw  # noqa: PLC0415 - off the way to the first window

        desktop, label, thickness = self._desktop, self._label, self._desktop.thickness
        picture = draw(self._name, label.rgb, label.ink, label.pattern, height=thickness.tag_px, unit=thickness.unit)
        width, height = picture.width, picture.height
        drawn = _Drawn(desktop.x.allocate_id(), width, height)
        requests = [struct.pack("<BBHIIHH", CREATE_PIXMAP, DEPTH, 4, drawn.pixmap, desktop.root_id, width, height)]
        rows = max(1, MAX_PUT_BYTES // (4 * width))
        for top in range(0, height, rows):
            pixels = picture.pixels[4 * width * top : 4 * width * (top + rows)]
            size = (6 + len(pixels) // 4, drawn.pixmap, desktop.gc, width, len(pixels) // (4 * width))
            head = struct.pack("<BBHIIHHhhBBxx", PUT_IMAGE, X.ZPixmap, *size, 0, top, 0, DEPTH)
            requests.append(head + pixels)
        return drawn, requests

    def _tag(self, outer: int, drawn: _Drawn) -> list[bytes]:
        """What makes the tag in the room of an outer."""
        tag = self._desktop.x.allocate_id()
        room = self._rooms[outer] = self._rooms[outer]._replace(tag=tag)
        place = Rect(0, 0, drawn.width, drawn.height)
        return [self._create(tag, room.window, place, X.CWBackPixmap, drawn.pixmap), map_window(tag)]

    def _create(self, window: int, parent: int, rect: Rect, mask: int, background: int) -> bytes:
        """A window that hears nothing, kept at the upper left; what says nothing of itself is as its parent."""
        head = struct.pack("<BBHIIhhHHHH", CREATE_WINDOW, DEPTH, 9, window, parent, *rect, 0, X.InputOutput)
        return head + struct.pack("<III", X.CopyFromParent, mask, background)


def _wear(window: int, mask: int, background: int) -> list[bytes]:
    """Another background, at once."""
    return [
        struct.pack("<BBHIII", CHANGE_WINDOW_ATTRIBUTES, 0, 4, window, mask, background),
        struct.pack("<BBHIhhHH", CLEAR_AREA, 0, 4, window, 0, 0, 0, 0),
    ]
