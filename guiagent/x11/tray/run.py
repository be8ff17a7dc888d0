"""The one loop of the tray's process: moves what X and the bus say. It decides nothing."""

from __future__ import annotations

import logging
import select
import time

from guiagent.x11.tray.ground import Ground
from guiagent.x11.tray.host import Host
from guiagent.x11.tray.process import EXIT_DONE, EXIT_LOST, EXIT_TAKEN
from shm.errors import DisplayLost

LOG = logging.getLogger(__name__)


def run(display: str, link: int) -> int:
    """Be the qube's tray until the agent or X ends. Returns an exit status: EXIT_DONE if X is not there to begin with,
    EXIT_LOST if it goes later, which any program can bring about for this connection alone."""
    try:
        tray = Tray(display)
    except DisplayLost as error:
        LOG.debug("no tray: %s", error)
        return EXIT_DONE
    try:
        return EXIT_DONE if tray.opened and tray.serve(link) else EXIT_TAKEN
    except DisplayLost:
        return EXIT_LOST


class Tray:
    """Raises DisplayLost from any method once the X server is gone. opened: this process is the tray."""

    def __init__(self, display: str) -> None:
        self._ground = Ground(display)
        self._host = Host(self._ground)
        self.opened = self._host.open()
        if not self.opened:
            LOG.info("another program is this qube's tray: its icons stay there")

    def serve(self, link: int) -> bool:
        """Returns False when another program has become the tray, True when `link` is closed at its other end."""
        connection = self._ground.connection
        poll = select.epoll()
        poll.register(link, select.EPOLLIN)
        poll.register(connection.fileno(), select.EPOLLIN)
        while not self._host.lost:
            connection.drain()
            self._host.settle(time.monotonic())
            connection.drain()
            connection.flush()
            wanted = select.EPOLLIN | (select.EPOLLOUT if connection.wants_write else 0)
            poll.modify(connection.fileno(), wanted)
            for fd, events in poll.poll(self._timeout_s()):
                if fd == link:
                    return True
                if events & select.EPOLLOUT:
                    connection.writable()
                if events & ~select.EPOLLOUT:
                    connection.pump()
        connection.sync()
        LOG.info("another program has become this qube's tray")
        return False

    def _timeout_s(self) -> float | None:
        if self._ground.connection.has_undispatched:
            return 0.0
        until = self._host.deadline()
        return None if until is None else max(0.0, until - time.monotonic())
