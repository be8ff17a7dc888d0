"""Puts a tray icon on its content as a mode of the C daemon has it; must not know trays.

The pixels are read once into memory of ours, drawn anew there, and put out of a small memory of ours that the X server
attaches: at most MAX_TRAY_DRAWN_PX of them each way.
"""

from __future__ import annotations

import os
from typing import Final

from colors.dockedicon import IconDrawing, Pixels
from guid.core.values import Image
from guid.x11.desktop import Desktop
from guid.x11.visual import DEPTH
from protocol.limits import BYTES_PER_PIXEL, MAX_TRAY_DRAWN_PX
from shm.corner import corner_of
from shm.errors import ShmError
from shm.pages import PageSource, PictureBytes
from shm.pool import sealed_memory

MEMORY_BYTES: Final = BYTES_PER_PIXEL * MAX_TRAY_DRAWN_PX**2
WORD_FORMAT: Final = "I"


class IconPainter:
    """Draws the pictures of one icon. source: what they are in. Raises ShmError if there is no memory."""

    def __init__(self, desktop: Desktop, source: PageSource, drawing: IconDrawing) -> None:
        self.drawing = drawing
        self._desktop = desktop
        self._source = source
        self._image: Image | None = None
        self._pages: PictureBytes | None = None
        self._fd = sealed_memory("vitrail-tray-icon", MEMORY_BYTES)
        try:
            self._segment = desktop.shm.attach_fd(self._fd, read_only=True)
        except ShmError:
            os.close(self._fd)
            raise

    def paint(self, image: Image, content: int, width: int, height: int) -> bytes:
        """Return a request that puts all of it on the content (X id; px). Nothing of an earlier one may be in flight.

        Raises ShmError.
        """
        width, height = min(width, MAX_TRAY_DRAWN_PX), min(height, MAX_TRAY_DRAWN_PX)
        columns, rows = min(width, image.width), min(height, image.height)
        pixels = corner_of(self._pages_of(image), image.width, columns, rows)
        words = memoryview(pixels).cast(WORD_FORMAT)  # any number is a colour
        os.pwrite(self._fd, self.drawing.draw(Pixels(columns, rows, words), width, height), 0)
        place = 0, 0, width, height, 0, 0
        return self._desktop.shm.put_image(content, self._desktop.gc, width, height, *place, DEPTH, self._segment, 0)

    def close(self) -> None:
        """Let go of everything."""
        self._let_go()
        self._desktop.shm.detach(self._segment)
        os.close(self._fd)

    def _pages_of(self, image: Image) -> PictureBytes:
        if self._pages is None or self._image is not image:
            self._let_go()
            self._pages, self._image = self._source.picture(image.runs), image
        return self._pages

    def _let_go(self) -> None:
        if self._pages is not None:
            self._pages.close()
            self._pages = None
