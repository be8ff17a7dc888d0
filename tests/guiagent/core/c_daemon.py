"""The C daemon's rules as a model in memory: what it keeps of each window, and what it ends or punishes an agent for.

Knows no agent. Its rule for CONFIGURE is the delicate one: it keeps one outstanding for a window, waits for exactly its
own numbers, and answers any others with its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from guiagent.core.values import Geometry
from protocol.codec import decode, encode, tail_of
from protocol.framing import FrameReader
from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX, PAGE_BYTES
from protocol.messages import MessageType as T
from protocol.messages import Role

MAX_REFS_MAPPED = 65_536
"""What one request to gntdev maps at most: more, and the C daemon ends."""
CURSOR_NAMED, CURSOR_END = 0x100, 0x19A


class Punished(AssertionError):
    """The C daemon ends the session for this, or asks the person whether it should."""


@dataclass(slots=True)
class Known:
    """What the daemon keeps of one window."""

    geometry: Geometry
    outstanding: bool = False
    mapped: bool = False
    was_mapped: bool = False
    docked: bool = False


def insist(condition: object, why: str) -> None:
    if not condition:
        raise Punished(why)


class CDaemon:
    """`answers`: what it has sent, oldest first."""

    def __init__(self, minor: int) -> None:
        self.minor = minor
        self.windows: dict[int, Known] = {}
        self.answers: list[bytes] = []
        self._reader = FrameReader(Role.DAEMON, minor=minor)
        self._rules: Mapping[T, Callable[[int, Known, Any, memoryview | None], None]] = {
            T.DESTROY: self._destroy,
            T.MAP: self._map,
            T.UNMAP: self._unmap,
            T.CONFIGURE: self._configure,
            T.WINDOW_FLAGS: self._flags,
            T.WINDOW_DUMP: self._dump,
            T.CURSOR: self._cursor,
            T.WINDOW_HINTS: self._hints,
            T.DOCK: self._dock,
        }

    def hear(self, data: bytes) -> None:
        """Messages of the agent. Raises Punished, RemoteProtocolError."""
        self._reader.receive(data)
        for message, window, body in self._reader.frames():
            kind = T(message)
            fields = decode(message, body)
            if kind is T.CREATE:
                self._create(window, fields)
                continue
            insist(window in self.windows, f"{kind.name} of {window:#x} without CREATE")
            rule = self._rules.get(kind)
            if rule is not None:
                rule(window, self.windows[window], fields, tail_of(message, body) if kind is T.WINDOW_DUMP else None)

    def move(self, window: int, geometry: Geometry) -> None:
        """The person, or the window manager, moves a window on the desktop."""
        known = self.windows.get(window)
        if known is None or known.geometry == geometry:
            return
        known.geometry = geometry
        if not known.outstanding:
            known.outstanding = True
            self._say_where(window, known)

    def say(self, message: T, window: int, *fields: int) -> None:
        """Anything else about a window, if there is one."""
        if window in self.windows:
            self.answers.append(encode(message, window, *fields))

    def _say_where(self, window: int, known: Known) -> None:
        self.answers.append(encode(T.CONFIGURE, window, *known.geometry, 0))

    def _create(self, window: int, fields: Any) -> None:
        insist(window not in self.windows, f"a second CREATE of {window:#x}")
        insist(encode(T.DESTROY, window) not in self.answers, f"{window:#x} used again before its end was echoed")
        geometry = Geometry(*fields[:4])
        insist(min(geometry.size) >= 1, "a window of no size: the desktop's X server refuses it")
        insist(geometry.width <= MAX_WINDOW_WIDTH_PX and geometry.height <= MAX_WINDOW_HEIGHT_PX, "too large")
        self.windows[window] = Known(geometry)

    def _destroy(self, window: int, *_: Any) -> None:
        del self.windows[window]
        if self.minor >= 5:
            self.answers.append(encode(T.DESTROY, window))

    def _map(self, _window: int, known: Known, fields: Any, _tail: object) -> None:
        insist(fields.transient_for != _window, "a window that belongs to itself")
        known.mapped = known.was_mapped = not known.docked

    def _unmap(self, _window: int, known: Known, *_: Any) -> None:
        known.mapped = False

    def _configure(self, window: int, known: Known, fields: Any, _tail: object) -> None:
        geometry = Geometry(*fields[:4])
        insist(min(geometry.size) >= 1, "CONFIGURE to no size: a question to the person")
        insist(geometry.width <= MAX_WINDOW_WIDTH_PX and geometry.height <= MAX_WINDOW_HEIGHT_PX, "never equal")
        if known.docked:
            known.outstanding = False
            if geometry != known.geometry:
                self._say_where(window, known)
        elif not known.outstanding:
            known.geometry = geometry
        elif geometry == known.geometry:
            known.outstanding = False
        else:
            self._say_where(window, known)

    def _dock(self, _window: int, known: Known, *_: Any) -> None:
        insist(not known.was_mapped, "a window that was shown cannot go into the tray")
        known.docked = True

    def _flags(self, _window: int, _known: Known, fields: Any, _tail: object) -> None:
        insist(not fields.flags_set & fields.flags_unset, "a flag set and unset: a question to the person")

    def _dump(self, window: int, _known: Known, fields: Any, tail: memoryview | None) -> None:
        refs = len(tail or b"") // 4
        insist(fields.width <= MAX_WINDOW_WIDTH_PX and fields.height <= MAX_WINDOW_HEIGHT_PX, "a dump too large")
        insist(fields.width * fields.height * 4 <= refs * PAGE_BYTES, "a dump with too few pages")
        insist(refs <= MAX_REFS_MAPPED, "a dump with more pages than can be mapped")
        if self.minor >= 7:
            self.answers.append(encode(T.WINDOW_DUMP_ACK, window))

    def _cursor(self, _window: int, _known: Known, fields: Any, _tail: object) -> None:
        (glyph,) = fields
        insist(glyph == 0 or CURSOR_NAMED <= glyph < CURSOR_END, "a cursor that there is not")

    def _hints(self, _window: int, _known: Known, fields: Any, _tail: object) -> None:
        flags, _min_w, _min_h, max_width, max_height, *_ = fields
        insist(not flags & 32 or min(max_width, max_height) > 0, "a greatest size of nothing")
