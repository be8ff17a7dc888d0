"""Which windows have a shape, so that the rest of their picture is laid out plain, and where they take clicks.

It must not know when, nor what follows from either.

X copies nothing of a window outside its shape: whatever the picture held there before would stay. The wire has no
shapes, so there is one ground: black, as under the transparent pixels of a window with an alpha channel (ADR 36).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from Xlib.error import XError
from Xlib.ext import shape

from guiagent.core.values import Properties, WindowId
from shm.x11.connection import XConnection
from shm.x11.requests import (
    SHAPE_EVENT,
    SHAPE_EXTENTS_REPLY,
    ShapeEvent,
    ShapeExtents,
    shape_query_extents,
    shape_select_input,
)

INPUT_SHAPE: Final = 2
"""The kind of shape that says where clicks are taken, not what is seen. Source: SHAPE 1.1, "ShapeKind"."""

SENT_BY_CLIENT: Final = 0x80
"""The bit of an event's code that says that it is none of X's own. Source: X11 protocol, section 1."""


class Shapes:
    """A window that ever had a shape counts as one from then on: clearing a picture in vain costs next to nothing."""

    def __init__(self, connection: XConnection, *, changed: Callable[[WindowId], None]) -> None:
        """changed: hears of each window whose whole picture must be copied anew. A server may lack the extension."""
        self._connection = connection
        self._changed = changed
        self._input_changed: Callable[[WindowId], None] = lambda _window: None
        self._shaped: dict[WindowId, bool] = {}
        self._boxes: dict[WindowId, tuple[int, int, int, int] | None] = {}
        opened: Any = connection.display.query_extension("SHAPE")
        self._opcode = int(opened.major_opcode) if opened is not None else None
        if opened is not None:
            connection.on_event(int(opened.first_event), self._notified)

    def on_input_changed(self, changed: Callable[[WindowId], None]) -> None:
        """Call `changed` whenever `described` has something new to say of a window."""
        self._input_changed = changed

    def track(self, window: WindowId) -> None:
        """Hear of the shape that a window has, and of every other that it gets."""
        if self._opcode is None:
            return
        self._boxes.pop(window, None)

        def known(reply: bytes) -> None:
            if reply and any(ShapeExtents._make(SHAPE_EXTENTS_REPLY.unpack_from(reply))):
                self._reshaped(window)

        requests = shape_select_input(self._opcode, window, selected=True) + shape_query_extents(self._opcode, window)
        self._connection.send_with_reply(requests, 2, known)

    def forget(self, window: WindowId, *, destroyed: bool) -> None:
        """Hear of it no more."""
        self._shaped.pop(window, None)
        self._boxes.pop(window, None)
        if self._opcode is not None and not destroyed:
            self._connection.send(shape_select_input(self._opcode, window, selected=False), 1)

    def take_bare(self, window: WindowId, *, fresh: bool) -> bool:
        """Whether all of the window's picture, which is copied whole now, must be laid out plain before.

        fresh: nothing of this picture has been copied yet.
        """
        if window not in self._shaped:
            return False
        changed, self._shaped[window] = self._shaped[window], False
        return changed or fresh

    def described(self, window: WindowId, known: Properties) -> Properties:
        """`known` with the input shape that the window has now, as far as X has told."""
        return replace(known, input_box=self._boxes.pop(window)) if window in self._boxes else known

    def found(self, window: WindowId, known: Properties) -> Properties:
        """`known` with the input shape that the window had before it was tracked; X is asked.

        A box at the window's own corner is not taken for one: a window without an input shape has such a box, too, and
        X does not say which it is.
        """
        if self._opcode is None:
            return known
        try:
            rectangles = shape.GetRectangles(
                display=self._connection.display.display, opcode=self._opcode, window=window, source_kind=INPUT_SHAPE
            ).rectangles
        except XError:
            return known  # the window is gone, which X will say
        left, top = (min((one[side] for one in rectangles), default=0) for side in ("x", "y"))
        if (left, top) == (0, 0):
            return known
        right, bottom = (
            max(one[side] + one[length] for one in rectangles) for side, length in (("x", "width"), ("y", "height"))
        )
        return replace(known, input_box=(left, top, right - left, bottom - top))

    def _notified(self, buffer: bytes | memoryview, offset: int) -> None:
        event = ShapeEvent._make(SHAPE_EVENT.unpack_from(buffer, offset))
        window = WindowId(event.window)
        if event.code & SENT_BY_CLIENT:
            return
        if event.kind != INPUT_SHAPE:
            self._reshaped(window)
            return
        self._boxes[window] = (event.x, event.y, event.width, event.height) if event.shaped else None
        self._input_changed(window)

    def _reshaped(self, window: WindowId) -> None:
        self._shaped[window] = True
        self._changed(window)
