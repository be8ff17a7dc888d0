"""Reads the icons that programs give their windows, and tells what is in them. It must not know who wants them.

Nothing here waits: a property may be long, and whoever owns a window may end while it is asked about.
Source: EWMH 1.5, _NET_WM_ICON; ICCCM 4.1.2.4, the icon of WM_HINTS, for programs that know no other.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from Xlib import X, Xatom

from guiagent.core.icons import MAX_READ_SIDE_PX, MAX_READ_WORDS, Picture, pictures_in
from guiagent.core.plainicon import drawn_by
from guiagent.core.values import WindowId
from shm.x11.connection import XConnection
from shm.x11.properties import get_property

GET_GEOMETRY, GET_IMAGE = 14, 73
ALL_PLANES: Final = 0xFFFFFFFF
VALUE_AT: Final = 32
"""In replies that end with a list of bytes."""
PIXMAP_HINT, MASK_HINT = 4, 32
"""The flags of WM_HINTS. Source: ICCCM 4.1.2.4."""
HINTS: Final = struct.Struct("<9I")
"""Flags, input, initial state, icon pixmap, icon window, x, y, icon mask, group."""

Told = Callable[[WindowId, Sequence[Picture]], None]


class Icons:
    """Calls `seen` with a window and all images of its icon; with none if it has none."""

    def __init__(self, connection: XConnection, icon_atom: int, *, seen: Told) -> None:
        self._connection = connection
        self._atom = icon_atom
        self._seen = seen

    def concerned_by(self, atom: int) -> bool:
        """Whether a change of this property may be another icon."""
        return atom in (self._atom, Xatom.WM_HINTS)

    def look(self, windows: Iterable[WindowId]) -> None:
        """Ask for the icons of these windows."""
        for window in windows:
            self._ask_for(window, self._atom, MAX_READ_WORDS, partial(self._icon_read, window))

    def _ask_for(self, window: int, atom: int, words: int, then: Callable[[bytes], None]) -> None:
        request = get_property(window, atom, words)
        self._connection.send_with_reply(request, 1, then)

    def _icon_read(self, window: WindowId, reply: bytes) -> None:
        if not reply:
            return  # the window is gone
        pictures = pictures_in(_words_in(reply))
        if pictures:
            self._seen(window, pictures)
        else:
            self._ask_for(window, Xatom.WM_HINTS, HINTS.size // 4, partial(self._hints_read, window))

    # The icon of WM_HINTS: first how large its pixmap is, then the pixmap, then its mask.

    def _hints_read(self, window: WindowId, reply: bytes) -> None:
        if not reply:
            return
        words = _words_in(reply)
        flags, _input, _state, pixmap, _window, _x, _y, mask, _group = HINTS.unpack(words.ljust(HINTS.size, b"\0"))
        if not flags & PIXMAP_HINT or not pixmap:
            self._seen(window, ())
            return
        request = struct.pack("<BBHI", GET_GEOMETRY, 0, 2, pixmap)
        masked = mask if flags & MASK_HINT else 0
        self._connection.send_with_reply(request, 1, partial(self._pixmap_found, window, pixmap, masked))

    def _pixmap_found(self, window: WindowId, pixmap: int, mask: int, reply: bytes) -> None:
        width, height = struct.unpack_from("<HH", reply, 16) if reply else (0, 0)
        if not (0 < width <= MAX_READ_SIDE_PX and 0 < height <= MAX_READ_SIDE_PX):
            self._seen(window, ())
            return
        size = (width, height)
        self._ask_for_image(pixmap, size, partial(self._pixmap_read, window, mask, size, reply[1]))

    def _ask_for_image(self, pixmap: int, size: tuple[int, int], then: Callable[[bytes], None]) -> None:
        request = struct.pack("<BBHIhhHHI", GET_IMAGE, X.ZPixmap, 5, pixmap, 0, 0, *size, ALL_PLANES)
        self._connection.send_with_reply(request, 1, then)

    def _pixmap_read(self, window: WindowId, mask: int, size: tuple[int, int], depth: int, reply: bytes) -> None:
        if not mask or not reply:
            self._plain_read(window, size, depth, reply, b"")
            return
        self._ask_for_image(mask, size, partial(self._plain_read, window, size, depth, reply))

    def _plain_read(self, window: WindowId, size: tuple[int, int], depth: int, image: bytes, mask: bytes) -> None:
        """mask: b"" if there is none, or if it is smaller than the image: then all of it is seen."""
        picture = drawn_by(size, depth, image[VALUE_AT:], mask[VALUE_AT:] if mask[1:2] == b"\1" else b"")
        self._seen(window, () if picture is None else (picture,))


def _words_in(reply: bytes) -> bytes:
    """The value of a property of 32-bit words; nothing if it is another kind, or there is none."""
    (units,) = struct.unpack_from("<I", reply, 16)
    return reply[VALUE_AT : VALUE_AT + 4 * units] if reply[1] == 32 else b""
