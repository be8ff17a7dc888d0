"""Cursors made of images, each once however often it is shown; must not know windows, nor who drew them.

Nothing here waits: until the X server has said how it takes pictures, and for ever if it has no RENDER, there are none.
Source: X Rendering Extension 0.11, QueryPictFormats, CreateCursor.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Callable

from guid.core.values import CursorImage
from protocol.limits import MAX_CURSOR_IMAGES
from shm.x11.connection import XConnection

CREATE_PIXMAP, FREE_PIXMAP, CREATE_GC, FREE_GC, PUT_IMAGE, FREE_CURSOR = 53, 54, 55, 60, 72, 95
CREATE_PICTURE, FREE_PICTURE, CREATE_CURSOR = 4, 7, 27
DEPTH, Z_PIXMAP = 32, 2
DIRECT, ARGB = 1, (16, 0xFF, 8, 0xFF, 0, 0xFF, 24, 0xFF)
"""A picture format: type, and shift and mask of red, green, blue and alpha, as the pixels of a CursorImage are."""


class CursorImages:
    """The cursors of one agent: the MAX_CURSOR_IMAGES that were shown last.

    ready: is called once when `of` begins to return cursors; never if the X server cannot make them.
    """

    def __init__(self, x: XConnection, root: int, ready: Callable[[], None]) -> None:
        self._x = x
        self._root = root
        self._ready = ready
        self._cursors: OrderedDict[CursorImage, int] = OrderedDict()
        self._opcode = self._format = self._context = 0
        self._asked = False

    def of(self, image: CursorImage) -> int:
        """The X id of the cursor; 0, the default, while there can be none."""
        if not self._format:
            self._ask()
            return 0
        cursor = self._cursors.pop(image, 0) or self._make(image)
        self._cursors[image] = cursor
        if len(self._cursors) > MAX_CURSOR_IMAGES:
            self._free(self._cursors.popitem(last=False)[1])
        return cursor

    def close(self) -> None:
        """Free all of them."""
        while self._cursors:
            self._free(self._cursors.popitem()[1])
        if self._context:
            self._x.send(struct.pack("<BBHI", FREE_GC, 0, 2, self._context), 1)
            self._x.free_id(self._context)
            self._context = 0

    def _free(self, cursor: int) -> None:
        """Where it is shown, X shows it on."""
        self._x.send(struct.pack("<BBHI", FREE_CURSOR, 0, 2, cursor), 1)
        self._x.free_id(cursor)

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            from guid.x11.render import ask  # noqa: PLC0415 - few qubes show such a cursor before their first window

            ask(self._x, self._told)

    def _told(self, opcode: int, formats: bytes) -> None:
        from guid.x11.render import format_of_pixels  # noqa: PLC0415

        found = format_of_pixels(formats, DIRECT, DEPTH, ARGB) if opcode else 0
        if found:
            self._opcode, self._format = opcode, found
            self._ready()

    def _make(self, image: CursorImage) -> int:
        pixmap, picture, cursor = (self._x.allocate_id() for _ in range(3))
        width, height, hot_x, hot_y, pixels = image
        requests = [struct.pack("<BBHIIHH", CREATE_PIXMAP, DEPTH, 4, pixmap, self._root, width, height)]
        if not self._context:
            self._context = self._x.allocate_id()
            requests.append(struct.pack("<BBHIII", CREATE_GC, 0, 4, self._context, pixmap, 0))
        put = (PUT_IMAGE, Z_PIXMAP, 6 + len(pixels) // 4, pixmap, self._context, width, height, 0, 0, 0, DEPTH)
        requests += [
            struct.pack("<BBHIIHHhhBBxx", *put) + pixels,
            struct.pack("<BBHIIII", self._opcode, CREATE_PICTURE, 5, picture, pixmap, self._format, 0),
            struct.pack("<BBHIIHH", self._opcode, CREATE_CURSOR, 4, cursor, picture, hot_x, hot_y),
            struct.pack("<BBHI", self._opcode, FREE_PICTURE, 2, picture),
            struct.pack("<BBHI", FREE_PIXMAP, 0, 2, pixmap),
        ]
        self._x.send(b"".join(requests), len(requests))
        self._x.free_id(pixmap)
        self._x.free_id(picture)
        return cursor
