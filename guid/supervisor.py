"""The per-user supervisor: the loop around qubes, commands, notices and the tray; must not touch X."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping
from math import inf

from colors.labels import UnknownLabel
from guid.attention import Attention
from guid.core.notebook import Notebook
from guid.core.starting import Contradiction
from guid.core.versions import facts
from guid.engines.engine import Engine
from guid.engines.errors import EngineError
from guid.fork import NoProcess
from guid.notifications import Notifier
from guid.operations import Operations
from guid.overview import Overview
from guid.paths import PathsError
from guid.preload import everything
from guid.readers import Readers
from guid.removal import disposables, remove_disposable
from guid.requests import Commands
from guid.running import TICK_S, Running
from guid.servicemanager import ServiceManager
from guid.settings import SettingsError
from guid.tray import Tray
from guid.version import VERSION
from guid.watching import Watching
from shm.errors import ShmError

log = logging.getLogger(__name__)

FIRST_COMMAND_S = 60.0
"""A supervisor that started by itself waits this long for the command that started it."""

CALM_S = 2.0
"""A supervisor that a command started reads after this long what it may want later; a service does so at once."""

IDLE_LINGER_S = 1.0
"""A supervisor that started by itself ends this long after its last qube and command."""

REFUSALS = (Contradiction, EngineError, NoProcess, OSError, PathsError, SettingsError, ShmError, UnknownLabel)
"""What ends a request and nothing else. OSError: descriptors, memory or room on the disk have run out."""


class Supervisor:
    """All qubes of one person on one desktop.

    stay: serve until told to stop, not only as long as there is a qube. manager: who else wants to know how we are.
    """

    def __init__(
        self,
        engines: Mapping[str, Engine],
        listener: socket.socket,
        *,
        display: str,
        stay: bool = False,
        manager: ServiceManager | None = None,
    ) -> None:
        self.readers = Readers()
        self._stay = stay
        self._manager = manager or ServiceManager("")
        self._notifier = Notifier(self.readers)
        notebook = Notebook()
        self._notifier.noted = notebook.write
        self._stopping = self._reloading = False
        self._running = Running(self.readers, engines, self._notifier, display)
        self._awake = self._running.awake
        self._load_at = self._awake.now + (0.0 if stay else CALM_S)
        self._busy_until = self._awake.now + FIRST_COMMAND_S
        self._tray = Tray(self.readers, self._running.exchange)
        ourselves = facts(VERSION, pid=os.getpid(), service=stay)
        self._attention = Attention(self.readers, self._running, self._notifier)
        self._operations = Operations(self._running, ourselves, None if stay else self.stop)
        self._operations.show_panel = self._attention.show
        self._operations.tell = self._notifier.tell
        overview = Overview(self._running, notebook, ourselves)
        self._watching = Watching(overview.rows)
        self._operations.watch = self._watching.join
        self._commands = Commands(self.readers, listener, self._operations.table, REFUSALS, ourselves)
        self._operations.commands = self._commands
        _sweep()

    def run(self) -> int:
        """Serve until a signal, or until nothing is left to do."""
        log.info("Vitrail %s supervises, %s", VERSION, self._running.grouped())
        self._load(self._awake.now)
        self._manager.ready(self._running.summary())
        while not self._stopping and not self._idle():
            self.readers.turn(TICK_S)
            if self._reloading:
                self._reload()
            self._tick(self._awake.look(time.monotonic()))
        self._manager.stopping()
        self._commands.close()
        self._attention.close()
        self._running.shut_down()
        self._tray.close()
        self._notifier.close()
        return 0

    def stop(self) -> None:
        """End the loop soon; safe in a signal handler."""
        self._stopping = True

    def reload(self) -> None:
        """Read the settings again soon; safe in a signal handler."""
        self._reloading = True

    def _idle(self) -> bool:
        """Nothing has run for a while; who only asks, however often, does not keep us from ending."""
        if self._running.by_name or self._stay:
            self._busy_until = self._awake.now + IDLE_LINGER_S
        elif self._commands.waiting:
            self._busy_until = min(self._busy_until, self._awake.now + IDLE_LINGER_S)
            return False
        return self._awake.now > self._busy_until

    def _load(self, now: float) -> None:
        """Once, and before another version may be installed."""
        if now >= self._load_at:
            self._load_at = inf
            everything()

    def _tick(self, now: float) -> None:
        self._load(now)
        self._commands.tick(time.monotonic())
        self._operations.tick(now)
        self._running.tick(now)
        self._watching.tick(now)
        self._notifier.tick(time.monotonic())
        self._tray.tick(time.monotonic())
        self._attention.tick(time.monotonic())
        self._manager.status(self._running.summary())

    def _reload(self) -> None:
        self._reloading = False
        self._manager.reloading()
        log.info("the settings are read again")
        self._running.reload()
        self._attention.read_settings()
        self._manager.ready(self._running.summary())


def _sweep() -> None:
    """Remove the disposable qubes of a supervisor that did not end as it should."""
    for name in disposables():
        try:
            if remove_disposable(name):
                log.info("%s: a disposable qube that nobody had removed: it is gone", name)
        except PathsError as error:
            log.warning("%s", error)
