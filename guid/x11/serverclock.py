"""The X server's own time, asked without waiting; must not know what it is wanted for.

Source: X Synchronization Extension 3.1, ListSystemCounters and QueryCounter: the counter SERVERTIME counts the same
milliseconds as the times of events.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from shm.x11.connection import XConnection

QUERY_EXTENSION = 98
EXTENSION = b"SYNC"
INITIALIZE, LIST_SYSTEM_COUNTERS, QUERY_COUNTER = 0, 1, 5
VERSION = (3, 1)
SERVER_TIME = b"SERVERTIME"
MAX_COUNTERS = 64
"""More are not looked at; servers have three or so."""

Told = Callable[[int], None]


class ServerClock:
    """Asks for the time; a server that does not tell it never answers."""

    def __init__(self, x: XConnection) -> None:
        self._x = x
        self._opcode = 0
        self._counter = 0

    def ask(self, told: Told) -> None:
        """Call `told` with the time at which the server gets this: ms, as in events."""
        if self._counter:
            self._query(told)
            return
        name = EXTENSION + bytes(-len(EXTENSION) % 4)
        request = struct.pack("<BBHHxx", QUERY_EXTENSION, 0, 2 + len(name) // 4, len(EXTENSION)) + name
        self._x.send_with_reply(request, 1, lambda reply: self._found(reply, told))

    def _found(self, reply: bytes, told: Told) -> None:
        if not reply or not reply[8]:
            return
        self._opcode = opcode = reply[9]
        self._x.send_with_reply(struct.pack("<BBHBBxx", opcode, INITIALIZE, 2, *VERSION), 1, _ignore)
        self._x.send_with_reply(
            struct.pack("<BBH", opcode, LIST_SYSTEM_COUNTERS, 1), 1, lambda listed: self._listed(listed, told)
        )

    def _listed(self, reply: bytes, told: Told) -> None:
        if not reply:
            return
        (many,) = struct.unpack_from("<I", reply, 8)
        at = 32
        for _ in range(min(many, MAX_COUNTERS)):
            counter, _high, _low, length = struct.unpack_from("<IiIH", reply, at)
            if reply[at + 14 : at + 14 + length] == SERVER_TIME:
                self._counter = counter
                self._query(told)
                return
            at += 14 + length + -(14 + length) % 4

    def _query(self, told: Told) -> None:
        request = struct.pack("<BBHI", self._opcode, QUERY_COUNTER, 2, self._counter)
        self._x.send_with_reply(request, 1, lambda reply: _tell(reply, told))


def _ignore(_reply: bytes) -> None:
    """Its version does not matter: these requests are in all of them."""


def _tell(reply: bytes, told: Told) -> None:
    if reply:
        told(struct.unpack_from("<I", reply, 12)[0])  # the low half of 64 bits, as events have it
