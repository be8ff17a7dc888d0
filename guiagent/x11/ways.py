"""The ways in which what a window shows gets into the pool. They must not know which part of it, or when.

The best is a pixmap that lies in the pool: the X server copies a window once. A server that shares memory but no
pixmaps (some that draw by a graphics card) copies into a pixmap of its own, and its rows into the pool. One that shares
nothing sends the rows to us.
"""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from Xlib import X

from guiagent.core.buffers import Buffer
from protocol.limits import BYTES_PER_PIXEL
from shm.damage import Rect
from shm.errors import ShmError
from shm.pool import PagePool
from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm

LOG = logging.getLogger(__name__)

MAX_REPLY_BYTES: Final = 256 << 10
"""Rows that are sent to us come in replies of at most so much, or of one row: four reads of the connection."""
_GET_IMAGE: Final = struct.Struct("=BBHIhhHHI")
_REPLY_HEADER_BYTES: Final = 32
_ALL_PLANES: Final = 0xFFFFFFFF


class Way(Protocol):
    """One way. The pixmap is what windows are copied to; it has the buffer's size and depth.

    direct: what is copied to the pixmap is in the pool; else `fetch` brings it there.
    """

    direct: bool

    def pixmap(self, buffer: Buffer) -> int:
        """Make the pixmap for a buffer. Its id is freed by whoever asked."""

    def fetch(self, pixmap: int, buffer: Buffer, rects: Iterable[Rect]) -> None:
        """Bring these parts of the pixmap into the pool; done when the server answers what is sent after this."""


class SharedPixmaps:
    """The pixmap lies in the pool."""

    direct = True

    def __init__(self, connection: XConnection, shm: MitShm, segment: int) -> None:
        self._root = connection.display.screen().root.id
        self._shm = shm
        self._segment = segment

    def pixmap(self, buffer: Buffer) -> int:
        """A shared one."""
        return self._shm.create_pixmap(
            self._root, buffer.width, buffer.height, buffer.depth, self._segment, buffer.offset_bytes
        )

    def fetch(self, pixmap: int, buffer: Buffer, rects: Iterable[Rect]) -> None:
        """Nothing: it is there."""


class SharedImages:
    """The server writes whole rows of its pixmap into the pool."""

    direct = False

    def __init__(self, connection: XConnection, shm: MitShm, segment: int) -> None:
        self._connection = connection
        self._shm = shm
        self._segment = segment

    def pixmap(self, buffer: Buffer) -> int:
        """One of the server's own."""
        return own_pixmap(self._connection, buffer)

    def fetch(self, pixmap: int, buffer: Buffer, rects: Iterable[Rect]) -> None:
        """By ShmGetImage: what it writes has no gaps between rows, so these are whole ones."""
        stride = BYTES_PER_PIXEL * buffer.width
        for top, end in bands(rects):
            offset = buffer.offset_bytes + top * stride
            request = self._shm.get_image_request(pixmap, 0, top, buffer.width, end - top, self._segment, offset)
            self._connection.send_with_reply(request, 1, lambda _reply: None)


class SentImages:
    """The server sends whole rows of its pixmap, and we write them into the pool."""

    direct = False

    def __init__(self, connection: XConnection, pool: PagePool) -> None:
        self._connection = connection
        self._pool = pool

    def pixmap(self, buffer: Buffer) -> int:
        """One of the server's own."""
        return own_pixmap(self._connection, buffer)

    def fetch(self, pixmap: int, buffer: Buffer, rects: Iterable[Rect]) -> None:
        """By GetImage, in replies that are not too long."""
        stride = BYTES_PER_PIXEL * buffer.width
        rows = max(1, MAX_REPLY_BYTES // stride)
        for first, end in bands(rects):
            for top in range(first, end, rows):
                height = min(rows, end - top)
                request = _GET_IMAGE.pack(73, X.ZPixmap, 5, pixmap, 0, top, buffer.width, height, _ALL_PLANES)
                self._ask(request, buffer.offset_bytes + top * stride, height * stride)

    def _ask(self, request: bytes, offset: int, length: int) -> None:
        def came(reply: bytes) -> None:
            if reply:
                os.pwrite(self._pool.fd, reply[_REPLY_HEADER_BYTES : _REPLY_HEADER_BYTES + length], offset)

        self._connection.send_with_reply(request, 1, came)


def way_for(connection: XConnection, pool: PagePool) -> Way:
    """The best way that this server knows; one line says which, if it is not the best of all."""
    try:
        shm = MitShm(connection)
        segment = shm.attach_fd(pool.fd, read_only=False)
    except ShmError as error:
        LOG.warning("pictures are sent through this process, which is slow: %s", error)
        return SentImages(connection, pool)
    if not shm.shared_pixmaps:
        LOG.warning("pictures are copied twice: the X server shares no pixmaps")
        return SharedImages(connection, shm, segment)
    LOG.info("pictures are copied once: the X server draws into the pool")
    return SharedPixmaps(connection, shm, segment)


def own_pixmap(connection: XConnection, buffer: Buffer) -> int:
    """A pixmap of the server's own."""
    root: Any = connection.display.screen().root
    return int(root.create_pixmap(buffer.width, buffer.height, buffer.depth).id)


def bands(rects: Iterable[Rect]) -> Iterator[tuple[int, int]]:
    """The rows that these rectangles touch: first, and behind the last; each row once."""
    spans = sorted((y, y + height) for _x, y, _width, height in rects)
    first, end = spans[0]
    for top, bottom in spans[1:]:
        if top > end:
            yield first, end
            first = top
        end = max(end, bottom)
    yield first, end
