"""Says on each window of a paused qube that it is paused; must not know what pausing means.

The sign is a small window in the middle of the content, so it never lies on the frame; the X server keeps it there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from Xlib import X

from colors.labels import Label
from guid.core.geometry import Rect
from guid.x11.desktop import Desktop
from guid.x11.frame import Frame
from guid.x11.visual import DEPTH
from shm.x11.requests import map_window

CREATE_WINDOW, DESTROY_WINDOW = 1, 4
ATTRIBUTES = X.CWBackPixmap | X.CWWinGravity | X.CWColormap
ROWS_PER_REQUEST = 32
FULL_HD = 1920, 1080
TEXT = "Paused"


class PausedSigns:
    """The signs of one qube; there are none unless it is paused."""

    def __init__(self, desktop: Desktop, qube: str, label: Label) -> None:
        self._desktop = desktop
        self._qube = qube
        self._label = label
        self._signs: dict[int, int] = {}

    def put_up(self, contents: Iterable[tuple[Frame, Rect]]) -> None:
        """A sign on each window: its frame, and where its content is."""
        self.take_down()
        root = self._desktop.geometry.root
        scale = max(1, min(root.width // FULL_HD[0], root.height // FULL_HD[1]))
        from colors.banner import draw  # noqa: PLC0415 - rarely wanted

        picture = draw(TEXT, self._label.rgb, self._qube, max_width=root.width, scale=scale)
        pixmap = self._pixmap(picture.width, picture.height, picture.pixels)
        for frame, content in contents:
            sign = self._desktop.x.allocate_id()
            # In a window that has no room for all of it, the word is seen, and the name is cut.
            at = max(0, (content.width - picture.width) // 2), (content.height - picture.height) // 2
            create = struct.pack(
                "<BBHIIhhHHHHIIIII",
                CREATE_WINDOW,
                DEPTH,
                11,
                sign,
                frame.content,
                *(*at, picture.width, picture.height, 0),
                X.InputOutput,
                self._desktop.visual,
                ATTRIBUTES,
                pixmap.id,
                X.CenterGravity,
                self._desktop.colormap,
            )
            self._desktop.x.send(create + map_window(sign), 2)
            self._signs[frame.content] = sign
        pixmap.free()

    def take_down(self) -> None:
        """No window says so any more."""
        for sign in self._signs.values():
            self._desktop.x.send(struct.pack("<BBHI", DESTROY_WINDOW, 0, 2, sign), 1)
            self._desktop.x.free_id(sign)
        self._signs.clear()

    def forget(self, frame: Frame) -> None:
        """A window is gone, with its sign."""
        sign = self._signs.pop(frame.content, None)
        if sign is not None:
            self._desktop.x.free_id(sign)

    def relabel(self, label: Label, contents: Iterable[tuple[Frame, Rect]]) -> None:
        """Another label: signs that are up wear it at once."""
        self._label = label
        if self._signs:
            self.put_up(contents)

    def _pixmap(self, width: int, height: int, pixels: bytes) -> Any:
        pixmap = self._desktop.x.display.screen().root.create_pixmap(width, height, DEPTH)
        gc = pixmap.create_gc()
        stride = 4 * width
        for row in range(0, height, ROWS_PER_REQUEST):
            rows = min(ROWS_PER_REQUEST, height - row)
            pixmap.put_image(gc, 0, row, width, rows, X.ZPixmap, DEPTH, 0, pixels[row * stride : (row + rows) * stride])
        gc.free()
        return pixmap
