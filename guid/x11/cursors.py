"""The cursors that an agent asks for, each made at its first use; must not know windows."""

from __future__ import annotations

import struct
from collections.abc import Callable

from guid.core.values import Cursor
from guid.x11.cursor_images import CursorImages
from guid.x11.desktop import Desktop

OPEN_FONT, CLOSE_FONT, CREATE_GLYPH_CURSOR, FREE_CURSOR = 45, 46, 94, 95
BLACK, WHITE = (0, 0, 0), (0xFFFF, 0xFFFF, 0xFFFF)


class Cursors:
    """Glyphs of the X cursor font, kept until the agent goes, and images. ready: images can be shown from now on."""

    def __init__(self, desktop: Desktop, ready: Callable[[], None]) -> None:
        self._images = CursorImages(desktop.x, desktop.root_id, ready)
        self._x = desktop.x
        self._font = 0
        self._by_glyph: dict[int, int] = {}

    def of(self, cursor: Cursor) -> int:
        """The X id of a cursor; 0 is the default."""
        if cursor.image is not None:
            return self._images.of(cursor.image)
        return 0 if cursor.glyph is None else self._of_glyph(cursor.glyph)

    def _of_glyph(self, glyph: int) -> int:
        """The X id of the cursor of `glyph`; its mask is the next glyph of the font."""
        if not self._font:
            self._font = self._x.allocate_id()
            self._x.send(struct.pack("<BBHIHxx8s", OPEN_FONT, 0, 5, self._font, 6, b"cursor"), 1)
        if glyph not in self._by_glyph:
            cursor = self._by_glyph[glyph] = self._x.allocate_id()
            source = (self._font, self._font, glyph, glyph + 1)
            self._x.send(struct.pack("<BBHIIIHH6H", CREATE_GLYPH_CURSOR, 0, 8, cursor, *source, *BLACK, *WHITE), 1)
        return self._by_glyph[glyph]

    def close(self) -> None:
        """Free all of them: agents that come and go leave nothing behind in the X server."""
        self._images.close()
        if not self._font:
            return
        requests = [struct.pack("<BBHI", FREE_CURSOR, 0, 2, cursor) for cursor in self._by_glyph.values()]
        requests.append(struct.pack("<BBHI", CLOSE_FONT, 0, 2, self._font))
        self._x.send(b"".join(requests), len(requests))
        for resource in (*self._by_glyph.values(), self._font):
            self._x.free_id(resource)
        self._font = 0
        self._by_glyph.clear()
