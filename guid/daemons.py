"""The daemons of the qubes that run: forks them, hears what they say, collects them; must not decide what follows."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

from guid.config import DaemonConfig
from guid.core.awake import Awake
from guid.core.options import options_written
from guid.core.sharing import Shares
from guid.core.tidings import Tiding
from guid.exchange import Exchange
from guid.fork import NoProcess, fork_daemon
from guid.loop import run_sweep
from guid.qube import Qube
from guid.readers import Readers
from guid.spare import Spares
from shm.boundary import PoolBoundary

log = logging.getLogger(__name__)


class Daemons:
    """Those of `qubes`, all on one display.

    exchange: hears what they say of the clipboard. tell: gives the person a notice. ended: hears whose daemon is
    collected, and its exit code. on_listed: each is called with the name of a qube that has said which windows it has.
    """

    def __init__(
        self,
        qubes: Mapping[str, Qube],
        readers: Readers,
        exchange: Exchange,
        awake: Awake,
        display: str,
        *,
        tell: Callable[[Qube, Tiding], None],
        ended: Callable[[Qube, int], None],
    ) -> None:
        self.display = display
        self.on_listed: list[Callable[[str], None]] = []
        self._qubes = qubes
        self._readers = readers
        self._exchange = exchange
        self._awake = awake
        self._tell = tell
        self._tell_end = ended
        self._shares = Shares()
        self._spares = Spares(readers, awake)

    def fork(self, qube: Qube) -> None:
        """Start one for a qube that has none. Raises NoProcess."""
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError as error:
            raise NoProcess(f"no process can be started: {error.strerror}") from error
        boundary = PoolBoundary(qube.vchan_path, qube.pool.fd, qube.traits.carrier, qube.traits.punches)
        options = options_written(qube.options)
        config = DaemonConfig(
            qube.name,
            qube.label,
            boundary,
            self.display,
            theirs,
            options=options,
            outlived=True,
            remains=tuple(qube.remains),
            disposable=qube.last_use is not None,
            aside=qube.aside,
        )
        if qube.last_use is not None and qube.displayed:
            qube.last_use.daemon_started(self._awake.now)
        try:
            pid = self._spares.fork(config, keep={qube.pool.fd, theirs.fileno()})
        except NoProcess:
            ours.close()
            raise
        finally:
            theirs.close()
        qube.daemon_started(pid, ours)
        self._readers.watch(ours, lambda: self._says(qube))
        self._readers.watch(qube.daemon_pidfd, lambda: self._ended(qube))

    def sweep(self, qube: Qube) -> int:
        """The pid of a process that takes away what crashed daemons have left, where no other follows.

        Raises NoProcess.
        """
        boundary = PoolBoundary(qube.vchan_path, qube.pool.fd, qube.traits.carrier, qube.traits.punches)
        config = DaemonConfig(qube.name, qube.label, boundary, self.display, remains=tuple(qube.remains))
        qube.remains.clear()
        return fork_daemon(config, keep=set(), serve=run_sweep)

    def tick(self, now: float) -> None:
        """Time has passed."""
        self._spares.tick(now)
        for name in self._shares.held_back(now):
            log.warning("%s: asks for more than the desktop can do, and is held back", name)
            if name in self._qubes:  # it may be gone by now
                self._tell(self._qubes[name], Tiding.HELD_BACK)

    def close(self) -> None:
        """No more are wanted."""
        self._spares.close()

    def _says(self, qube: Qube) -> None:
        message = qube.read_status()
        if message is None:
            self._readers.unwatch(qube.status)
        else:
            self._said(qube, message)

    def _said(self, qube: Qube, message: dict[str, Any]) -> None:
        if "windows" in message:
            qube.windows = message["windows"]
            self._listed(qube.name)
        elif "clipboard" in message:
            self._exchange.said(qube.name, message, message.get("fd"))
        elif "shown" in message and qube.last_use is not None:
            qube.last_use.windows(self._awake.now, shown=message["shown"])
        elif "unpainted" in message:
            self._tell(qube, Tiding.NO_MANAGER_FRAME)
        elif "display" in message:
            self._spares.daemon_began(self.display)
        elif "busy" in message:
            now = self._awake.now
            self._part(self._shares.busy(qube.name, now) if message["busy"] else self._shares.idle(qube.name))

    def _listed(self, name: str) -> None:
        for heard in self.on_listed:
            heard(name)

    def _part(self, shares: dict[str, float]) -> None:
        """Tell daemons how much of the desktop's time is theirs."""
        for name, share in shares.items():
            if name in self._qubes:
                self._qubes[name].tell_daemon({"share": share})

    def _ended(self, qube: Qube) -> None:
        while (message := qube.read_status()) is not None:
            self._said(qube, message)  # what it said before it died
        for fileobj in (qube.status, qube.daemon_pidfd):
            self._readers.unwatch(fileobj)
        self._part(self._shares.idle(qube.name))
        code = qube.reap_daemon()
        self._exchange.desk.gone(qube.name)
        self._listed(qube.name)
        self._tell_end(qube, code)
