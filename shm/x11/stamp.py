"""Numbers that an X server writes into shared memory once it has done what was sent before; must not know what that is.

A reply says the same and wakes whoever asked. A stamp wakes nobody: it is looked at when it matters.
"""

from __future__ import annotations

import os
import struct
import weakref
from typing import Final

from Xlib import X

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError
from shm.pool import COUNTER, sealed_memory
from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm

COUNTER_BYTES: Final = COUNTER.size
DEPTH: Final = 32
"""Of a pixmap whose only pixel is the number, all bits of it."""

_CREATE_GC: Final = struct.Struct("<BBHIII")
_PUT_IMAGE: Final = struct.Struct("<BBHIIHHhhBBxx")
"""PutImage of one pixel, which follows."""
_FREE: Final = struct.Struct("<BBHI")
_MODULUS: Final = 1 << 32


class Stamp:
    """The first four bytes of `page` of the memory `fd`, written by the X server. fd: stays the caller's.

    put: a request that writes it, but for its last four bytes, which are the number.
    Raises ShmError when made if the server cannot have pixmaps there; waits for it.
    """

    def __init__(self, x: XConnection, shm: MitShm, fd: int, page: int) -> None:
        if not stamps(x, shm):
            raise ShmError("the X server has no pixmaps of depth 32 in shared memory")
        self._x = x
        self._shm = shm
        self._segment = shm.attach_fd(fd, read_only=False)
        root = x.display.screen().root.id
        self._pixmap = shm.create_pixmap(root, 1, 1, DEPTH, self._segment, page * PAGE_BYTES)
        self._gc = x.allocate_id()
        x.send(_CREATE_GC.pack(55, 0, 4, self._gc, self._pixmap, 0), 1)
        self.put = _PUT_IMAGE.pack(72, X.ZPixmap, 7, self._pixmap, self._gc, 1, 1, 0, 0, 0, DEPTH)

    def request(self, number: int) -> bytes:
        """Return a packed request that writes it, without a reply; 0 to 2^32 - 1. The hot path."""
        return self.put + number.to_bytes(COUNTER_BYTES, "little")

    def close(self) -> None:
        """Let the server forget it: what was sent before is written yet."""
        self._x.send(_FREE.pack(60, 0, 2, self._gc) + _FREE.pack(54, 0, 2, self._pixmap), 2)
        self._x.free_id(self._gc)
        self._x.free_id(self._pixmap)
        self._shm.detach(self._segment)


class Progress:
    """How far the X server is, by a stamp in memory that it shares with nobody but us.

    Raises ShmError when made, as Stamp does, or if nothing was written there when the server had done what was asked.
    """

    def __init__(self, x: XConnection, shm: MitShm) -> None:
        self._fd = sealed_memory("vitrail-progress", PAGE_BYTES)
        try:
            self._stamp = Stamp(x, shm, self._fd, 0)
        except ShmError:
            os.close(self._fd)
            raise
        weakref.finalize(self, os.close, self._fd)
        self._number = 0
        x.send(self.request(), 1)
        x.sync()
        if not self.reached():
            self._stamp.close()
            raise ShmError("the X server does not write into shared memory at once")

    def fileno(self) -> int:
        """The memory's descriptor."""
        return self._fd

    def request(self) -> bytes:
        """Return a packed request without a reply; `reached` says when it and all before it have been done."""
        self._number = (self._number + 1) % _MODULUS
        self._newest = self._number.to_bytes(COUNTER_BYTES, "little")
        return self._stamp.put + self._newest

    def reached(self) -> bool:
        """Whether the newest has. The hot path."""
        return os.pread(self._fd, COUNTER_BYTES, 0) == self._newest


def stamps(x: XConnection, shm: MitShm) -> bool:
    """Whether the server can have pixmaps of 32 bits in shared memory, in our byte order."""
    info = x.display.display.info
    depths = {allowed.depth for allowed in x.display.screen().allowed_depths}
    formats = {entry.depth: entry.bits_per_pixel for entry in info.pixmap_formats}
    return (
        shm.shared_pixmaps and DEPTH in depths and formats.get(DEPTH) == DEPTH and info.image_byte_order == X.LSBFirst
    )
