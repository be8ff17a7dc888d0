"""The supervisor's end of the attention panel: lists qubes to it, does what the person wants done; must not touch X."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
from collections.abc import Callable
from typing import Any, Protocol

from guid.attentionprocess import start_attention
from guid.core.aside import Aside
from guid.core.desktopsettings import DEFAULT_DESKTOP_SETTINGS
from guid.core.restarts import Restarts
from guid.fork import NoProcess
from guid.qube import QubeState
from guid.readers import Readers
from guid.requests import Refused
from guid.running import Running
from guid.settings import SettingsError, desktop_settings

log = logging.getLogger(__name__)

TAKEN = "taken"
PACKET_BYTES = 1 << 12
"""What the panel says: a deed and a qube's name."""

ASIDE: dict[str, Callable[[Aside], Aside]] = {
    "hide": lambda aside: aside._replace(hidden=True),
    "show": lambda aside: aside._replace(hidden=False),
    "pause": lambda aside: aside._replace(paused=True),
    "resume": lambda aside: aside._replace(paused=False),
}


class Teller(Protocol):
    """Shows notices to the person."""

    def tell(self, key: str, summary: str, body: str) -> None:
        """Soon, instead of an older one of the same key. Never raises, never waits."""


class Attention:
    """The panel's process: there is one while a qube is shown on a display."""

    def __init__(self, readers: Readers, running: Running, teller: Teller) -> None:
        self._readers = readers
        self._running = running
        self._teller = teller
        self._settings = DEFAULT_DESKTOP_SETTINGS
        self._pid = 0
        self._pidfd = -1
        self._display = ""
        self._link: socket.socket | None = None
        self._listed: list[dict[str, Any]] | None = None
        self._again = Restarts()
        self._start_at = 0.0
        self.read_settings()

    def read_settings(self) -> None:
        """Read the person's file; one that is not understood changes nothing, and is told."""
        try:
            self._settings = desktop_settings()
        except SettingsError as error:
            log.error("the desktop's settings stay as they were: %s", error)
            self._teller.tell("desktop settings", "Settings were not read", str(error))
        self._send({"keys": self._settings.attention_sequence})

    def tick(self, now: float) -> None:
        """Time has passed. now: monotonic, s."""
        wanted = self._running.shown_display()
        if self._link is not None and wanted != self._display:
            self._end()
        if self._link is None and wanted and not self._pid and now >= self._start_at:
            self._start_at = self._again.display_missed(now)
            self._start(wanted)
        self._list()

    def show(self) -> bool:
        """Show it, as on the chord; whether it can be."""
        if self._link is None:
            self.tick(self._start_at)
        self._list()
        return self._send({"show": True})

    def close(self) -> None:
        """End it, and wait for that."""
        self._end()
        if self._pid:
            os.waitpid(self._pid, 0)
            self._gone()

    # The process

    def _start(self, display: str) -> None:
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError as error:
            log.warning("the attention panel cannot be shown: no process can be started: %s", error.strerror)
            return
        try:
            self._pid = start_attention(display, theirs)
        except NoProcess as error:
            log.warning("the attention panel cannot be shown: %s", error)
            ours.close()
            return
        finally:
            theirs.close()
        ours.setblocking(False)  # noqa: FBT003 - the standard library's own signature
        self._link, self._display, self._listed = ours, display, None
        self._pidfd = os.pidfd_open(self._pid)
        self._readers.watch(ours, self._said)
        self._readers.watch(self._pidfd, self._reap)
        self._send({"keys": self._settings.attention_sequence})

    def _end(self) -> None:
        """It ends when it reads that we are gone; it may not be able to read."""
        if self._link is not None:
            self._readers.unwatch(self._link)
            self._link.close()
            self._link = None
            os.kill(self._pid, signal.SIGTERM)

    def _reap(self) -> None:
        _pid, status = os.waitpid(self._pid, 0)
        if status:
            log.info("the attention panel has ended with %s", os.waitstatus_to_exitcode(status))
        self._gone()

    def _gone(self) -> None:
        self._readers.unwatch(self._pidfd)
        os.close(self._pidfd)
        self._pid, self._pidfd = 0, -1
        if self._link is not None:
            self._readers.unwatch(self._link)
            self._link.close()
            self._link = None

    def _send(self, message: dict[str, Any]) -> bool:
        """Whether it could be sent; what it does not read in time it is told with the next list."""
        try:
            return self._link is not None and self._link.send(json.dumps(message).encode("ascii")) > 0
        except OSError:
            self._listed = None
            return False

    def _list(self) -> None:
        """Tell it which qubes there are, if that is something new."""
        listed = [
            {
                "name": qube.name,
                "label": qube.label.name,
                "rgb": qube.label.rgb,
                "ink": qube.label.ink,
                "pattern": qube.label.pattern.name,
                "state": qube.state.value,
                **qube.aside._asdict(),
                "anchors": [each for each in (qube.anchor, *(left.anchor for left in qube.remains)) if each],
            }
            for qube in self._running.by_name.values()
        ]
        if self._link is not None and listed != self._listed and self._send({"qubes": listed}):
            self._listed = listed

    # What it says

    def _said(self) -> None:
        assert self._link is not None  # noqa: S101 - it is watched
        try:
            packet = self._link.recv(PACKET_BYTES)
        except ConnectionError:
            packet = b""
        if not packet:
            self._readers.unwatch(self._link)
            return
        message = json.loads(packet)
        if "grab" in message:
            self._grab_said(message["grab"])
            return
        try:
            self._do(message["do"], message["qube"])
        except Refused as error:
            self._send({"said": str(error)})
        self._list()

    def _grab_said(self, state: str) -> None:
        keys = self._settings.attention_sequence
        self._again.displayed()
        if state != TAKEN:
            return
        line = f"{keys} is another program's, so it does not show whose window has the focus"
        log.warning("%s: use vitrail attention, or write another attention_sequence", line)
        self._teller.tell(
            "attention keys",
            f"{keys} is taken",
            "Another program has these keys, so they do not show whose window has the focus. Use the command vitrail "
            "attention, or write other keys: attention_sequence in [desktop] of vitrail.toml.",
        )

    def _do(self, do: str, name: str) -> None:
        """Raises Refused."""
        qube = self._running.by_name.get(name)
        if qube is None:
            return
        if do in ASIDE:
            self._running.set_aside(qube, ASIDE[do](qube.aside))
            if do == "show":
                qube.tell_daemon({"summoned": True})
        elif qube.ended():
            self._running.by_name.pop(name)
        elif qube.state is not QubeState.STOPPING:
            qube.stop(self._running.awake.now)
