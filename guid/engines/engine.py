"""The seam between the supervisor and whatever runs qubes. Must not know any one engine."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from guid.core.definition import Net
from guid.engines.errors import NotOffered
from shm.vchan.carrier import Carrier


@dataclass(frozen=True, slots=True)
class LocalQube:
    """A qube on this machine.

    name, home: what it is called, and the folder (trusted side's path) that it sees as its home. template: whose system
    it sees, a folder without a link on its way; None: the host's. net: what it reaches of the network.
    """

    name: str
    home: Path
    template: Path | None = None
    net: Net = Net.NONE

    def check_offered(
        self, engine: str, *, nets: frozenset[Net] = frozenset({Net.NONE}), templates: bool = False
    ) -> None:
        """Raise NotOffered unless this is a qube with one of `nets`, and the host's system where there are no other.

        engine: what offers no more than that.
        """
        if self.template is not None and not templates:
            raise NotOffered(f"{engine} qubes cannot have a template yet: vitrail set {self.name} --template none")
        if self.net not in nets:
            raise NotOffered(f"{engine} qubes cannot have a network yet: vitrail set {self.name} --net none")


@dataclass(frozen=True, slots=True)
class Traits:
    """How qubes of an engine differ to whoever serves them.

    carrier: what is behind the listener's socket. punches: the desktop side gives free pages back.
    start_timeout_s: how long a qube may take until it has started a program. stop_grace_s: how long to end by itself.
    """

    carrier: Carrier = Carrier.UNIX
    punches: bool = False
    start_timeout_s: float = 60.0
    stop_grace_s: float = 3.0


class RunningQube(Protocol):
    """The process that stands for a started qube. Nothing of the qube lives longer than it; subprocess.Popen fits."""

    @property
    def pid(self) -> int:
        """The process's id on the trusted side."""

    def poll(self) -> int | None:
        """Return how it ended (as subprocess.Popen.returncode), or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait at most `timeout` seconds for its end; raises subprocess.TimeoutExpired."""

    def kill(self) -> None:
        """End the qube now, with everything in it."""


class Engine(Protocol):
    """Starts qubes of one kind."""

    @property
    def traits(self) -> Traits:
        """The same for all of them."""

    def check(self) -> None:
        """Raise an EngineError, with what to do about it, if this machine cannot run such qubes."""

    def start(
        self, qube: LocalQube, *, listener: socket.socket, pool_fd: int, control: socket.socket, log_fd: int
    ) -> RunningQube:
        """Start `qube`; whoever calls keeps its own copies of the descriptors and may close them afterwards.

        listener: listening stream socket on which the agent waits for the daemon.
        pool_fd:  the sealed page memory, readable and writable.
        control:  the qube's end of the control connection (SOCK_SEQPACKET, one JSON object a packet).
        log_fd:   where the qube's output goes: a pipe, a socket or /dev/null.
        Raises an EngineError.
        """
