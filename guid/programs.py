"""The programs that commands have a qube start, by word of its agent; must not know who commands."""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guid.core import sanitize
from guid.core.restarts import Restarts
from protocol.errors import RemoteProtocolError, Violation

log = logging.getLogger(__name__)

REPORT_BYTES = 1 << 16


@dataclass(eq=False, slots=True)
class Waiter:
    """A command that waits for a program: `answer` is called exactly once, when it has started or (until_exit) ended.

    started: called before that, when it has started.
    """

    answer: Callable[[dict[str, Any]], None]
    deadline: float
    until_exit: bool
    started: Callable[[], None] = lambda: None


class Programs:
    """Those of one qube.

    control: our end of the socket by which it is told, qube_end: the qube's. session_lost: an X server of it has
    ended, and nobody was told yet.
    """

    def __init__(self, qube: str) -> None:
        self.control, self.qube_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_blocking(self.control.fileno(), False)
        self.session_lost = False
        self._qube = qube
        self._sessions = Restarts()
        self._waiters: dict[int, Waiter] = {}
        self._started = 0

    def run(self, argv: list[str], waiter: Waiter) -> None:
        """Ask the qube to start a program; `waiter` is answered when it did, could not, or the qube ended."""
        self._started += 1
        self._waiters[self._started] = waiter
        request = {"run": {"id": self._started, "argv": argv, "env": {}}}
        self.tell(request)

    def overdue(self, now: float) -> list[Waiter]:
        """Waiters for a start that did not come in time; they are forgotten."""
        late = [number for number, waiter in self._waiters.items() if now > waiter.deadline]
        return [self._waiters.pop(number) for number in late]

    def read_report(self, now: float) -> bool:
        """Take one packet from the qube; False when there will be no more. Raises RemoteProtocolError."""
        try:
            untrusted_packet = self.control.recv(REPORT_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not untrusted_packet:
            return False
        report = sanitize.program_report(untrusted_packet=untrusted_packet)
        if report is not None and report.kind == sanitize.SESSION_LOST:
            if not self._sessions.crashed(now):
                raise RemoteProtocolError(Violation.LIMIT, detail="its X server ends again and again")
            self.session_lost = True
        elif report is not None and report.program in self._waiters:
            self._reported(report.program, report.kind, report.status, report.error)
        return True

    def _reported(self, program: int, kind: str, status: int, error: str) -> None:
        waiter = self._waiters[program]
        if kind == "started" and waiter.until_exit:
            waiter.deadline = float("inf")
            waiter.started()
            return
        del self._waiters[program]
        if kind == "failed":
            waiter.answer({"error": f"qube {self._qube} could not start it: {error}"})
        else:
            waiter.answer({"status": status})

    def tell(self, message: dict[str, Any]) -> None:
        """Send a packet to the agent."""
        try:
            self.control.send(json.dumps(message).encode("ascii"))
        except OSError as error:
            log.warning("%s: cannot reach the qube: %s", self._qube, error.strerror)

    def end(self, reason: str) -> None:
        """There will be no more: whoever still waits is told why."""
        for waiter in self._waiters.values():
            waiter.answer({"error": f"qube {self._qube}: {reason}"})
        self._waiters.clear()

    def close(self) -> None:
        """Release both ends."""
        self.control.close()
        self.qube_end.close()
