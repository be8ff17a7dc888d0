"""The attention panel in a process of its own: no qube's, so that no qube can delay it; must not know what it shows."""

from __future__ import annotations

import socket
from contextlib import suppress

from guid.fork import fork_off
from guid.x11.attentiondesk import AttentionDesk
from shm.errors import DisplayLost


def start_attention(display: str, supervisor: socket.socket) -> int:
    """Return the pid of such a process; `supervisor` is its end of the connection. Raises NoProcess."""

    def serve() -> int:
        with suppress(DisplayLost, ConnectionError):
            AttentionDesk(display, supervisor).run()
        return 0

    return fork_off(serve, keep={supervisor.fileno()}, crash="the attention panel crashed")
