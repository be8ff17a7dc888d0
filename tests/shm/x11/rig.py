"""What the X tests share: a journal of all that a connection hands on, and ways to make it happen."""

import select
import struct
from collections.abc import Callable
from typing import Any

from Xlib import X
from Xlib.protocol import event

from shm.x11.connection import XConnection
from shm.x11.requests import INPUT_EVENT, InputEvent, no_operation, send_event
from tests.harness.wait import wait_until

# MapWindow of an id that no client has: BadWindow, and the id says which one it was.
BAD_WINDOW = 0x1F000000

_MAP_WINDOW = struct.Struct("=BBHI")


def bad_map(number: int) -> bytes:
    return _MAP_WINDOW.pack(8, 0, 2, BAD_WINDOW + number)


def motion(number: int, window: int) -> bytes:
    """A MotionNotify whose event_x is the number."""
    return INPUT_EVENT.pack(X.MotionNotify, 0, 0, 0, 1, window, 0, 0, 0, number & 0x7FFF, 0, 0, 1, 0)


class Journal:
    """Everything that `connection` handed on, as (kind, number), in order. Motion is hot, all else is cold."""

    def __init__(self, connection: XConnection, *, hot: bool = True) -> None:
        self.connection = connection
        self.entries: list[tuple[str, int]] = []
        self.replies: list[bytes] = []
        root = connection.display.screen().root
        self.window = root.create_window(0, 0, 64, 64, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        if hot:
            connection.on_event(X.MotionNotify, self.on_motion)
        connection.on_cold_event(self.on_cold)
        connection.on_error(lambda failure: self.entries.append(("error", int(failure.resource_id.id) - BAD_WINDOW)))
        connection.sync()

    def on_motion(self, buffer: bytes | memoryview, offset: int) -> None:
        self.entries.append(("motion", InputEvent._make(INPUT_EVENT.unpack_from(buffer, offset)).event_x))

    def on_cold(self, found: Any) -> None:
        if isinstance(found, event.PropertyNotify):
            self.entries.append(("property", int(found.atom)))
        else:
            self.entries.append((type(found).__name__, 0))

    def on_reply(self, number: int) -> Callable[[bytes], None]:
        def note(reply: bytes) -> None:
            self.replies.append(reply)
            self.entries.append(("reply", number))

        return note

    def of(self, *kinds: str) -> list[tuple[str, int]]:
        return [entry for entry in self.entries if entry[0] in kinds]

    def settle(self) -> None:
        """Wait, as a loop does, until all that was sent has been answered and dispatched."""
        answered: list[bytes] = []
        self.connection.fence(answered.append)
        turn_until(self.connection, lambda: bool(answered))


def turn_until(connection: XConnection, done: Callable[[], bool], timeout_s: float = 60) -> None:
    """Run the loop that a process would run around one connection."""

    def turn() -> bool:
        connection.flush()
        writing = [connection] if connection.wants_write else []
        ready, room, _ = select.select([connection], writing, [], 0)
        if room:
            connection.writable()
        if ready:
            connection.pump()
        return done()

    wait_until(turn, timeout_s, "the X server's answer")


def pump_what_is_there(connection: XConnection) -> None:
    while select.select([connection], [], [], 0)[0]:
        connection.pump()


def send_motions(sender: XConnection, window: int, numbers: range) -> None:
    """Let another client send hot events, and return when the server has passed them on."""
    packed = b"".join(send_event(window, motion(number, window)) for number in numbers)
    sender.send(packed, len(numbers))
    answered: list[bytes] = []
    sender.fence(answered.append)
    turn_until(sender, lambda: bool(answered))


def no_operations(count: int) -> bytes:
    return no_operation() * count
