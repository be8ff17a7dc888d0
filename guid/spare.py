"""A daemon forked ahead of need, with the display open, that waits to be told which qube it serves; knows no qube yet.

Most of a forked daemon's start is its display: round trips, and the pages that it writes to for the first time. None of
that depends on the qube.
"""

from __future__ import annotations

import json
import os
import select
import socket
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from colors.labels import label_told
from colors.labels import told as told_label
from guid.config import DaemonConfig, ExitCode
from guid.core.aside import KEY as ASIDE
from guid.core.aside import aside_in
from guid.core.awake import Awake
from guid.core.heritage import Remains
from guid.core.options import options_told
from guid.core.options import told as told_options
from guid.fork import NoProcess, fork_daemon, fork_off, run_forked
from guid.loop import run_daemon
from guid.readers import Readers
from guid.x11.desktop import Desktop, UnsuitableDisplay
from shm.boundary import PoolBoundary
from shm.errors import DisplayLost
from shm.vchan.carrier import Carrier

MAX_TOLD_BYTES = 1 << 16
"""What a spare is told, at most: some hundred bytes, and as much again of what a person has written as options."""

AHEAD_S = 2.0
"""So long after a daemon has begun, another one is forked ahead: then the windows of the first are there."""

COMM = Path("/proc/self/comm")
NAME = "vitrail-spare"
"""What ps and top call it, when its display is open and it serves nobody; at most 15 bytes. Source: proc(5), comm."""


class Spare:
    """One process that waits. pid: its own. Raises NoProcess."""

    def __init__(self, display: str | None) -> None:
        self.display = display
        try:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError as error:
            raise NoProcess(f"no process can be started: {error.strerror}") from error
        try:
            self.pid = fork_off(partial(_wait, theirs, display), keep={theirs.fileno()}, crash="a spare daemon crashed")
        except NoProcess:
            self._socket.close()
            raise
        finally:
            theirs.close()
        self._socket.setblocking(False)  # noqa: FBT003 - the standard library's own signature

    def serve(self, config: DaemonConfig) -> bool:
        """Let it serve `config` from now on; whether it can. It is a daemon then like any other, and no spare."""
        if config.display != self.display or not isinstance(config.boundary, PoolBoundary) or config.status is None:
            return False
        packet = json.dumps(told(config, config.boundary)).encode("ascii")
        if len(packet) > MAX_TOLD_BYTES:
            return False
        try:
            socket.send_fds(self._socket, [packet], [config.boundary.pool_fd, config.status.fileno()])
        except OSError:  # it has ended
            return False
        self.close()
        return True

    def close(self) -> None:
        """It is not wanted any more: one that serves nobody ends."""
        self._socket.close()


class Spares:
    """Starts daemons, by a spare one if there is one. At most one waits, and the next is forked when it is quiet.

    It is forked once a daemon has shown that the display can be used, so that none is ever forked in vain again and
    again: `daemon_began` says so.
    """

    def __init__(self, readers: Readers, awake: Awake) -> None:
        self._readers = readers
        self._awake = awake
        self._spare: Spare | None = None
        self._pidfd = -1
        self._display: str | None = None
        self._due: float | None = None

    def fork(self, config: DaemonConfig, *, keep: set[int]) -> int:
        """The pid of a process that serves `config`. keep: as for `fork_off`. Raises NoProcess."""
        spare = self._spare
        if spare is not None:
            if spare.serve(config):
                self._forget()
                return spare.pid
            spare.close()  # its end is heard of
        return fork_daemon(config, keep=keep)

    def daemon_began(self, display: str | None) -> None:
        """A daemon has opened this display: a spare one can do so too, soon."""
        self._display, self._due = display, self._awake.now + AHEAD_S

    def tick(self, now: float) -> None:
        """Time has passed."""
        if self._due is None or now < self._due or self._spare is not None:
            return
        self._due = None
        with suppress(NoProcess):  # whoever needs one will say so
            self._watch(Spare(self._display))

    def _watch(self, spare: Spare) -> None:
        try:
            self._pidfd = os.pidfd_open(spare.pid)
        except OSError:  # no descriptor is left; it ends at once
            spare.close()
            os.waitpid(spare.pid, 0)
            return
        self._spare = spare
        self._readers.watch(self._pidfd, partial(self._ended, spare.pid))

    def close(self) -> None:
        """No spare waits any longer."""
        if self._spare is not None:
            self._spare.close()

    def _ended(self, pid: int) -> None:
        """Its display is gone, or it was not wanted any more."""
        os.waitpid(pid, 0)
        self._forget()

    def _forget(self) -> None:
        self._readers.unwatch(self._pidfd)
        os.close(self._pidfd)
        self._spare, self._pidfd = None, -1


def told(config: DaemonConfig, boundary: PoolBoundary) -> dict[str, Any]:
    """What a spare is told of `config`, but for the descriptors; `config_told` makes it a config again."""
    return {
        "name": config.name,
        "label": told_label(config.label),
        "vchan": str(boundary.vchan_path),
        "carrier": boundary.carrier.value,
        "punches": boundary.punches,
        "display": config.display,
        "disposable": config.disposable,
        "options": told_options(config.options),
        "outlived": config.outlived,
        "remains": config.remains,
        **config.aside.packet(),
    }


def config_told(message: dict[str, Any], pool_fd: int, status: socket.socket) -> DaemonConfig:
    """What `told` made of a config, with the descriptors as they are here."""
    return DaemonConfig(
        message["name"],
        label_told(message["label"]),
        PoolBoundary(Path(message["vchan"]), pool_fd, Carrier(message["carrier"]), message["punches"]),
        message["display"],
        status,
        disposable=message["disposable"],
        options=options_told(message["options"]),
        outlived=message["outlived"],
        remains=tuple(Remains(*each) for each in message["remains"]),
        aside=aside_in({ASIDE: message[ASIDE]}),
    )


def _wait(told_by: socket.socket, display: str | None) -> int:
    """In the child: open the display, wait, and serve. It ends without a word if the display or its parent does."""
    usual_name = COMM.read_text()
    try:
        desktop = Desktop(display, qube="a spare daemon")
        COMM.write_text(NAME)
        packet, fds = _heard(told_by, desktop)
    except (UnsuitableDisplay, DisplayLost):
        return int(ExitCode.UNSUITABLE_DISPLAY)  # heard of only if it was to serve already
    if len(fds) != 2:
        return int(ExitCode.STOPPED)
    told_by.close()
    COMM.write_text(usual_name)
    config = config_told(json.loads(packet), fds[0], socket.socket(fileno=fds[1]))
    desktop.serve(config.name, config.options.style())
    return run_forked(config, keep={*fds, *desktop.descriptors}, serve=partial(run_daemon, desktop=desktop))


def _heard(told_by: socket.socket, desktop: Desktop) -> tuple[bytes, list[int]]:
    """What it is told at last, with descriptors; none when the parent has ended. Raises DisplayLost."""
    poll = select.poll()
    for end in (told_by, desktop.x):
        poll.register(end, select.POLLIN)
    while True:
        desktop.x.drain()
        desktop.x.flush()
        ready = [fd for fd, _events in poll.poll()]
        if desktop.x.fileno() in ready:
            desktop.x.pump()
        if told_by.fileno() in ready:
            packet, fds, _flags, _address = socket.recv_fds(told_by, MAX_TOLD_BYTES, 2, socket.MSG_CMSG_CLOEXEC)
            return packet, list(fds)
