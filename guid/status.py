"""A daemon's talk with its supervisor: reports out, wishes in, a JSON object a packet; must not know their meaning."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

STATUS_PACKET_BYTES = 1 << 16
MAX_STATUS_BYTES = 192 << 10
"""The longest packet to the supervisor: what the system lets a socket queue at once is 208 KiB by default."""

Told = Callable[[dict[str, Any], int | None], None]
"""Takes what the supervisor says, and the descriptor that came with it; it is closed afterwards."""


class Status:
    """The socket to the supervisor. Without one, reports go nowhere."""

    def __init__(self, connection: socket.socket | None) -> None:
        self._connection = connection
        if connection is not None:
            os.set_blocking(connection.fileno(), False)

    def report(self, message: Mapping[str, Any], *fds: int) -> None:
        """Tell the supervisor; whatever it cannot take now it need not know."""
        if self._connection is None:
            return
        try:
            socket.send_fds(self._connection, [json.dumps(message).encode("ascii")], fds)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.EAGAIN):
                raise

    def receive(self, told: Told) -> bool:
        """Hand on the packet that is there; False if the supervisor is gone."""
        assert self._connection is not None  # noqa: S101 - nobody else waits for it
        try:
            packet, fds, _flags, _address = socket.recv_fds(
                self._connection, STATUS_PACKET_BYTES, 1, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            return True
        except ConnectionError:
            packet, fds = b"", []
        if not packet:
            return False
        try:
            told(json.loads(packet), fds[0] if fds else None)
        finally:
            for fd in fds:
                os.close(fd)
        return True


def listing(windows: list[dict[str, Any]]) -> dict[str, object]:
    """The answer to a query; `omitted` windows are those that one packet cannot hold."""
    left_bytes = MAX_STATUS_BYTES
    for number, window in enumerate(windows):
        left_bytes -= len(json.dumps(window)) + 2
        if left_bytes < 0:
            return {"windows": windows[:number], "omitted": len(windows) - number}
    return {"windows": windows}
