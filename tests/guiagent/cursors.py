"""Cursors that a program draws by RENDER; knows nothing of the agent. Source: X Rendering Extension 0.11."""

import struct
from collections.abc import Sequence
from typing import Any, Final

from Xlib import X
from Xlib.protocol import rq

from tests.guiagent.app import App

QUERY_VERSION, QUERY_PICT_FORMATS, CREATE_PICTURE, CREATE_CURSOR, CREATE_ANIM_CURSOR = 0, 1, 4, 27, 31
ARGB: Final = (16, 0xFF, 8, 0xFF, 0, 0xFF, 24, 0xFF)
FORMAT: Final = struct.Struct("<IBBxx8HI")
FRAME_MS = 50


class Raw:
    """A request that python-xlib has no class for."""

    def __init__(self, raw: bytes) -> None:
        self._binary = raw
        self._serial = 0


class QueryVersion(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(QUERY_VERSION), rq.RequestLength(), rq.Card32("major"), rq.Card32("minor")
    )
    _reply = rq.Struct(rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Pad(24))


class QueryPictFormats(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(QUERY_PICT_FORMATS), rq.RequestLength())
    _reply = rq.Struct(
        *(rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Card32("many"), rq.Pad(20)),
        rq.Binary("formats"),
    )


class RenderCursors:
    """Makes them for one program, with the hotspot at (1, 2)."""

    def __init__(self, app: App) -> None:
        self._display = app.display
        self._root = app.root
        found = app.display.query_extension("RENDER")
        self._opcode = found.major_opcode
        lower = app.display.display
        QueryVersion(display=lower, opcode=self._opcode, major=0, minor=11)
        told = QueryPictFormats(display=lower, opcode=self._opcode)
        formats = (FORMAT.unpack_from(told.formats, FORMAT.size * number) for number in range(told.many))
        self._format = next(found[0] for found in formats if found[2] == 32 and found[3:11] == ARGB)

    def cursor(self, pixels: bytes, side: int) -> int:
        """side * side pixels of 4 bytes, BGRA; the id of the cursor."""
        pixmap = self._root.create_pixmap(side, side, 32)
        pixmap.put_image(pixmap.create_gc(), 0, 0, side, side, X.ZPixmap, 32, 0, pixels)
        picture, cursor = self._new(), self._new()
        self._send(struct.pack("<BBHIIII", self._opcode, CREATE_PICTURE, 5, picture, pixmap.id, self._format, 0))
        self._send(struct.pack("<BBHIIHH", self._opcode, CREATE_CURSOR, 4, cursor, picture, 1, 2))
        return cursor

    def animated(self, pictures: Sequence[bytes], side: int) -> int:
        """One that shows these pictures in turn, FRAME_MS each."""
        cursor = self._new()
        frames = [struct.pack("<II", self.cursor(pixels, side), FRAME_MS) for pixels in pictures]
        head = struct.pack("<BBHI", self._opcode, CREATE_ANIM_CURSOR, 2 + 2 * len(frames), cursor)
        self._send(head + b"".join(frames))
        return cursor

    def _new(self) -> int:
        return int(self._display.display.allocate_resource_id())

    def _send(self, request: bytes) -> None:
        raw: Any = Raw(request)
        self._display.display.send_request(raw, False)  # noqa: FBT003 - python-xlib's own signature
