"""Everything on the X side put together: the loop speaks to this alone. It must not know sockets to the outside."""

from __future__ import annotations

import logging
import select
from collections.abc import Callable, Sequence
from math import inf
from typing import Final

from guiagent.core.cursorpace import Shown
from guiagent.core.effects import MoveResize, PlaceWindow
from guiagent.core.orders import Orders
from guiagent.core.pixels import Copy, Pixels
from guiagent.core.qube import Qube
from guiagent.core.reports import Reports
from guiagent.x11.atoms import Atoms
from guiagent.x11.capture import Capture
from guiagent.x11.counter import Counter
from guiagent.x11.cursors import Cursors
from guiagent.x11.hands import Hands
from guiagent.x11.layouts import Layouts
from guiagent.x11.outputs import Outputs
from guiagent.x11.screen import Screen, check_extensions, state_atoms
from guiagent.x11.settings import Settings
from guiagent.x11.stub import Stub
from guiagent.x11.xkb import Xkb
from protocol.framing import Frame
from protocol.limits import BYTES_PER_PIXEL
from shm.pool import PagePool
from shm.supply import PageSupply
from shm.x11.connection import XConnection

LOG = logging.getLogger(__name__)

EXTENSIONS: Final = ("Composite", "DAMAGE", "XTEST")


class Desk:
    """due: when `settle` must be called next, by the clock; inf: when something happens. Set by `settle`.

    wants_write: call `ready` when the descriptor is writable. Set by `settle` too.

    Raises DisplayLost from any method once the X server is gone, or if it is unsuitable.
    """

    def __init__(
        self,
        display_name: str,
        pool: PagePool,
        supply: PageSupply,
        *,
        clock: Callable[[], float],
        send: Callable[[bytes], None],
    ) -> None:
        """send: takes whole messages to the daemon, if there is one. Raises ShmError if the pool cannot be attached."""
        self._clock = clock
        self._connection = XConnection(display_name, extensions=EXTENSIONS)
        check_extensions(self._connection)
        atoms = Atoms(self._connection)
        self._pool, self._supply = pool, supply
        self._counter = Counter(pool.fd)
        self._pixels = Pixels(supply, host_punches=not pool.punches)
        self._qube = Qube(self._pixels, state_atoms(atoms))
        self._reports = Reports(self._qube)
        self._orders = Orders(self._qube, self._reports)
        self._capture = Capture(self._connection, pool, self._pixels)
        stub = Stub(self._connection, atoms)
        self._cursors = Cursors(self._connection, seen=self._cursor_seen)
        self._layouts = Layouts(self._connection, display_name)
        xkb = Xkb(self._connection)
        self._outputs = Outputs(self._connection)
        self._hands = Hands(
            self._connection,
            atoms,
            stub,
            send=send,
            confirmed=self._confirmed,
            layouts=self._layouts,
            cursors=self._cursors,
            xkb=xkb,
            outputs=self._outputs,
            settings=Settings(self._connection, stub),
            begin_count=self._counter.begin,
        )
        self._screen = Screen(
            self._connection,
            atoms,
            stub,
            self._capture,
            qube=self._qube,
            reports=self._reports,
            perform=self._hands.perform,
            clock=clock,
        )
        xkb.on_keymap_changed(self._screen.keymap_changed)
        self._screen.open()
        # What the last whole `settle` has seen, of what X said: all but damage and ends of copies; and its deadline.
        self._seen, self._stirred, self._due = -1, True, inf
        self.due = -inf
        self.wants_write = False

    def fileno(self) -> int:
        """The descriptor of the X connection."""
        return self._connection.fileno()

    def ready(self, events: int) -> None:
        """The descriptor is readable or writable; events: epoll's."""
        if events & select.EPOLLOUT:
            self._connection.writable()
        if events & ~select.EPOLLOUT:
            self._connection.pump()

    def settle(self, *, daemon_reads: bool) -> None:
        """The end of a turn of the loop: what has gathered is told, and the next copies begin.

        daemon_reads: the daemon takes what it is sent; otherwise pictures wait.
        """
        connection, pixels = self._connection, self._pixels
        connection.drain()
        now = self._clock()
        # Whether nothing has happened since the last turn but keys, damage, ends of copies and draws. The hot path.
        if connection.handed_on - self._capture.heard == self._seen and now < self._due and not self._stirred:
            pixels.due(now)
        else:
            self._settle_all(now)
        if daemon_reads:
            if pixels.dirty:
                if pixels.tally.page is not None:
                    self._counter.look(pixels.tally)
                self._capture.start(self._copied)
            elif pixels.freed:
                self._capture.give_back()
            if pixels.log:
                self._hands.perform(pixels.take_log())
        else:
            self._capture.give_back()
        self.wants_write = connection.flush()
        waits_until = pixels.deadline()
        self.due = self._due if waits_until is None else min(waits_until, self._due)
        if connection.has_undispatched:
            self.due = -inf

    def _settle_all(self, now: float) -> None:
        self._seen, self._stirred = self._connection.handed_on - self._capture.heard, False
        self._qube.scaling.due(now)
        self._screen.settle()
        self._cursors.settle()
        waited = self._orders.laid(self._clock()) if self._layouts.settle() else []
        waited += self._orders.due(self._clock())
        self._hands.perform(waited)
        told = self._reports.due(self._clock()) + self._pixels.take_log()
        if told:
            self._hands.perform(told)
        # What had waited may have moved the focus and the pointer, which were looked at before: at once another turn.
        self._due = -inf if waited else self._deadline()
        self._stirred = self._layouts.busy

    def _deadline(self) -> float:
        deadlines = [part.deadline() for part in (self._qube, self._screen)]
        return min((deadline for deadline in deadlines if deadline is not None), default=inf)

    def obey(self, frames: Sequence[Frame], *, settles: bool) -> None:
        """Messages of the daemon came, all of one reading. settles: they leave something to be settled."""
        if settles:
            self._stirred = True
        self._hands.perform(self._orders.obey(frames, self._clock()))

    def frames_done(self, frames: Sequence[Frame]) -> None:
        """The same, and all of them say how far the desktop is with pictures."""
        self._orders.frames_done(frames)

    def daemon_came(self, minor: int, width: int, height: int) -> None:
        """A daemon has shaken hands; its desktop has this size, px."""
        self._stirred = True
        self._outputs.resize(width, height)
        self._qube.scaling.daemon_came(minor, self._clock())
        self._hands.perform(self._reports.daemon_came(minor, self._screen.stacking()))

    def environment(self) -> dict[str, str] | None:
        """What programs that start now are told of the desktop; None: wait, it will be known in a moment."""
        return self._qube.scaling.environment(self._clock())

    def daemon_lost(self) -> None:
        """The daemon is gone; windows are kept for the next one."""
        self._stirred, self.due = True, -inf
        self._hands.perform(self._reports.daemon_lost())

    def abandon(self) -> None:
        """The X server is lost: free the pages of every window, without a word to X. Call `close` after it."""
        self._reports.daemon_lost()
        self._pixels.abandoned()
        for run in self._pixels.take_freed():
            self._pool.punch(run.first_page, run.pages)

    def close(self) -> None:
        """Leave the X server."""
        self._layouts.close()
        self._counter.close()
        self._connection.close()

    def _copied(self, copies: list[Copy]) -> None:
        minor = self._qube.minor
        if minor is not None:
            if not self._supply.seen_at_once:
                self._publish(copies)
            self._hands.perform(self._pixels.copied(copies, minor))

    def _publish(self, copies: list[Copy]) -> None:
        """Whole rows, which lie together."""
        for copy in copies:
            stride = BYTES_PER_PIXEL * copy.buffer.width
            for _x, y, _width, height in copy.rects:
                self._supply.publish(copy.buffer.run.first_page, y * stride, height * stride)

    def _cursor_seen(self, shown: Shown) -> None:
        self._hands.perform(self._reports.cursor_shown(shown, self._clock()))

    def _confirmed(self, effect: MoveResize | PlaceWindow) -> None:
        if isinstance(effect, PlaceWindow):
            self._reports.carried_out(effect.window)
            return
        self._hands.perform(self._reports.confirmed(effect.window, self._clock()))
