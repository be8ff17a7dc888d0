"""The selections of the qube's X server, on a connection of their own. It must not know what they are good for.

Of their own: the agent selects events on windows that programs also use to receive selections, and what a program does
to its clipboard shall not stand before the person's keys.
"""

from __future__ import annotations

import logging
import select
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Any, Final

from Xlib import X, error

from guiagent.core import selection as fx
from guiagent.core.clipboard import Clipboard
from guiagent.core.effects import Log, Send
from guiagent.core.selection import ATOM_NAMES, Conversion, Request, Value
from guiagent.x11 import selection_wire as wire
from guiagent.x11.atoms import Atoms
from guiagent.x11.pictures import Pictures
from protocol.framing import Frame
from shm.x11.connection import XConnection
from shm.x11.properties import change_property, delete_property, get_property, property_reply
from shm.x11.requests import send_event

LOG = logging.getLogger(__name__)

READ_BYTES: Final = 131_072
"""Of one GetProperty: two reads of the connection."""
PROPERTIES: Final = tuple(f"_VITRAIL_COPY_{number}" for number in range(8))
"""What owners convert into, in turn."""
TIME_PROPERTY: Final = "_VITRAIL_TIME"


class Selections:
    """due: when `settle` must be called next, by the clock; inf: when something happens. -inf: it has.

    Raises DisplayLost from any method once the X server is gone."""

    def __init__(
        self,
        display_name: str,
        *,
        clock: Callable[[], float],
        send: Callable[[bytes], None],
        clear_after_s: float | None = None,
    ) -> None:
        """send: takes whole messages to the daemon, if there is one. clear_after_s: see `Serving`."""
        self._clock = clock
        self._connection = connection = XConnection(display_name, extensions=("XFIXES",))
        self._atoms = Atoms(connection, (*ATOM_NAMES, *PROPERTIES, TIME_PROPERTY))
        display: Any = connection.display
        # InputOnly: such a window is never shown on the desktop.
        window = display.screen().root.create_window(
            -1, -1, 1, 1, 0, 0, X.InputOnly, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._window = int(window.id)
        self._waiting_for_time = False
        properties = [self._atoms[name] for name in PROPERTIES]
        self._clipboard = Clipboard(self._atoms, self._window, properties, clear_after_s=clear_after_s)
        self._pictures = Pictures()
        self._listen()
        self._poll = select.epoll()
        self._events = int(select.EPOLLIN)
        self.due = -inf
        self._poll.register(connection.fileno(), self._events)
        self._poll.register(self._pictures.fileno(), select.EPOLLIN)
        self._do: Mapping[type, Callable[[Any], None]] = {
            Send: lambda e: send(e.data),
            Log: lambda e: LOG.warning("%s", e.line),
            fx.AskTime: lambda _: self._ask_time(),
            fx.WatchOwner: self._watch_owner,
            fx.FindOwner: self._find_owner,
            fx.Convert: lambda e: self._send(
                wire.convert_selection(self._window, e.selection, e.target, e.property, e.time)
            ),
            fx.Read: lambda e: self._read(e, bytearray()),
            fx.Erase: lambda e: self._send(delete_property(e.window, e.property)),
            fx.Write: lambda e: self._send(change_property(e.window, e.property, e.kind, e.bits, e.data)),
            fx.Answer: self._answer,
            fx.WatchRequestor: self._watch_requestor,
            fx.Claim: lambda e: self._send(wire.set_selection_owner(self._window, e.selection, e.time)),
            fx.Release: lambda e: self._send(wire.set_selection_owner(X.NONE, e.selection, e.time)),
            fx.DecodePicture: lambda e: self._pictures.decode(e.job, e.data, whole=e.whole),
            fx.EncodePicture: lambda e: self._pictures.encode(e.job, e.format, e.image),
            fx.CancelPicture: lambda e: self._pictures.cancel(e.job),
        }

    def _listen(self) -> None:
        connection = self._connection
        connection.on_error(self._failed)
        connection.on_cold_event(lambda _: None)
        connection.on_event(wire.SELECTION_REQUEST, self._requested)
        connection.on_event(wire.SELECTION_NOTIFY, self._converted)
        connection.on_event(wire.SELECTION_CLEAR, self._lost)
        connection.on_event(wire.PROPERTY_NOTIFY, self._property_changed)
        connection.on_event(wire.DESTROY_NOTIFY, self._destroyed)
        xfixes: Any = connection.display.query_extension("XFIXES")
        self._xfixes = int(xfixes.major_opcode) if xfixes.present else 0
        if self._xfixes:
            connection.on_event(int(xfixes.first_event), self._owner_changed)
            connection.send_with_reply(wire.xfixes_query_version(self._xfixes), 1, lambda _: None)

    # What the loop needs

    def fileno(self) -> int:
        """A descriptor that is readable when `ready` must be called."""
        return self._poll.fileno()

    def ready(self, _events: int) -> None:
        """X, or a picture, has something for us."""
        self.due = -inf
        for fd, events in self._poll.poll(0):
            if fd == self._pictures.fileno():
                self._take_pictures()
                continue
            if events & select.EPOLLOUT:
                self._connection.writable()
            if events & ~select.EPOLLOUT:
                self._connection.pump()

    def settle(self) -> None:
        """The end of a turn of the loop."""
        now = self._clock()
        if now < self.due:
            return
        deadline = self._clipboard.deadline
        if deadline is not None and now >= deadline:
            self._perform(self._clipboard.due(now))
        self._connection.drain()
        self._connection.flush()
        events = select.EPOLLIN | (select.EPOLLOUT if self._connection.wants_write else 0)
        if events != self._events:
            self._events = events
            self._poll.modify(self._connection.fileno(), events)
        deadline = self._clipboard.deadline
        self.due = inf if deadline is None else deadline
        if self._connection.has_undispatched:
            self.due = -inf

    def daemon_came(self, minor: int) -> None:
        """A daemon has shaken hands."""
        self.due = -inf
        self._clipboard.daemon_came(minor)

    def daemon_lost(self) -> None:
        """The daemon is gone."""
        self.due = -inf
        self._perform(self._clipboard.daemon_lost())

    @property
    def heard(self) -> frozenset[int]:
        """The types of messages that are for us."""
        return self._clipboard.heard

    def obey(self, frames: Sequence[Frame]) -> None:
        """Messages of the daemon, some of them for us."""
        frames = [frame for frame in frames if frame.type in self._clipboard.heard]
        if not frames:
            return
        self.due = -inf
        self._perform(self._clipboard.obey(frames, self._clock()))

    def close(self) -> None:
        """Leave the X server; the selections that we own end with it."""
        self._pictures.close()
        self._poll.close()
        self._connection.close()

    # Effects

    def _perform(self, effects: Iterable[fx.Effect]) -> None:
        for effect in effects:
            self._do[type(effect)](effect)

    def _send(self, request: bytes) -> None:
        self._connection.send(request, 1)

    def _ask_time(self) -> None:
        """An append of nothing brings a PropertyNotify with a time. Source: ICCCM 2.1."""
        self._waiting_for_time = True
        atom = self._atoms[TIME_PROPERTY]
        self._send(change_property(self._window, atom, self._atoms["INTEGER"], 32, b"", append=True))

    def _watch_owner(self, effect: fx.WatchOwner) -> None:
        if self._xfixes:
            mask = wire.OWNER_MASK if effect.watching else 0
            self._send(wire.xfixes_select_selection(self._xfixes, self._window, effect.selection, mask))

    def _find_owner(self, effect: fx.FindOwner) -> None:
        def found(reply: bytes) -> None:
            self._perform(self._clipboard.owner_found(wire.owner_reply(reply) if reply else 0, self._clock()))

        self._connection.send_with_reply(wire.get_selection_owner(effect.selection), 1, found)

    def _read(self, effect: fx.Read, data: bytearray) -> None:
        """Read a property piece by piece, so that nobody else waits while it comes. data: what is read already."""
        wanted = min(READ_BYTES, effect.limit_bytes - len(data))

        def read(reply: bytes) -> None:
            piece = property_reply(reply) if reply else None
            if piece is None or not piece.kind:
                self._tell_value(effect, None)
                return
            data.extend(piece.data)
            if piece.left_bytes and piece.data and len(data) < effect.limit_bytes:
                self._read(effect, data)
                return
            over = max(0, len(data) - effect.limit_bytes)
            cut = bytes(data[: effect.limit_bytes])
            self._tell_value(effect, Value(piece.kind, piece.bits, cut, piece.left_bytes + over))

        request = get_property(
            effect.window, effect.property, -(-wanted // 4), offset_words=len(data) // 4, delete=effect.delete
        )
        self._connection.send_with_reply(request, 1, read)

    def _tell_value(self, effect: fx.Read, value: Value | None) -> None:
        self._perform(self._clipboard.value_read(effect.window, effect.property, value, self._clock()))

    def _answer(self, effect: fx.Answer) -> None:
        asked = effect.request
        event = wire.selection_notify(asked.requestor, asked.selection, asked.target, effect.property, asked.time)
        self._send(send_event(asked.requestor, event))

    def _watch_requestor(self, effect: fx.WatchRequestor) -> None:
        mask = wire.PROPERTY_CHANGE_MASK | wire.STRUCTURE_NOTIFY_MASK if effect.watching else 0
        self._send(wire.select_events(effect.window, mask))

    # Events

    def _requested(self, buffer: bytes | memoryview, offset: int) -> None:
        _, _, time, _, requestor, selection, target, atom = wire.REQUEST_EVENT.unpack_from(buffer, offset)
        self._perform(self._clipboard.requested(Request(selection, requestor, target, atom, time), self._clock()))

    def _converted(self, buffer: bytes | memoryview, offset: int) -> None:
        _, _, time, _, selection, target, atom = wire.NOTIFY_EVENT.unpack_from(buffer, offset)
        self._perform(self._clipboard.converted(Conversion(selection, target, atom, time), self._clock()))

    def _lost(self, buffer: bytes | memoryview, offset: int) -> None:
        selection = wire.CLEAR_EVENT.unpack_from(buffer, offset)[4]
        self._perform(self._clipboard.lost(selection))

    def _property_changed(self, buffer: bytes | memoryview, offset: int) -> None:
        _, _, window, atom, time, state = wire.PROPERTY_EVENT.unpack_from(buffer, offset)
        if window == self._window and atom == self._atoms[TIME_PROPERTY]:
            if self._waiting_for_time:
                self._waiting_for_time = False
                self._perform(self._clipboard.time_told(time, self._clock()))
            return
        deleted = state == wire.PROPERTY_DELETED
        self._perform(self._clipboard.property_changed(window, atom, self._clock(), deleted=deleted))

    def _destroyed(self, buffer: bytes | memoryview, offset: int) -> None:
        self._perform(self._clipboard.requestor_gone(wire.DESTROY_EVENT.unpack_from(buffer, offset)[3]))

    def _owner_changed(self, buffer: bytes | memoryview, offset: int) -> None:
        """Only one selection is watched, so it is that one."""
        _, what, _, _, owner, _, _, _ = wire.OWNER_EVENT.unpack_from(buffer, offset)
        successor = owner if what == wire.NEW_OWNER else X.NONE
        self._perform(self._clipboard.owner_changed(successor, self._clock()))

    def _failed(self, failure: error.XError) -> None:
        """Windows of programs that have ended; whatever else X refuses concerns one odd program."""
        LOG.debug("X error: %s", failure)
        if isinstance(failure, error.BadWindow):
            window: Any = failure.resource_id
            self._perform(self._clipboard.requestor_gone(int(window.id)))

    # Pictures

    def _take_pictures(self) -> None:
        for result in self._pictures.finished():
            if result.encoded:
                self._perform(self._clipboard.encoded(result.job, result.file, self._clock()))
            else:
                self._perform(self._clipboard.decoded(result.job, result.image))
