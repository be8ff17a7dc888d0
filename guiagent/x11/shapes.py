"""Which windows have a shape, so that the rest of their picture is laid out plain. It must not know when.

X copies nothing of a window outside its shape: whatever the picture held there before would stay. The wire has no
shapes, so there is one ground: black, as under the transparent pixels of a window with an alpha channel (ADR 36).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from guiagent.core.values import WindowId
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


class Shapes:
    """A window that ever had a shape counts as one from then on: clearing a picture in vain costs next to nothing."""

    def __init__(self, connection: XConnection, *, changed: Callable[[WindowId], None]) -> None:
        """changed: hears of each window whose whole picture must be copied anew. A server may lack the extension."""
        self._connection = connection
        self._changed = changed
        self._shaped: dict[WindowId, bool] = {}
        opened: Any = connection.display.query_extension("SHAPE")
        self._opcode = int(opened.major_opcode) if opened is not None else None
        if opened is not None:
            connection.on_event(int(opened.first_event), self._notified)

    def track(self, window: WindowId) -> None:
        """Hear of the shape that a window has, and of every other that it gets."""
        if self._opcode is None:
            return

        def known(reply: bytes) -> None:
            if reply and any(ShapeExtents._make(SHAPE_EXTENTS_REPLY.unpack_from(reply))):
                self._reshaped(window)

        requests = shape_select_input(self._opcode, window, selected=True) + shape_query_extents(self._opcode, window)
        self._connection.send_with_reply(requests, 2, known)

    def forget(self, window: WindowId, *, destroyed: bool) -> None:
        """Hear of it no more."""
        self._shaped.pop(window, None)
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

    def _notified(self, buffer: bytes | memoryview, offset: int) -> None:
        event = ShapeEvent._make(SHAPE_EVENT.unpack_from(buffer, offset))
        if event.kind != INPUT_SHAPE:
            self._reshaped(WindowId(event.window))

    def _reshaped(self, window: WindowId) -> None:
        self._shaped[window] = True
        self._changed(window)
