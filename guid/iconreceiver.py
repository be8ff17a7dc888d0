"""Takes the icons of one qube's windows from a service of Qubes OS, and leaves them for the qube's daemon.

One process for each qube that calls: it reads what that qube says, holds nothing of any other, and decides nothing of
colours. The daemon checks again what it is left.
"""

from __future__ import annotations

import logging
import os
import select
import time

from guid.core.iconpost import IconPost
from guid.core.iconstream import IconStream
from guid.x11.iconwindows import IconWindows
from protocol.errors import RemoteProtocolError
from protocol.limits import READ_BYTES

log = logging.getLogger(__name__)

ENDED, VIOLATED = 0, 2


class IconReceiver:
    """stream: a descriptor that the qube's words come from. qube: its name, from who knows."""

    def __init__(self, display: str | None, qube: str, stream: int) -> None:
        self._qube = qube
        self._stream = stream
        self._cut = IconStream()
        self._windows = IconWindows(display, qube)
        self._post = IconPost(time.monotonic())
        self._there = self._windows.look()

    def run(self) -> int:
        """Serve until the qube says no more (0), or makes no sense (2). Raises DisplayLost."""
        try:
            while self._turn():
                pass
        except RemoteProtocolError as error:
            log.error("%s: the icons of this qube end here: %s", self._qube, error)
            return VIOLATED
        finally:
            self._windows.close()
        return ENDED

    def _turn(self) -> bool:
        wait_s = self._post.wait_s(time.monotonic())
        poll = select.poll()
        poll.register(self._windows.fileno(), select.POLLIN)
        if not wait_s:
            poll.register(self._stream, select.POLLIN)
        ready = {fd for fd, _events in poll.poll(1000 * wait_s if wait_s else None)}
        if self._windows.fileno() in ready:
            self._windows.pump()
        more = self._receive() if self._stream in ready else True
        if self._windows.changed:
            self._there = self._windows.look()
        for icon in self._post.deliverable(self._there):
            self._windows.offer(self._there[icon.window], icon)
        return more

    def _receive(self) -> bool:
        untrusted_data = os.read(self._stream, READ_BYTES)
        for icon in self._cut.receive(untrusted_data=untrusted_data):
            self._post.arrived(icon)
        if not untrusted_data and not self._cut.between_icons:
            log.warning("%s: the last icon ended too early", self._qube)
        return bool(untrusted_data)
