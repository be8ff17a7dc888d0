"""The attention chord and its panel on one display, told of qubes by the supervisor; must not act on a qube.

It asks the supervisor for what the person wants done. It ends with the supervisor, and with the display.
"""

from __future__ import annotations

import json
import logging
import select
import socket
import time
from typing import Any

from Xlib import X
from Xlib.error import XError
from Xlib.protocol import rq

from guid.core.attention import Deed, Row, rows_in
from guid.core.sequence import sequence_of
from guid.core.text import escaped
from guid.x11.attention import AttentionWindow
from guid.x11.chordgrab import ChordGrab, Grab
from guid.x11.keyboard import Keyboard
from shm.x11.connection import XConnection

log = logging.getLogger(__name__)

PACKET_BYTES = 1 << 18
"""A list of qubes: 1,000 of them at under 200 bytes."""
RETRY_S = 10.0
"""A chord that another program has is asked for again so often."""
MAX_ERRORS_LOGGED = 20


class AttentionDesk:
    """Raises DisplayLost from any call. supervisor: packets from and to it, a JSON object each."""

    def __init__(self, display: str, supervisor: socket.socket) -> None:
        self._supervisor = supervisor
        self._x = XConnection(display, extensions=())
        self._errors = 0
        self._x.on_error(self._refused)
        self._x.on_cold_event(self._event)
        self._rows: tuple[Row, ...] = ()
        self._keys = "none"
        self._retry_at = 0.0
        self._ended = False
        keyboard = Keyboard(self._x)
        self._window = AttentionWindow(self._x, keyboard, self._do)
        self._grab = ChordGrab(self._x, keyboard, self._grab_told)

    def run(self) -> None:
        """Until the supervisor goes."""
        while not self._ended:
            self._x.drain()
            self._x.flush()
            now = time.monotonic()
            x, supervisor = self._x.fileno(), self._supervisor.fileno()
            writes = [x] if self._x.wants_write else []
            readable, writable, _ = select.select([x, supervisor], writes, [], self._wait_s(now))
            if writable:
                self._x.writable()
            if x in readable:
                self._x.pump()
            if supervisor in readable:
                self._told()
            now = time.monotonic()
            self._window.due(now)
            if self._grab.state is Grab.TAKEN and now >= self._retry_at:
                self._retry_at = now + RETRY_S
                self._grab.renew()
        self._window.close()
        self._x.close()

    def _wait_s(self, now: float) -> float | None:
        if self._x.has_undispatched:
            return 0.0
        waits = [self._window.wait_s(now)]
        if self._grab.state is Grab.TAKEN:
            waits.append(max(0.0, self._retry_at - now))
        return min((wait for wait in waits if wait is not None), default=None)

    def _event(self, event: rq.Event) -> None:
        chord = event.type == X.KeyPress and event.window == self._x.display.screen().root
        if chord and not event.send_event and self._grab.is_pressed(event.detail):
            self._window.show(self._rows)
        else:
            self._window.event(event)

    def _refused(self, error: XError) -> None:
        """A window of somebody has gone, or there is a bug of ours; nothing depends on it."""
        self._errors += 1
        if self._errors <= MAX_ERRORS_LOGGED:
            log.warning("attention: the X server refused a request: %s", escaped(str(error)))

    def _told(self) -> None:
        packet = self._supervisor.recv(PACKET_BYTES)
        if not packet:
            self._ended = True
            return
        message = json.loads(packet)
        if "qubes" in message:
            self._rows = rows_in(message["qubes"])
            self._window.update(self._rows)
        if "keys" in message and message["keys"] != self._keys:
            self._keys = message["keys"]
            self._grab.use(sequence_of(self._keys))
        if "said" in message:
            self._window.say(message["said"])
        if message.get("show"):
            self._window.show(self._rows)

    def _grab_told(self, state: Grab) -> None:
        self._retry_at = time.monotonic() + RETRY_S
        self._say({"grab": state.value})

    def _do(self, deed: Deed) -> None:
        self._say(deed._asdict())

    def _say(self, message: dict[str, Any]) -> None:
        self._supervisor.send(json.dumps(message).encode("ascii"))
