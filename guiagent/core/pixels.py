"""Which rectangles of which windows are copied into the pool next. It must not know how a copy is made."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

from guiagent.core.buffers import Buffer, pages_for
from guiagent.core.effects import Effect, Log, Send
from guiagent.core.frames import FRAME_ACK_TIMEOUT_S, Frames
from guiagent.core.surface import Surface
from guiagent.core.tally import Tally
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
FRAME_ASK = MessageType.FRAME_ASK
"""For each rectangle: in Python 3.11 a member of an Enum's class takes a call."""
BITS_PER_PIXEL = 8 * BYTES_PER_PIXEL


class Copy(NamedTuple):
    """What X copies for one window in one batch: px, inside the picture, whose corner lies at `corner` of the window.

    fresh: it needs a pixmap. first: the daemon does not know this buffer; all of it must come from the window.
    """

    window: WindowId
    buffer: Buffer
    fresh: bool
    first: bool
    rects: list[Rect]
    corner: tuple[int, int]


class Held(NamedTuple):
    """Runs of a picture that was hidden, and how far the daemon must be with its window before they are free.

    until: when they are free at the latest.
    """

    mark: int
    runs: list[Run]
    until: float


class Pixels:
    """Surfaces exist for shown windows only; damage of any other window is not even looked at.

    A window waits with its next frame until the daemon is done with the last one, if the daemon says so at all.

    dirty: what is to be copied. freed, log: what `take_freed` and `take_log` would return. tally: of all windows, if
    the daemon has a counter for it; it is told what that says before `plan`.
    """

    def __init__(self, supply: PageSupply, *, host_punches: bool = False) -> None:
        """host_punches: the daemon gives a picture's pages back before it acknowledges what replaced it.

        Then the runs of a hidden window may not be used again until that has been said.
        """
        self._supply = supply
        self._host_punches = host_punches
        self._acknowledges = False
        self.tally = Tally()
        self._counter_page: int | None = None  # kept for the next daemon: the last one may still write there
        self._dumps_answered = True
        self._held: dict[WindowId, list[Held]] = {}
        self._surfaces: dict[int, Surface] = {}
        self._frames: dict[WindowId, Frames] = {}
        self.dirty: dict[Surface, None] = {}
        self._waiting: dict[Surface, float] = {}
        self._starved: dict[Surface, None] = {}
        self._iconified: dict[Surface, None] = {}
        self._blank: Buffer | None = None
        self._late_acks: dict[WindowId, int] = {}
        self.freed: list[Run] = []
        self.log: list[Effect] = []
        self._now = 0.0

    def agreed(self, *, counts: bool = False) -> int | None:
        """The daemon says by FRAME_ACK how far it is with each window. counts: or by a counter; returns its page."""
        self._acknowledges = True
        if counts and not self._host_punches and self._supply.seen_at_once and self.tally.page is None:
            if self._counter_page is None:
                self._counter_page = self._supply.allocate(1)
            self.tally.page = self._counter_page
            return self.tally.page
        return None

    def count_message(self, page: int) -> bytes:
        """FRAME_COUNT: where the counter is to be."""
        return encode(MessageType.FRAME_COUNT, 0, int.from_bytes(self._supply.refs(page, 1), "little"))

    def shown(self, window: WindowId, depth: int, size: tuple[int, int], corner: tuple[int, int] = (0, 0)) -> None:
        """MAP was sent: from now on the window has a picture, and all of it is new."""
        if depth not in CAPTURED_DEPTHS:
            self.log.append(Log(f"window {window:#x} of depth {depth} has no picture"))
            return
        surface = self._surfaces[window] = Surface(window, depth, size, corner, self._frames_of(window))
        self.dirty[surface] = None

    def resized(self, window: WindowId, size: tuple[int, int], corner: tuple[int, int] = (0, 0)) -> None:
        """The visible part is to have this size (px, inside the wire's limits), and to begin at `corner` of the window.

        X may not have done so yet.
        """
        surface = self._surfaces.get(window)
        if surface is None or (surface.width, surface.height, surface.left, surface.top) == (*size, *corner):
            return
        surface.width, surface.height = size
        surface.left, surface.top = corner
        surface.damage_all()
        self.dirty[surface] = None

    def seen(self, window: WindowId, size: tuple[int, int]) -> None:
        """X says that the whole window has this size (px) now."""
        surface = self._surfaces.get(window)
        if surface is None or surface.seen == size:
            return
        surface.saw(size)
        if surface.rects:
            self.dirty[surface] = None

    def damaged(self, drawable: int, rect: Rect) -> None:
        """X reported a damaged rectangle (px, window-relative) of any window. The hot path."""
        surface = self._surfaces.get(drawable)
        if surface is None:
            return
        surface.rects[rect] = None
        self.dirty[surface] = None
        if len(surface.rects) > MAX_PENDING_RECTS:
            surface.damage_all()

    def hidden(self, window: WindowId) -> bytes:
        """UNMAP is sent: the daemon forgets the picture, and its pages are free as soon as no draw can read them.

        Returns the message, if any, that goes with UNMAP: a later one might be about a window that is gone.
        """
        frames = self._frames_of(window)
        frames.send(1, self._now)
        self.tally.add(frames, 1)
        surface = self._surfaces.pop(window, None)
        if surface is None:
            return b""
        self._forget(surface)
        if surface.buffers.unacknowledged:
            self._late_acks[window] = self._late_acks.get(window, 0) + surface.buffers.unacknowledged
        runs = surface.buffers.given_up()
        if self._host_punches or self._acknowledges:
            until = inf if self._host_punches else self._now + FRAME_ACK_TIMEOUT_S
            self._held.setdefault(window, []).append(Held(frames.sent, runs, until))
            return self._ask(window, frames, late=False)
        self._free(runs)
        return b""

    def iconified(self, window: WindowId) -> None:
        """The desktop shows nothing of the window: nothing is copied, and its buffer is the first to be given up."""
        surface = self._surfaces.get(window)
        if surface is None or surface.iconified:
            return
        self._forget(surface)
        surface.iconified = True
        self._iconified[surface] = None

    def restored(self, window: WindowId) -> None:
        """The desktop shows the window again: all of it is copied."""
        surface = self._surfaces.get(window)
        if surface is None or not surface.iconified:
            return
        self._forget(surface)
        surface.iconified = False
        surface.damage_all()
        self.dirty[surface] = None

    def echoed(self, window: WindowId) -> None:
        """The daemon has forgotten the window: no acknowledgement of it can come any more."""
        self._late_acks.pop(window, None)
        frames = self._frames.pop(window, None)
        if frames is not None:
            self.tally.forget(frames)
        self._release(window)

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
        self._release(window)
        if surface.rects:
            self.dirty[surface] = None

    def frame_acknowledged(self, window: WindowId, done: int) -> None:
        """FRAME_ACK came."""
        frames = self._frames.get(window)
        if frames is None:
            return
        frames.acknowledge(done)
        if window in self._held:
            self._release(window, lambda held: frames.done_with(held.mark))
        surface = self._surfaces.get(window)
        if surface is not None and self._waiting.pop(surface, None) is not None:
            self.dirty[surface] = None

    def daemon_lost(self) -> None:
        """The connection is gone: nothing is shown any more, and every page is free."""
        for window in [surface.window for surface in self._surfaces.values()]:
            self.hidden(window)
        self._acknowledges = False
        self.tally.begin_anew()
        self._late_acks.clear()
        self._frames.clear()
        self.log = [effect for effect in self.log if isinstance(effect, Log)]
        for window in list(self._held):
            self._release(window)

    def abandoned(self) -> None:
        """The X server is lost, and the daemon with it: the counter's page is free too."""
        if self._counter_page is not None:
            self._free([Run(self._counter_page, 1)])
            self._counter_page = None

    def deadline(self) -> float | None:
        """When `due` must be asked next; None: nothing waits for time to pass."""
        if not self._held and not self._waiting:
            return None
        held = min((held.until for parts in self._held.values() for held in parts), default=inf)
        until = min(self._waiting.values(), default=held)
        return None if until == inf else min(until, held)

    def due(self, now: float) -> None:
        """Time has passed: what the daemon never said to be done with is not waited for any longer."""
        self._now = now
        if self._held:
            for window in list(self._held):
                self._release(window, lambda held: now >= held.until)
        if self._waiting:
            self._waited(now)

    def _waited(self, now: float) -> None:
        for surface in [surface for surface, until in self._waiting.items() if now >= until]:
            del self._waiting[surface]
            self.dirty[surface] = None

    def plan(self) -> list[Copy]:
        """What to copy in the next batch; from here on new damage belongs to the batch after it.

        What `take_log` returns afterwards is to be done before anything else happens.
        """
        if not self.dirty:
            return []
        dirty, self.dirty = self.dirty, {}
        return [copy for copy in map(self._copy, dirty) if copy is not None]

    def copying(self, copies: list[Copy]) -> None:
        """X begins with the copies now: what it said of sizes until here was true before."""
        for copy in copies:
            surface = self._surfaces.get(copy.window)
            if surface is not None:
                surface.copy_begins()

    def copied(self, copies: list[Copy], minor: int) -> list[Effect]:
        """X has made the copies: dump and damage messages for those windows that are still shown in that buffer."""
        effects = self.take_log() if self.log else []
        self._dumps_answered = minor >= DUMP_ACK_SINCE_MINOR
        for copy in copies:
            surface = self._surfaces.get(copy.window)
            if surface is None or surface.buffers.current is not copy.buffer:
                continue
            messages = [encode(SHMIMAGE, copy.window, *rect) for rect in copy.rects]
            if copy.first:
                if surface.spoilt:
                    self._copy_again(surface)
                    continue
                messages.insert(0, self._dump(surface, copy.buffer))
            frames = surface.frames
            frames.send(len(copy.rects), self._now)
            self.tally.add(frames, len(copy.rects))
            if frames.ahead:
                frames.ahead -= 1
                messages.append(self._ask(copy.window, frames, late=False))
            effects.append(Send(b"".join(messages)))
        return effects

    def take_freed(self) -> list[Run]:
        """Runs whose memory may be given back to the system; call this before the copies of `plan` are started."""
        freed, self.freed = self.freed, []
        return freed

    def take_log(self) -> list[Effect]:
        """What is to be said since the last call: to the person, and to the daemon of pictures that make room."""
        log, self.log = self.log, []
        return log

    def _dump(self, surface: Surface, buffer: Buffer) -> bytes:
        """The message that makes the surface's current buffer the window's picture."""
        surface.buffers.sent()
        if not self._dumps_answered:
            self._free(surface.buffers.acknowledged())
            self._release(surface.window)
        return dump_message(surface.window, buffer, self._supply.refs(*buffer.run))

    def _copy(self, surface: Surface) -> Copy | None:
        if surface.iconified:
            return None
        buffers = surface.buffers
        current = buffers.current
        fresh = current is None or (current.width, current.height) != (surface.width, surface.height)
        if fresh:
            waits = buffers.unacknowledged >= MAX_UNACKNOWLEDGED_DUMPS
            current = None if waits else self._claim(surface)
        elif buffers.dumped and self._acknowledges:
            if surface.frames.outstanding and self._must_wait(surface):
                return None
        elif not buffers.dumped and not surface.filled:
            return None
        if current is None:
            return None
        rects = coalesce(surface.take_rects())
        corner = surface.left, surface.top
        return Copy(surface.window, current, fresh, not buffers.dumped, rects, corner) if rects else None

    def _must_wait(self, surface: Surface) -> bool:
        """Whether the desktop may be reading what would be written; then the surface waits from now on."""
        frames = surface.frames
        if self.tally.page is not None and not frames.asked:
            self.log.append(Send(self._ask(surface.window, frames, late=True)))
        until = frames.wait_until(self._now)
        if until is None:
            return False
        self._waiting[surface] = until
        return True

    def _copy_again(self, surface: Surface) -> None:
        """The window changed its size under the copy: parts of the buffer never were in the window."""
        surface.damage_all()
        if surface.filled:
            self.dirty[surface] = None

    def _claim(self, surface: Surface) -> Buffer | None:
        pages = pages_for(surface.width, surface.height)
        first_page = self._supply.allocate(pages)
        if first_page is None:
            self._starve(surface, pages)
            return None
        self._starved.pop(surface, None)
        buffer = Buffer(surface.width, surface.height, surface.depth, Run(first_page, pages))
        surface.damage_all()
        self._free(surface.buffers.replace(buffer))
        surface.spoilt = False
        return buffer

    def _starve(self, surface: Surface, pages: int) -> None:
        """The window stays without a picture until there is room; a line says so when it begins."""
        shortage = self._supply.shortage()
        first = not self._starved
        self._starved[surface] = None
        self._make_room(pages)
        if not first:
            return
        line = f"the pool is full: window {surface.window:#x} ({surface.width}x{surface.height}) needs {pages} pages, "
        line += f"{shortage}; minimised windows lose their pictures until they come back, and a window that finds no "
        self.log.append(Log(f"{line}room is shown when others are closed"))

    def _make_room(self, pages: int) -> None:
        """Let the windows that were minimised first be without picture, as many as have so many pages.

        Their pages come with the acknowledgement of what is their picture now: a single pixel, never written, for all.
        """
        if any(surface.buffers.unacknowledged for surface in self._iconified):
            return  # some is on its way
        for surface in list(self._iconified):
            current = surface.buffers.current
            blank = self._blank = self._blank or self._blank_buffer(surface.depth)
            if pages <= 0 or blank is None:
                return
            if current is None or current is blank or not surface.buffers.dumped:
                continue
            pages -= current.run.pages
            surface.buffers.replace(blank)
            self.log.append(Send(self._dump(surface, blank)))

    def _blank_buffer(self, depth: int) -> Buffer | None:
        page = self._supply.allocate(1)
        return None if page is None else Buffer(1, 1, depth, Run(page, 1))

    def _ask(self, window: WindowId, frames: Frames, *, late: bool) -> bytes:
        """Where the daemon has a counter, it says by FRAME_ACK only what it is asked for: by this message."""
        if self.tally.page is None:
            return b""
        frames.ask(self._now, late=late)
        return encode(FRAME_ASK, window)

    def _forget(self, surface: Surface) -> None:
        """It is in no list of what is to be done."""
        for waiting in (self.dirty, self._waiting, self._starved, self._iconified):
            waiting.pop(surface, None)

    def _frames_of(self, window: WindowId) -> Frames:
        return self._frames.setdefault(window, Frames())

    def _release(self, window: WindowId, ends: Callable[[Held], bool] = lambda _held: True) -> None:
        """What was hidden of this window and `ends` can be read no longer."""
        parts = self._held.pop(window, [])
        kept = [held for held in parts if not ends(held)]
        if kept:
            self._held[window] = kept
        for held in parts:
            if held not in kept:
                self._free(held.runs)

    def _free(self, runs: list[Run]) -> None:
        if not runs:
            return
        ours = [run for run in runs if self._blank is None or run != self._blank.run]
        for run in ours:
            self._supply.free(run.first_page, run.pages)
        self.freed.extend(ours)
        for surface in self._starved:
            surface.damage_all()
            self.dirty[surface] = None


def dump_message(window: WindowId, buffer: Buffer, refs: bytes) -> bytes:
    """MSG_WINDOW_DUMP: the pages of the buffer, in order, by their references."""
    return encode(
        MessageType.WINDOW_DUMP, window, DUMP_TYPE_GRANT_REFS, buffer.width, buffer.height, BITS_PER_PIXEL, tail=refs
    )
