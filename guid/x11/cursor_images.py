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

QUERY_EXTENSION, CREATE_PIXMAP, FREE_PIXMAP, CREATE_GC, FREE_GC, PUT_IMAGE, FREE_CURSOR = 98, 53, 54, 55, 60, 72, 95
QUERY_VERSION, QUERY_PICT_FORMATS, CREATE_PICTURE, FREE_PICTURE, CREATE_CURSOR = 0, 1, 4, 7, 27
NAME = b"RENDER"
DEPTH, Z_PIXMAP = 32, 2
DIRECT, ARGB = 1, (16, 0xFF, 8, 0xFF, 0, 0xFF, 24, 0xFF)
"""A picture format: type, and shift and mask of red, green, blue and alpha, as the pixels of a CursorImage are."""

_FORMATS_AT = 32
_FORMAT = struct.Struct("<IBBxx8HI")


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
            name = NAME + bytes(-len(NAME) % 4)
            head = struct.pack("<BBHHxx", QUERY_EXTENSION, 0, 2 + len(name) // 4, len(NAME))
            self._x.send_with_reply(head + name, 1, self._extension_told)

    def _extension_told(self, reply: bytes) -> None:
        if not reply or not reply[8]:
            return
        self._opcode = reply[9]
        version = struct.pack("<BBHII", self._opcode, QUERY_VERSION, 3, 0, 11)
        self._x.send_with_reply(version, 1, lambda _reply: None)
        formats = struct.pack("<BBH", self._opcode, QUERY_PICT_FORMATS, 1)
        self._x.send_with_reply(formats, 1, self._formats_told)

    def _formats_told(self, reply: bytes) -> None:
        (many,) = struct.unpack_from("<I", reply, 8) if reply else (0,)
        for number in range(many):
            found, kind, depth, *masks, _colormap = _FORMAT.unpack_from(reply, _FORMATS_AT + number * _FORMAT.size)
            if (kind, depth, tuple(masks)) == (DIRECT, DEPTH, ARGB):
                self._format = found
                self._ready()
                return

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
