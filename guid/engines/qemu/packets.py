"""Control packets as lines of a stream, for the part of their way that has no packets. Must not know what they say.

A packet is one JSON object and has no newline inside; a stream carries it with one behind it.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from typing import Final

MAX_PACKET_BYTES: Final = 65_536
"""The longest packet of a control connection; a longer one never left its sender whole."""


def relay(packets: socket.socket, stream_fd: int, ended: Callable[[], bool], wake_fd: int) -> None:
    """Pass packets on until `packets` has ended, or `ended` says so; it is asked whenever `wake_fd` was readable.

    packets: SOCK_SEQPACKET, blocking. stream_fd: readable and writable, blocking. A line that no packet can hold is
    dropped, and so is what a stream's other end says when nobody hears it any more.
    """
    poll = select.poll()
    for fd in (packets.fileno(), stream_fd, wake_fd):
        poll.register(fd, select.POLLIN)
    lines = Lines()
    while not ended():
        for fd, events in poll.poll():
            if fd == wake_fd:
                os.read(wake_fd, 4096)
            elif fd == packets.fileno():
                packet = _packet(packets)
                if not packet:
                    return
                _write_all(stream_fd, packet.replace(b"\n", b" ") + b"\n")
            elif not _pass_on(stream_fd, lines, packets) or not events & select.POLLIN:
                poll.unregister(stream_fd)


def _packet(packets: socket.socket) -> bytes:
    try:
        return packets.recv(MAX_PACKET_BYTES)
    except ConnectionResetError:  # it ended with something unread
        return b""


def _pass_on(stream_fd: int, lines: Lines, packets: socket.socket) -> bool:
    data = os.read(stream_fd, MAX_PACKET_BYTES)
    try:
        for line in lines.received(data):
            packets.send(line)
    except OSError:  # nobody hears it any more; `packets` says so too
        return False
    return bool(data)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError:  # the machine is gone, and its process will be
        return


class Lines:
    """Cuts a stream into lines; holds at most one unfinished packet."""

    def __init__(self) -> None:
        self._unfinished = b""
        self._too_long = False

    def received(self, data: bytes) -> list[bytes]:
        """Return the lines that are whole now, without their ends; empty and too long ones are left out."""
        *whole, rest = (self._unfinished + data).split(b"\n")
        if whole and self._too_long:
            whole, self._too_long = whole[1:], False
        if len(rest) > MAX_PACKET_BYTES:
            rest, self._too_long = b"", True
        elif self._too_long:
            rest = b""
        self._unfinished = rest
        return [line for line in whole if 0 < len(line) <= MAX_PACKET_BYTES]
