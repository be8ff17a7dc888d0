"""The socket of an X connection: descriptors ride on it, and input that was read ahead is handed over; knows no X.

python-xlib reads and writes through this object, the hot path through the same: so there is one order of bytes.
"""

import array
import socket
from typing import Any, Final

# 2,048 events: as much as one turn of a loop should take.
INPUT_BYTES: Final = 65_536

# A plain number, and the function itself: the enum's `|` and super() would cost more than the system call (7 and 2 us).
_NEVER_WAIT: Final = int(socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
_send: Final = socket.socket.send


class ReadAhead:
    """Bytes that were received but not dispatched: `buffer[start:end]`."""

    __slots__ = ("buffer", "end", "start", "view")

    def __init__(self) -> None:
        self.buffer = bytearray(INPUT_BYTES)
        self.view = memoryview(self.buffer)
        self.start = 0
        self.end = 0

    def take(self) -> bytes:
        """Return the bytes, leaving none; b"" if there were none."""
        data = bytes(self.view[self.start : self.end])
        self.start = self.end = 0
        return data


class XStream(socket.socket):
    """Takes python-xlib's socket over."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(fileno=connected.detach())
        self.read_ahead = ReadAhead()
        # Descriptors to send, in the order of their requests. The server keeps what it gets in a queue per client and
        # takes one for each request that wants one: riding earlier than the request is right, later is not.
        self.outgoing_fds: list[int] = []

    def send(self, data: Any, flags: int = 0) -> int:
        """Send what fits; 0 if nothing does. Never waits.

        python-xlib's own call is a plain send after a select, and a stopped server blocks that for ever: a unix stream
        socket is writable as soon as some bytes fit, and a blocking send waits until all of them do.
        """
        try:
            if not self.outgoing_fds:
                return _send(self, data, flags | _NEVER_WAIT)
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", self.outgoing_fds))
            sent = self.sendmsg([data], [rights], flags | _NEVER_WAIT)
        except BlockingIOError:
            return 0
        self.outgoing_fds.clear()
        return sent

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Give python-xlib first what the hot path read ahead, all of it, and the socket's bytes after that.

        So a handler may make a call that waits for its reply: what came before that reply is parsed before it.
        """
        return self.read_ahead.take() or super().recv(size, flags)
