"""The manager's connections to the supervisor: one that listens, and one for each request; must not know what is said.

Nothing here waits: all is done when the toolkit's loop says that it can be.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

from guid.manager.toolkit import GLib

MAX_LINE_BYTES: Final = 1 << 20
AGAIN_MS: Final = 1000
"""How often a supervisor is looked for that is not there."""
CREDENTIALS: Final = struct.Struct("=iII")
GONE: Final = "the supervisor ended before it answered"

Message = dict[str, Any]
Heard = Callable[[Message], None]


class Connection:
    """Every line that comes by a socket. heard: called with each; ended: when there are no more."""

    def __init__(self, connection: socket.socket, heard: Heard, ended: Callable[[], None]) -> None:
        self._heard, self._ended = heard, ended
        self._received = bytearray()
        self._socket = connection
        self._socket.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        conditions = GLib.IOCondition.IN | GLib.IOCondition.HUP | GLib.IOCondition.ERR
        self._source = GLib.io_add_watch(self._socket.fileno(), GLib.PRIORITY_DEFAULT, conditions, self._readable)

    def close(self) -> None:
        """Hear no more; nobody is told."""
        if self._source:
            GLib.source_remove(self._source)
            self._source = 0
            self._socket.close()

    def _readable(self, *_about: object) -> bool:
        try:
            data = self._socket.recv(1 << 16)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self._received += data
        *lines, rest = self._received.split(b"\n")
        self._received = bytearray(rest)
        messages = [message for message in map(_understood, map(bytes, lines)) if message is not None]
        for message in messages:
            if self._source:
                self._heard(message)
        over = not data or len(rest) > MAX_LINE_BYTES or len(messages) < len(lines)
        if self._source and over:
            self.close()
            self._ended()
        return bool(self._source)


def ask(path: str, request: Message, answered: Heard) -> None:
    """Ask for something once; `answered` is called once, with the answer or an "error"."""
    waiting = [answered]

    def answer(message: Message) -> None:
        if waiting:
            waiting.pop()(message)

    try:
        Connection(asked(path, request), answer, lambda: answer({"error": GONE}))
    except OSError as error:
        answer({"error": f"the supervisor cannot be reached: {error.strerror or error}"})


class Watch:
    """Whatever the supervisor tells, for as long as there is one, and again when there is another.

    fd: a connection on which it does so already. heard: a row. joined, left: a supervisor is there, or is not any more.
    """

    def __init__(self, path: str, fd: int, heard: Heard, joined: Callable[[], None], left: Callable[[], None]) -> None:
        self._path, self._heard, self._joined, self._left = path, heard, joined, left
        self._there = False
        Connection(socket.socket(fileno=fd), self._hear, self._gone)

    def _look(self) -> bool:
        """Whether it is to be looked again."""
        try:
            Connection(asked(self._path, {"op": "watch"}), self._hear, self._gone)
        except OSError:
            return True
        return False

    def _hear(self, row: Message) -> None:
        if not self._there:
            self._there = True
            self._joined()
        self._heard(row)

    def _gone(self) -> None:
        self._there = False
        self._left()
        GLib.timeout_add(AGAIN_MS, self._look)


def asked(path: str, request: Message) -> socket.socket:
    """A connection by which `request` was sent. Raises OSError if nobody listens there, or somebody else does."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    try:
        connection.connect(path)
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        if CREDENTIALS.unpack(raw)[1] != os.geteuid():
            raise PermissionError(f"{path} belongs to somebody else's process")
        connection.sendall(json.dumps(request).encode("ascii") + b"\n")
    except OSError:
        connection.close()
        raise
    return connection


def _understood(line: bytes) -> Message | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
