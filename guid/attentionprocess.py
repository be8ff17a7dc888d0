"""The attention panel in a process of its own: no qube's, so that no qube can delay it; must not know what it shows."""

from __future__ import annotations

import logging
import os
import socket

from guid.processes import only_descriptors
from guid.x11.attentiondesk import AttentionDesk
from shm.errors import DisplayLost

log = logging.getLogger(__name__)


def start_attention(display: str, supervisor: socket.socket) -> int:
    """Return the pid of such a process; `supervisor` is its end of the connection."""
    pid = os.fork()
    if pid == 0:
        _serve_and_leave(display, supervisor)
    return pid


def _serve_and_leave(display: str, supervisor: socket.socket) -> None:
    """In the child. Never returns."""
    code = 1
    try:
        only_descriptors({0, 1, 2, supervisor.fileno()})
        AttentionDesk(display, supervisor).run()
        code = 0
    except (DisplayLost, ConnectionError):
        code = 0
    except Exception:  # the one place of this process that may: it must not run on as a second supervisor
        log.exception("the attention panel crashed")
    finally:
        logging.shutdown()
        os._exit(code)
