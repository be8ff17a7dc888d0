"""Copies of windows into the pool, made by the X server. It must not decide what is copied, and sees no pixel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from Xlib import X
from Xlib.ext import damage

from guiagent.core.pixels import CAPTURED_DEPTHS, Copy, Pixels
from guiagent.core.values import WindowId
from guiagent.x11.shapes import Shapes
from guiagent.x11.ways import way_for
from shm.pool import PagePool
from shm.x11.connection import XConnection
from shm.x11.requests import (
    DAMAGE_EVENT,
    copy_area,
    damage_create,
    damage_subtract,
    get_input_focus,
    no_operation,
    poly_fill_rectangle,
)

DELTA_RECTANGLES: Final = 1
"""Only what is not damaged already is reported, until DamageSubtract. Source: DAMAGE protocol 1.1, "DamageCreate"."""
WHOLE_WINDOW: Final = (0, 0, 0xFFFF, 0xFFFF)
"""A damaged rectangle as large as any window."""
FENCE: Final = get_input_focus()
REQUESTS_PER_SEND: Final = 4_096
"""A longer batch goes out in parts; half of what the connection takes at once."""


class Capture:
    """One batch is under way at a time: damage that comes meanwhile gathers, and goes into the next one.

    A batch is one write: for each window DamageSubtract, then CopyArea for each rectangle, and last a request that has
    a reply. In that order damage cannot be lost: what is drawn after the subtraction is reported anew.

    heard: how much of what the connection has handed on was damage, or the end of a batch, and nothing else.
    """

    def __init__(self, connection: XConnection, pool: PagePool, pixels: Pixels) -> None:
        """Find the way into the pool that this server knows."""
        self._connection = connection
        self._display: Any = connection.display
        self._pool = pool
        self._pixels = pixels
        self._way = way_for(connection, pool)
        self._root = self._display.screen().root
        self._contexts = {depth: self._context(depth) for depth in CAPTURED_DEPTHS}
        self._damages: dict[WindowId, int] = {}
        self.shapes = Shapes(connection, changed=lambda window: pixels.damaged(window, WHOLE_WINDOW))
        self._pixmaps: dict[int, int] = {}
        self._under_way: list[Copy] | None = None
        self._finished: Callable[[list[Copy]], None] = lambda _copies: None
        self.heard = 0
        opened: Any = self._display.query_extension("DAMAGE")
        self._opcode = int(opened.major_opcode)
        connection.on_event(int(opened.first_event), self._damaged)
        self._display.damage_query_version()
        connection.drain()

    def track(self, window: WindowId) -> None:
        """Hear of damage to this window and its children."""
        identifier = self._connection.allocate_id()
        self._connection.send(damage_create(self._opcode, identifier, window, DELTA_RECTANGLES), 1)
        self._damages[window] = identifier
        self.shapes.track(window)

    def forget(self, window: WindowId, *, destroyed: bool) -> None:
        """Hear of it no more; a destroyed window took its damage object with it."""
        identifier = self._damages.pop(window, None)
        if identifier is None:
            return
        self.shapes.forget(window, destroyed=destroyed)
        if not destroyed:
            damage.DamageDestroy(display=self._display.display, opcode=self._opcode, damage=identifier)
        self._connection.free_id(identifier)

    def start(self, finished: Callable[[list[Copy]], None]) -> None:
        """Begin the next batch if none is under way and there is anything to copy; `finished` hears of its end."""
        copies = self._pixels.plan() if self._under_way is None else []
        # After planning, which may free a run and take it anew, and before the server writes there.
        if self._pixels.freed:
            self.give_back()
        if not copies:
            return
        self._under_way, self._finished = copies, finished
        requests: list[bytes] = []
        for copy in copies:
            if copy.first:
                self._connection.fence(partial(self._begun, copies))
                break
        for copy in copies:
            requests += self._requests(copy)
            if len(requests) >= REQUESTS_PER_SEND:
                self._connection.send(b"".join(requests), len(requests))
                requests = []
        if not self._way.direct:
            self._connection.send(b"".join([*requests, no_operation()]), len(requests) + 1)
            requests = []
            for copy in copies:
                self._way.fetch(self._pixmaps[copy.buffer.run.first_page], copy.buffer, copy.rects)

        requests.append(FENCE)
        self._connection.send_with_reply(b"".join(requests), len(requests), self._done)

    def _begun(self, copies: list[Copy], _reply: bytes) -> None:
        self._pixels.copying(copies)

    def _done(self, _reply: bytes) -> None:
        self.heard += 1
        copies, self._under_way = self._under_way, None
        if copies is not None:
            self._finished(copies)

    def give_back(self) -> None:
        """Free the pixmaps and the memory of runs that nobody shows any more."""
        for run in self._pixels.take_freed():
            pixmap = self._pixmaps.pop(run.first_page, None)
            if pixmap is not None:
                self._display.create_resource_object("pixmap", pixmap).free()
            self._pool.punch(run.first_page, run.pages)

    def _requests(self, copy: Copy) -> list[bytes]:
        buffer = copy.buffer
        if copy.fresh:
            self._pixmaps[buffer.run.first_page] = self._way.pixmap(buffer)
        window, pixmap = copy.window, self._pixmaps[buffer.run.first_page]
        context = self._contexts[buffer.depth]
        requests = [damage_subtract(self._opcode, self._damages[window])] if window in self._damages else []
        if self.shapes.take_bare(window, fresh=copy.fresh):
            requests.append(poly_fill_rectangle(pixmap, context, 0, 0, buffer.width, buffer.height))
        left, top = copy.corner
        requests += [
            copy_area(window, pixmap, context, left + x, top + y, x, y, width, height)
            for x, y, width, height in copy.rects
        ]
        return requests

    def _context(self, depth: int) -> int:
        """A graphics context: copies a window with its children, asks for no exposure events, fills in black."""
        drawable = self._root.create_pixmap(1, 1, depth)
        context = drawable.create_gc(subwindow_mode=X.IncludeInferiors, graphics_exposures=False, foreground=0)
        drawable.free()
        return int(context.id)

    def _damaged(self, buffer: bytes | memoryview, offset: int) -> None:
        self.heard += 1
        event = DAMAGE_EVENT.unpack_from(buffer, offset)
        self._pixels.damaged(event[3], event[6:10])
