"""One qube as its supervisor sees it: descriptors, processes, state; must not know what commands exist."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from colors.labels import Label
from guid.config import ExitCode
from guid.core.aside import NOT_ASIDE, Aside
from guid.core.heritage import Remains
from guid.core.lastuse import LastUse
from guid.core.options import DEFAULT_OPTIONS, options_written
from guid.core.restarts import Restarts
from guid.core.thickness import BARE, Style
from guid.engines.engine import RunningQube, Traits
from guid.freezing import Frozen
from guid.pools import granted_pool_bytes
from guid.programs import Programs, Waiter
from guid.qubelog import QubeLog
from shm.pool import Pool
from shm.vchan.unix import listen

PACKET_BYTES = 1 << 20
"""The longest status packet: 1,024 windows at under 1,000 bytes."""

DAEMON_GRACE_S = 3.0
"""A daemon that has not ended so long after it was told to is killed: it hangs, or the display does."""


class QubeState(Enum):
    """Where a qube is in its life."""

    STARTING = "starting"
    """processes run, its agent has not connected yet"""
    RUNNING = "running"
    """daemon and agent talk"""
    WAITING = "waiting for display"
    """its programs run, and its windows come back when the display does"""
    STOPPING = "stopping"
    """told to end"""
    VIOLATED = "violated"
    """ended because its agent broke the protocol; not started again by itself"""
    FAILED = "failed"
    """ended because the desktop side could not serve it"""


@dataclass(eq=False, slots=True)
class Qube:
    """Everything that belongs to one qube on the trusted side, released by `close`.

    options: as written. defined: what else its definition says, as `ls --json` has it. reason: why it ended, or cannot
    be shown. style: of the frames that its daemon draws, or drew last. displayed: a daemon has had a display for it.
    look_at: when the display is looked for again. daemon_ends: it was told to; daemon_deadline: until when it may take.
    anchor: X id by which the daemon's windows are found. remains: what crashed daemons have left on the desktop. aside:
    how the person has set it aside; frozen: what stands still then.
    last_use: of a disposable qube; held: descriptor for which nobody removes its files; heir: takes them over at its
    end, and says whether somebody does. template_held: descriptor for which nobody removes its template.
    """

    name: str
    label: Label
    pool: Pool
    vchan_path: Path
    listener: socket.socket
    programs: Programs
    log: QubeLog
    engine: str
    traits: Traits
    options: dict[str, object]
    defined: Mapping[str, str | int | None] = field(default_factory=dict)
    state: QubeState = QubeState.STARTING
    process: RunningQube | None = None
    process_pidfd: int = -1
    daemon_pid: int = 0
    daemon_pidfd: int = -1
    status: socket.socket | None = None
    windows: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    style: Style = BARE
    displayed: bool = False
    look_at: float = 0.0
    anchor: int = 0
    remains: list[Remains] = field(default_factory=list)
    restarts: Restarts = field(default_factory=Restarts)
    aside: Aside = NOT_ASIDE
    frozen: Frozen | None = None
    last_use: LastUse | None = None
    held: int = -1
    template_held: int = -1
    heir: Callable[[], bool] = lambda: False
    stop_deadline: float = 0.0
    daemon_ends: bool = False
    daemon_deadline: float | None = None
    on_end: list[Callable[[], None]] = field(default_factory=list)
    _closed: bool = False

    @classmethod
    def create(
        cls,
        name: str,
        label: Label,
        runtime: Path,
        *,
        engine: str,
        traits: Traits,
        options: dict[str, object],
        pool_bytes: int,
        already_granted: list[int],
    ) -> Qube:
        """Make pool, sockets and log of a qube that is about to start. Raises OverBudget, ShmError, TransportError."""
        pool = Pool.create(granted_pool_bytes(name, pool_bytes, already_granted))
        folder = runtime / "qubes" / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        listener = listen(folder / "vchan.sock")
        programs, log = Programs(name), QubeLog(folder / "qube.log")
        return cls(
            *(name, label, pool, folder / "vchan.sock", listener, programs, log, engine, traits, options),
        )

    def hand_over(self) -> None:
        """The engine has given these ends to the qube; ours would keep them open."""
        self.listener.close()
        self.programs.qube_end.close()
        self.log.hand_over()

    def overdue(self, now: float) -> list[Waiter]:
        """Who has waited too long for a program to start, and does so no longer. In a paused qube none starts."""
        return [] if self.aside.paused else self.programs.overdue(now)

    # Daemon

    def daemon_started(self, pid: int, status: socket.socket) -> None:
        """A daemon was forked."""
        os.set_blocking(status.fileno(), False)
        self.daemon_pid, self.daemon_pidfd, self.status = pid, os.pidfd_open(pid), status
        self.style = options_written(self.options).style()

    def use_options(self, written: dict[str, object]) -> None:
        """The person has written other options: they count at once, also for the frames that there are."""
        self.options = written
        if self.tell_daemon({"options": written}):
            self.style = options_written(written).style()

    def read_status(self) -> dict[str, Any] | None:
        """One packet of the daemon; None when there is none (any more). A descriptor in it is the message's "fd"."""
        if self.status is None:
            return None
        try:
            packet, fds, _flags, _address = socket.recv_fds(self.status, PACKET_BYTES, 1, socket.MSG_CMSG_CLOEXEC)
        except OSError:
            return None
        if not packet:
            return None
        message: dict[str, Any] = json.loads(packet)
        if fds:
            message["fd"] = fds[0]
        if message.get("state") == "connected" and self.state in (QubeState.STARTING, QubeState.WAITING):
            self.state, self.reason = QubeState.RUNNING, ""
        if "display" in message:
            self.displayed, self.anchor = True, message["anchor"]
            self.restarts.displayed()
        if "settled" in message:
            self.remains.clear()
        if "violation" in message or "refused" in message:
            self.reason = message.get("violation") or message["refused"]
        return message

    def ask_windows(self) -> bool:
        """Ask the daemon for its windows; False when it cannot be asked."""
        self.windows = []
        return self.tell_daemon({"query": "windows"})

    def tell_daemon(self, message: dict[str, Any], *fds: int) -> bool:
        """Send a packet to the daemon, with copies of `fds`; False when there is none, or it does not listen."""
        if self.status is None or self.daemon_pid == 0:
            return False
        try:
            socket.send_fds(self.status, [json.dumps(message).encode("ascii")], fds)
        except OSError:
            return False
        return True

    def reap_daemon(self) -> int:
        """Collect the daemon's exit code; its windows are gone, or what remains of it is known."""
        pid, status = os.waitpid(self.daemon_pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if self.anchor and (code < 0 or code == ExitCode.CRASHED):
            self.remains.append(Remains(self.anchor, pid))
        self.anchor = 0
        self.daemon_pid = 0
        self.daemon_ends, self.daemon_deadline = False, None
        self.windows = []
        os.close(self.daemon_pidfd)
        self.daemon_pidfd = -1
        if self.status is not None:
            self.status.close()
            self.status = None
        return code

    # End

    def set_aside(self, aside: Aside, freezer: Path | None = None) -> None:
        """Hide or show its windows, let its programs stand still or go on. freezer: of its control group, if there is.

        Raises OSError if what is in it cannot be made to stand still; then nothing has changed.
        """
        if aside.paused and self.frozen is None and self.process is not None:
            self.frozen = Frozen(self.process.pid, freezer)
        elif not aside.paused and self.frozen is not None:
            self._thaw()
        self.aside = aside
        self.tell_daemon(aside.packet())

    def _thaw(self) -> None:
        if self.frozen is not None:
            self.frozen.go_on()
            self.frozen = None

    def stop(self, now: float) -> None:
        """Ask the qube and its daemon to end. What is paused must run for that; but its daemon reads nothing more."""
        if self.state is QubeState.STOPPING:
            return
        self._thaw()
        self.aside = self.aside._replace(paused=False)
        self.state = QubeState.STOPPING
        self.stop_deadline = now + self.traits.stop_grace_s
        self.programs.tell({"stop": True})

    def end(self, state: QubeState) -> None:
        """End the qube at once for a reason that stays visible."""
        self.state = state
        self.kill()

    def kill(self) -> None:
        """End both processes now."""
        if self.process is not None:
            self.process.kill()
        self._end_daemon()

    def reap_process(self) -> None:
        """The qube's process has ended: its daemon has nobody to serve."""
        self.frozen = None
        if self.process is not None:
            self.process.wait()
            self.process = None
        if self.state in (QubeState.STARTING, QubeState.RUNNING, QubeState.WAITING):
            self.state = QubeState.STOPPING
        self._end_daemon()

    def insist(self, now: float) -> None:
        """What was told to end, and does not, is killed in time."""
        if self.state is QubeState.STOPPING and now > self.stop_deadline:
            self.kill()
        if not self.daemon_ends:
            return
        if self.daemon_deadline is None:
            self.daemon_deadline = now + DAEMON_GRACE_S
        elif now > self.daemon_deadline:
            os.kill(self.daemon_pid, signal.SIGKILL)

    def _end_daemon(self) -> None:
        if self.daemon_pid:
            self.daemon_ends = True
            os.kill(self.daemon_pid, signal.SIGTERM)

    def ended(self) -> bool:
        """Neither process runs."""
        return self.process is None and self.daemon_pid == 0

    def close(self) -> None:
        """Release everything; whoever still waits is told."""
        if self._closed:
            return
        self._closed = True
        self.programs.end(self.reason or f"it ended; see {self.log.path}")
        for action in self.on_end:
            action()
        self.log.close()
        self.programs.close()
        self.listener.close()
        for fd in (self.process_pidfd, self.template_held):
            if fd >= 0:
                os.close(fd)
        self.pool.close()
        self.vchan_path.unlink(missing_ok=True)

    def describe(self) -> dict[str, Any]:
        """For `vitrail ls --json`."""
        return {
            "name": self.name,
            "label": self.label.name,
            "rgb": f"0x{self.label.rgb:06X}",
            "pattern": self.label.pattern.name,
            "frame": self.options.get("frame", DEFAULT_OPTIONS.frame.value),
            "style": self.style._asdict(),
            "engine": self.engine,
            "state": self.state.value,
            "violation": self.reason if self.state is QubeState.VIOLATED else None,
            "reason": self.reason or None,
            "daemon_pid": self.daemon_pid,
            "pool_bytes": self.pool.size_bytes,
            **self.defined,
            "disposable": self.last_use is not None,
            **self.aside._asdict(),
            "windows": self.windows,
        }
