"""Copies and pastes by the two qrexec services of Qubes OS, each as a process of its own; decides nothing.

No shell, no waiting, no lock while one runs: the caller watches a descriptor, and ends a call that takes too long or
brings too much. Source: Qubes OS, qubes.ClipboardCopy and qubes.ClipboardPaste; qrexec-client(1).
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COPY, PASTE = "qubes.ClipboardCopy", "qubes.ClipboardPaste"
DOM0_MARK: Final = Path("/etc/qubes-release")
"""There in dom0, and nowhere else."""
DOM0_CLIENT: Final = "/usr/lib/qubes/qrexec-client"
GUIVM_CLIENT: Final = "/usr/bin/qrexec-client-vm"

TIMEOUT_S = 15.0
"""A qube that answers a copy takes well under a second; one that starts for it is not worth waiting for."""
READ_BYTES = 1 << 16


class QrexecError(Exception):
    """The client cannot be started; the message names it. This system's fault."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a service is called. domain: the qube's Xen domain. name: its name. in_dom0: which client there is.

    client: another program in its place, with the same arguments.
    """

    domain: int
    name: str
    in_dom0: bool
    client: str | None = None

    def argv(self, service: str) -> list[str]:
        """The client with its arguments."""
        if self.in_dom0:
            return [self.client or DOM0_CLIENT, "-T", "-d", str(self.domain), f"DEFAULT:QUBESRPC {service}"]
        return [self.client or GUIVM_CLIENT, "-T", "--", self.name, service]


def peer_of(domain: int, name: str, client: str | None = None) -> Peer:
    """The qube as it is called from this system."""
    return Peer(domain, name, DOM0_MARK.exists(), client)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended. data: what was copied, b"" for a paste; None if it failed, and then `why` says how.

    too_long: it brought more than the limit.
    """

    data: bytes | None
    why: str = ""
    too_long: bool = False


class Call:
    """One service that runs. Watch `fileno` for reading, then call `readable`; at `deadline` call `expire`.

    deadline: seconds of the clock that `now` is from.
    """

    def __init__(self, argv: Sequence[str], *, given: bytes | None, limit_bytes: int, now: float) -> None:
        """Start it. given: what is pasted, None for a copy of at most `limit_bytes`. Raises QrexecError."""
        self.deadline = now + TIMEOUT_S
        self._limit_bytes = limit_bytes if given is None else 0
        self._received = bytearray()
        self._closed = False
        stdin = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC) if given is None else _file_of(given)
        self._output, output = os.pipe2(os.O_CLOEXEC)
        try:
            self._process = subprocess.Popen(
                list(argv), stdin=stdin, stdout=output, stderr=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            os.close(self._output)
            raise QrexecError(f"cannot start {argv[0]}: {error.strerror}") from error
        finally:
            os.close(stdin)
            os.close(output)
        os.set_blocking(self._output, False)
        self._pidfd = os.pidfd_open(self._process.pid)
        self._either = select.epoll()
        self._either.register(self._output, select.EPOLLIN)
        self._either.register(self._pidfd, select.EPOLLIN)

    def fileno(self) -> int:
        """The descriptor to watch: readable when there is output, and when it has ended."""
        return self._either.fileno()

    def readable(self) -> Outcome | None:
        """Take what has come; the outcome when it is over, else None."""
        ended = False
        for fd, _events in self._either.poll(0):
            ended = ended or fd == self._pidfd
        while self._read():
            if len(self._received) > self._limit_bytes:
                self._end()
                return Outcome(None, f"more than {self._limit_bytes} bytes", too_long=True)
        if not ended:
            return None
        status = self._end()
        return Outcome(bytes(self._received)) if status == 0 else Outcome(None, f"the service failed ({status})")

    def expire(self) -> Outcome:
        """It took too long: end it."""
        self._end()
        return Outcome(None, f"no answer within {TIMEOUT_S:.0f} s")

    def close(self) -> None:
        """Close the descriptors of a call that is over; it must not be watched any more."""
        self._either.close()
        os.close(self._pidfd)
        os.close(self._output)

    def _read(self) -> bool:
        """Take some output; False when there is none (any more)."""
        try:
            data = os.read(self._output, READ_BYTES)
        except BlockingIOError:
            return False
        if not data and not self._closed:  # its end is what is waited for now
            self._closed = True
            self._either.unregister(self._output)
        self._received += data
        return bool(data)

    def _end(self) -> int:
        """End it if it has not ended, and reap it; its exit code."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # it leads a session of its own
            self._process.wait()
        return self._process.returncode


def _file_of(data: bytes) -> int:
    """A descriptor at the beginning of a file in memory with these bytes."""
    fd = os.memfd_create("vitrail-clipboard", os.MFD_CLOEXEC)
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
