"""Which rectangles of which windows are copied into the pool next. It must not know how a copy is made."""

from __future__ import annotations

from typing import NamedTuple

from guiagent.core.buffers import Buffer, Buffers, pages_for
from guiagent.core.effects import Effect, Log, Send
from guiagent.core.values import WindowId
from protocol.codec import encode
from protocol.limits import BYTES_PER_PIXEL, DUMP_ACK_SINCE_MINOR
from protocol.messages import MessageType
from shm.damage import Rect, coalesce
from shm.runs import Run
from shm.supply import PageSupply

CAPTURED_DEPTHS = frozenset({24, 32})
"""Depths whose pixels take 32 bits on every server we start; other windows have no picture."""
MAX_PENDING_RECTS = 512
"""More rectangles than this, gathered while a copy is under way, are taken as the whole window: a batch stays below
512 * 28 = 14 KiB of requests for a window."""
MAX_UNACKNOWLEDGED_DUMPS = 2
"""A window resized faster than the daemon reads waits with its next picture, so that it never holds more than four."""
DUMP_TYPE_GRANT_REFS = 0
SHMIMAGE = MessageType.SHMIMAGE
"""For each rectangle: in Python 3.11 a member of an Enum's class takes a call."""
BITS_PER_PIXEL = 8 * BYTES_PER_PIXEL


class Copy(NamedTuple):
    """What X copies for one window in one batch: px, inside the picture, whose corner lies at `corner` of the window.

    `fresh`: it needs a pixmap.
    """

    window: WindowId
    buffer: Buffer
    fresh: bool
    rects: list[Rect]
    corner: tuple[int, int] = (0, 0)


class Surface:
    """The picture of one shown window: its visible part, which begins at `left` and `top` of the window.

    rects: px, window-relative, perhaps outside the visible part.
    """

    __slots__ = ("buffers", "depth", "height", "left", "rects", "starved", "top", "width", "window")

    def __init__(self, window: WindowId, depth: int) -> None:
        self.window = window
        self.depth = depth
        self.width = self.height = 1
        self.left = self.top = 0
        self.rects: dict[Rect, None] = {}
        self.buffers = Buffers()
        self.starved = False

    def damage_all(self) -> None:
        """All of it is to be copied."""
        self.rects = {(self.left, self.top, self.width, self.height): None}


class Pixels:
    """Surfaces exist for shown windows only; damage of any other window is not even looked at."""

    def __init__(self, supply: PageSupply, *, host_punches: bool = False) -> None:
        """host_punches: the daemon gives a picture's pages back before it acknowledges what replaced it.

        Then the runs of a hidden window may not be used again until that has been said.
        """
        self._supply = supply
        self._host_punches = host_punches
        self._held: dict[WindowId, list[Run]] = {}
        self._surfaces: dict[int, Surface] = {}
        self._dirty: dict[Surface, None] = {}
        self._late_acks: dict[WindowId, int] = {}
        self._freed: list[Run] = []
        self._log: list[Effect] = []

    @property
    def dirty(self) -> bool:
        """Whether there is anything to copy."""
        return bool(self._dirty)

    def shown(self, window: WindowId, depth: int, size: tuple[int, int], corner: tuple[int, int] = (0, 0)) -> None:
        """MAP was sent: from now on the window has a picture, and all of it is new."""
        if depth not in CAPTURED_DEPTHS:
            self._log.append(Log(f"window {window:#x} of depth {depth} has no picture"))
            return
        self._surfaces[window] = Surface(window, depth)
        self.resized(window, size, corner)

    def resized(self, window: WindowId, size: tuple[int, int], corner: tuple[int, int] = (0, 0)) -> None:
        """The visible part has this size now (px, inside the wire's limits), and begins at `corner` of the window."""
        surface = self._surfaces.get(window)
        if surface is None or (surface.width, surface.height, surface.left, surface.top) == (*size, *corner):
            return
        surface.width, surface.height = size
        surface.left, surface.top = corner
        surface.damage_all()
        self._dirty[surface] = None

    def damaged(self, drawable: int, rect: Rect) -> None:
        """X reported a damaged rectangle (px, window-relative) of any window. The hot path."""
        surface = self._surfaces.get(drawable)
        if surface is None:
            return
        surface.rects[rect] = None
        self._dirty[surface] = None
        if len(surface.rects) > MAX_PENDING_RECTS:
            surface.damage_all()

    def hidden(self, window: WindowId) -> None:
        """UNMAP was sent: the daemon forgets the picture, and its pages are free."""
        surface = self._surfaces.pop(window, None)
        if surface is None:
            return
        self._dirty.pop(surface, None)
        if surface.buffers.unacknowledged:
            self._late_acks[window] = self._late_acks.get(window, 0) + surface.buffers.unacknowledged
        runs = surface.buffers.given_up()
        if self._host_punches:
            self._held.setdefault(window, []).extend(runs)
        else:
            self._free(runs)

    def echoed(self, window: WindowId) -> None:
        """The daemon has forgotten the window: no acknowledgement of its dumps can come any more."""
        self._late_acks.pop(window, None)
        self._free(self._held.pop(window, []))

    def acknowledged(self, window: WindowId) -> None:
        """WINDOW_DUMP_ACK came."""
        late = self._late_acks.get(window, 0)
        if late:
            self._late_acks[window] = late - 1
            return
        surface = self._surfaces.get(window)
        if surface is None:
            return
        self._free(surface.buffers.acknowledged())
        self._free(self._held.pop(window, []))
        if surface.rects:
            self._dirty[surface] = None

    def daemon_lost(self) -> None:
        """The connection is gone: nothing is shown any more, and every page is free."""
        for window in [surface.window for surface in self._surfaces.values()]:
            self.hidden(window)
        self._late_acks.clear()
        for window in list(self._held):
            self._free(self._held.pop(window))

    def plan(self) -> list[Copy]:
        """What to copy in the next batch; from here on new damage belongs to the batch after it."""
        dirty, self._dirty = self._dirty, {}
        return [copy for copy in map(self._copy, dirty) if copy is not None]

    def copied(self, copies: list[Copy], minor: int) -> list[Effect]:
        """X has made the copies: dump and damage messages for those windows that are still shown in that buffer."""
        effects, self._log = self._log, []
        for copy in copies:
            surface = self._surfaces.get(copy.window)
            if surface is None or surface.buffers.current is not copy.buffer:
                continue
            messages = [encode(SHMIMAGE, copy.window, *rect) for rect in copy.rects]
            if not surface.buffers.dumped:
                refs = self._supply.refs(*copy.buffer.run)
                messages.insert(0, dump_message(copy.window, copy.buffer, refs))
                surface.buffers.sent()
                if minor < DUMP_ACK_SINCE_MINOR:
                    self._free(surface.buffers.acknowledged())
                    self._free(self._held.pop(copy.window, []))
            effects.append(Send(b"".join(messages)))
        return effects

    def take_freed(self) -> list[Run]:
        """Runs whose memory may be given back to the system; call this before the copies of `plan` are started."""
        freed, self._freed = self._freed, []
        return freed

    def take_log(self) -> list[Effect]:
        """Lines that have gathered since the last call."""
        log, self._log = self._log, []
        return log

    def _copy(self, surface: Surface) -> Copy | None:
        current = surface.buffers.current
        fresh = current is None or (current.width, current.height) != (surface.width, surface.height)
        if fresh:
            waits = surface.buffers.unacknowledged >= MAX_UNACKNOWLEDGED_DUMPS
            current = None if waits else self._claim(surface)
        if current is None:
            return None
        rects = coalesce(_visible(surface))
        surface.rects = {}
        corner = surface.left, surface.top
        return Copy(surface.window, current, fresh, rects, corner) if rects else None

    def _claim(self, surface: Surface) -> Buffer | None:
        pages = pages_for(surface.width, surface.height)
        first_page = self._supply.allocate(pages)
        if first_page is None:
            self._starve(surface, pages)
            return None
        surface.starved = False
        buffer = Buffer(surface.width, surface.height, surface.depth, Run(first_page, pages))
        surface.damage_all()
        self._free(surface.buffers.replace(buffer))
        return buffer

    def _starve(self, surface: Surface, pages: int) -> None:
        """The window stays without a picture until pages are freed; one line a time says so."""
        if surface.starved:
            return
        surface.starved = True
        line = f"the pool is full: window {surface.window:#x} ({surface.width}x{surface.height}) needs {pages} pages, "
        self._log.append(Log(f"{line}{self._supply.shortage()}; it is not shown until others are closed"))

    def _free(self, runs: list[Run]) -> None:
        if not runs:
            return
        for run in runs:
            self._supply.free(run.first_page, run.pages)
        self._freed.extend(runs)
        for surface in self._surfaces.values():
            if surface.starved:
                surface.damage_all()
                self._dirty[surface] = None


def _visible(surface: Surface) -> dict[Rect, None]:
    """The parts of the damage inside the picture, relative to it; most rectangles are inside already."""
    left, top = surface.left, surface.top
    if not left and not top:
        return _clipped(surface.rects, surface.width, surface.height)
    moved = {(x - left, y - top, width, height): None for x, y, width, height in surface.rects}
    return _clipped(moved, surface.width, surface.height)


def _clipped(rects: dict[Rect, None], width: int, height: int) -> dict[Rect, None]:
    inside: dict[Rect, None] = {}
    for rect in rects:
        x, y, rect_width, rect_height = rect
        if x >= 0 and y >= 0 and x + rect_width <= width and y + rect_height <= height:
            inside[rect] = None
            continue
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + rect_width, width), min(y + rect_height, height)
        if left < right and top < bottom:
            inside[left, top, right - left, bottom - top] = None
    return inside


def dump_message(window: WindowId, buffer: Buffer, refs: bytes) -> bytes:
    """MSG_WINDOW_DUMP: the pages of the buffer, in order, by their references."""
    return encode(
        MessageType.WINDOW_DUMP, window, DUMP_TYPE_GRANT_REFS, buffer.width, buffer.height, BITS_PER_PIXEL, tail=refs
    )
