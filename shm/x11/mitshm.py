"""MIT-SHM 1.2: memory that a client and an X server share, named by a file descriptor; knows no pool and no window.

Source: the MIT-SHM extension's protocol (xorgproto, shmproto.h), version 1.2 for AttachFd.
"""

import socket
import struct
from typing import Any, Final

from Xlib import X, error
from Xlib.protocol import rq

from shm.errors import ShmError
from shm.x11.connection import XConnection

NAME: Final = "MIT-SHM"

_PUT_IMAGE = struct.Struct("=BBHIIHHHHHHhhBBBxII")
_PUT_IMAGE_WORDS: Final = _PUT_IMAGE.size // 4
_GET_IMAGE: Final = struct.Struct("=BBHIhhHHIBxxxII")
_ALL_PLANES: Final = 0xFFFFFFFF


class _QueryVersion(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Bool("shared_pixmaps"),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card16("major_version"),
        rq.Card16("minor_version"),
        rq.Card16("server_uid"),
        rq.Card16("server_gid"),
        rq.Card8("pixmap_format"),
        rq.Pad(15),
    )


class _Detach(rq.Request):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(2), rq.RequestLength(), rq.Card32("segment"))


class _GetImage(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(4),
        rq.RequestLength(),
        rq.Drawable("drawable"),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("plane_mask"),
        rq.Card8("format"),
        rq.Pad(3),
        rq.Card32("segment"),
        rq.Card32("offset"),
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Card8("depth"),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card32("visual"),
        rq.Card32("size"),
        rq.Pad(16),
    )


class _CreatePixmap(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(5),
        rq.RequestLength(),
        rq.Card32("pixmap"),
        rq.Drawable("drawable"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card8("depth"),
        rq.Pad(3),
        rq.Card32("segment"),
        rq.Card32("offset"),
    )


class _AttachFd(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(6),
        rq.RequestLength(),
        rq.Card32("segment"),
        rq.Bool("read_only"),
        rq.Pad(3),
    )


def put_drawable(request: bytes) -> int:
    """The X id of what a packed PutImage draws on."""
    return int.from_bytes(request[4:8], "little")


def put_rectangle(request: bytes) -> bytes:
    """Where a packed PutImage draws, as a packed RECTANGLE."""
    return request[24:28] + request[20:24]


class MitShm:
    """The extension on one connection. Segments are X resource ids.

    Raises ShmError when made if the server is on another machine, or has no MIT-SHM of at least version 1.2.
    shared_pixmaps: the server can make pixmaps whose pixels lie in a segment.
    """

    def __init__(self, connection: XConnection) -> None:
        self._connection = connection
        self._lower = connection.display.display
        if self._lower.socket.family != socket.AF_UNIX:
            raise ShmError("the X server is on another machine: it cannot share memory")
        found = connection.display.query_extension(NAME)
        if found is None or not found.present:
            raise ShmError("the X server has no MIT-SHM")
        self.opcode = int(found.major_opcode)
        self.first_event = int(found.first_event)
        self.first_error = int(found.first_error)
        version = _QueryVersion(display=self._lower, opcode=self.opcode)
        if (version.major_version, version.minor_version) < (1, 2):
            raise ShmError(
                f"the X server has MIT-SHM {version.major_version}.{version.minor_version}; file descriptors need 1.2"
            )
        self.shared_pixmaps = bool(version.shared_pixmaps) and version.pixmap_format == X.ZPixmap

    def attach_fd(self, fd: int, *, read_only: bool) -> int:
        """Let the server map all of `fd`; waits for it. Returns the segment; `fd` stays the caller's and may be closed.

        Raises ShmError if the server refuses: BadMatch for what is no memory or empty, BadAccess for writing to a
        descriptor or a seal that forbids it, BadAlloc.
        """
        segment = self._connection.allocate_id()
        caught = error.CatchError()
        # The descriptor leaves with the next bytes that do, which are these or earlier ones: see XStream.outgoing_fds.
        self._lower.socket.outgoing_fds.append(fd)
        _AttachFd(self._lower, caught, opcode=self.opcode, segment=segment, read_only=read_only)
        self._connection.sync()
        failure = caught.get_error()
        if failure is not None:
            self._connection.free_id(segment)
            raise ShmError(f"the X server refused the shared memory: {type(failure).__name__}")
        return segment

    def detach(self, segment: int) -> None:
        """Let the server forget the segment; pixmaps in it keep the memory. Errors go to the connection's handler."""
        _Detach(self._lower, opcode=self.opcode, segment=segment)
        self._connection.free_id(segment)

    def create_pixmap(self, drawable: int, width: int, height: int, depth: int, segment: int, offset: int) -> int:
        """Return a new pixmap whose pixels lie in the segment, 32 bits each for depth 24 and 32, rows without padding.

        drawable: any on the screen. Not checked here: errors (BadValue for an offset beyond the segment) go to the
        connection's handler. Free it with FreePixmap and `XConnection.free_id`.
        """
        pixmap = self._connection.allocate_id()
        _CreatePixmap(
            self._lower,
            opcode=self.opcode,
            pixmap=pixmap,
            drawable=drawable,
            width=width,
            height=height,
            depth=depth,
            segment=segment,
            offset=offset,
        )
        return pixmap

    def put_image(
        self,
        drawable: int,
        gc: int,
        total_width: int,
        total_height: int,
        source_x: int,
        source_y: int,
        width: int,
        height: int,
        target_x: int,
        target_y: int,
        depth: int,
        segment: int,
        offset: int,
    ) -> bytes:
        """Return a packed PutImage without completion event (one to a window that is gone never completes); px, bytes.

        The picture of total_width by total_height px begins at `offset` (a multiple of 4) of the segment.
        """
        return _PUT_IMAGE.pack(
            self.opcode,
            3,
            _PUT_IMAGE_WORDS,
            drawable,
            gc,
            total_width,
            total_height,
            source_x,
            source_y,
            width,
            height,
            target_x,
            target_y,
            depth,
            X.ZPixmap,
            0,
            segment,
            offset,
        )

    def get_image_request(
        self, drawable: int, x: int, y: int, width: int, height: int, segment: int, offset: int
    ) -> bytes:
        """Return a packed GetImage (one reply): copies a rectangle, without gaps, to `offset` of the segment; px."""
        return _GET_IMAGE.pack(
            self.opcode, 4, 8, drawable, x, y, width, height, _ALL_PLANES, X.ZPixmap, segment, offset
        )

    def get_image(self, drawable: int, x: int, y: int, width: int, height: int, segment: int, offset: int) -> int:
        """Copy a drawable's rectangle, packed, to `offset` of a writable segment; wait, and return its size in bytes.

        Raises an Xlib.error.XError if the rectangle is not whole inside the drawable, or the segment is read-only.
        """
        reply: Any = _GetImage(
            display=self._lower,
            opcode=self.opcode,
            drawable=drawable,
            x=x,
            y=y,
            width=width,
            height=height,
            plane_mask=_ALL_PLANES,
            format=X.ZPixmap,
            segment=segment,
            offset=offset,
        )
        self._connection.drain()
        return int(reply.size)
