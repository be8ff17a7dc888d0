"""Sees which cursor the qube's X server shows, and tells what it is. It must not know over which window.

X tells of another cursor, and not of another window that has the same one: whoever knows of that calls `look`.
Source: X Fixes Extension 6.0, SelectCursorInput, CursorNotify, GetCursorImageAndName.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from guiagent.core.cursorpace import Shown
from guiagent.core.cursors import GLYPHS, OF_THE_ROOT, Look, Shape, glyph_named, shape_of
from guiagent.core.shrinking import fitting
from guiagent.x11.cursor_font import FONT, glyph_shapes
from guiagent.x11.cursor_theme import CursorTheme
from shm.x11.connection import XConnection

QUERY_VERSION, SELECT_CURSOR_INPUT, SET_CURSOR_NAME, GET_CURSOR_IMAGE_AND_NAME = 0, 3, 23, 25
CURSOR_NOTIFY: Final = 1
DISPLAY_CURSOR_NOTIFY_MASK: Final = 1
WANTED_VERSION: Final = (2, 0)
MAX_SIDE_PX: Final = 512
"""A larger cursor is not compared with anything, only made smaller."""

_IMAGE: Final = struct.Struct("<4H")


class Cursors:
    """Calls `seen` with a glyph, with the picture of a cursor that is none, or with None for the default."""

    def __init__(self, connection: XConnection, *, seen: Callable[[Shown], None]) -> None:
        self._connection = connection
        self._seen = seen
        self._theme = CursorTheme()
        self._shapes: dict[Shape, int] | None = None
        self._asked = False
        self._changed = False
        display: Any = connection.display
        extension = display.query_extension("XFIXES")
        self._opcode = int(extension.major_opcode) if extension is not None and extension.present else 0
        if not self._opcode:
            return
        connection.on_event(int(extension.first_event) + CURSOR_NOTIFY, self._notified)
        root = int(display.screen().root.id)
        version = struct.pack("<BBHII", self._opcode, QUERY_VERSION, 3, *WANTED_VERSION)
        connection.send_with_reply(version, 1, lambda _reply: None)
        self._give_root_one()
        select = struct.pack("<BBHII", self._opcode, SELECT_CURSOR_INPUT, 3, root, DISPLAY_CURSOR_NOTIFY_MASK)
        connection.send(select, 1)

    def _give_root_one(self) -> None:
        """So that a window without a cursor of its own is known by what is shown over it."""
        display: Any = self._connection.display
        font = display.open_font(FONT)
        if font is None:
            return
        glyph = GLYPHS["left_ptr"]
        cursor = font.create_glyph_cursor(font, glyph, glyph + 1, (0, 0, 0), (0xFFFF, 0xFFFF, 0xFFFF))
        name = OF_THE_ROOT.encode() + bytes(-len(OF_THE_ROOT) % 4)
        header = struct.pack("<BBHIHxx", self._opcode, SET_CURSOR_NAME, 3 + len(name) // 4, cursor.id, len(OF_THE_ROOT))
        self._connection.send(header + name, 1)
        display.screen().root.change_attributes(cursor=cursor)
        font.close()

    def look(self) -> None:
        """Tell what is shown even if it has not changed: it is another window's now."""
        self._changed = bool(self._opcode)

    def settle(self) -> None:
        """Ask for the cursor that is shown, once however often it changed. Nothing waits here."""
        if not self._changed or self._asked:
            return
        self._changed, self._asked = False, True
        request = struct.pack("<BBH", self._opcode, GET_CURSOR_IMAGE_AND_NAME, 1)
        self._connection.send_with_reply(request, 1, self._shown)

    def _notified(self, _buffer: bytes | memoryview, _offset: int) -> None:
        self._changed = True

    def _shown(self, reply: bytes) -> None:
        self._asked = False
        if not reply:
            return
        width, height, hot_x, hot_y = _IMAGE.unpack_from(reply, 12)
        (name_bytes,) = struct.unpack_from("<H", reply, 28)
        end = 32 + 4 * width * height
        look = Look(width, height, hot_x, hot_y, bytes(reply[32:end]), bytes(reply[end : end + name_bytes]))
        if width and height:
            self._seen(self._known(look))

    def _known(self, look: Look) -> Shown:
        if look.name == OF_THE_ROOT.encode():
            return None
        if look.name:
            named = glyph_named(look.name.decode("latin-1"))
            if named is not None:
                return named
        if max(look.width, look.height) > MAX_SIDE_PX:
            return fitting(look)
        if self._shapes is None:
            self._shapes = glyph_shapes(self._connection)
        drawn = self._shapes.get(shape_of(look))
        glyph = drawn if drawn is not None else self._theme.glyph_of(look)
        return fitting(look) if glyph is None else glyph
