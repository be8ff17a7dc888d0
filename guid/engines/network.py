"""The network of a qube that has one: slirp4netns as its router. Must not know windows, nor what the sandbox shows.

The qube keeps the empty network namespace of every qube. A process outside, with the qube's uid, puts one device into
it, and makes every connection anew as an ordinary user of this machine would. So there is no way to the machine's
loopback, nor to abstract sockets, which belong to its own namespace; and whatever ends the qube ends the router.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Sequence
from io import FileIO
from types import TracebackType
from typing import Final, Self

from guid.engines.errors import NetworkMissing, SandboxRefused
from guid.engines.launch import launch

NAMESERVER: Final = "10.0.2.3"
"""Where the router answers DNS, by asking whom this machine asks. Source: slirp4netns(1)."""
INFO_TIMEOUT_S: Final = 20.0
"""bubblewrap tells of its child before it does anything else: some ms, on a busy machine a second."""
MAX_INFO_BYTES: Final = 65_536
ROUTER_END_S: Final = 1.0
"""The router sees the qube's end at once."""

_NS_GET_USERNS: Final = 0xB701
"""The user namespace that owns a namespace. Source: ioctl_ns(2)."""


def find_router() -> str:
    """Return the path of slirp4netns. Raises NetworkMissing."""
    path = shutil.which("slirp4netns")
    if path is None:
        raise NetworkMissing("a qube with a network needs the program slirp4netns: apt install slirp4netns")
    return path


class Uplink:
    """One qube's way out, made while its sandbox waits. A context manager: what is left open is closed at its end.

    1. Give `arguments` to bubblewrap, and `inherited` to its process. 2. `attach`. The qube's first program runs once
    the router is ready, or has failed: then without a network, and the qube's log says why.
    """

    def __init__(self) -> None:
        """Raises NetworkMissing."""
        self._router = find_router()
        self._stack = contextlib.ExitStack()
        self._info, self._info_write = self._pipe()
        self._go, self._go_write = self._pipe()
        self._end, self._end_write = self._pipe()
        self._lent = (self._info_write, self._go, self._end_write)

    def _pipe(self) -> tuple[FileIO, FileIO]:
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
        return self._stack.enter_context(FileIO(read_end)), self._stack.enter_context(FileIO(write_end, "w"))

    @property
    def arguments(self) -> Sequence[str]:
        """For bubblewrap: say who the child is, and wait before the first program is run. Source: bwrap(1)."""
        return ("--info-fd", str(self._info_write.fileno()), "--block-fd", str(self._go.fileno()))

    @property
    def inherited(self) -> Sequence[int]:
        """For its process. One nobody uses: it is closed with the qube's last process, which ends the router."""
        return tuple(end.fileno() for end in self._lent)

    def attach(self, uid: int, log_fd: int) -> subprocess.Popen[bytes]:
        """Start the router as `uid`, once bubblewrap's process runs; returns the router's. log_fd: for its complaints.

        Raises SandboxRefused if bubblewrap ends before it has made the namespaces, EngineError.
        """
        for end in self._lent:
            end.close()
        child = self._child()
        with contextlib.ExitStack() as stack:
            try:
                network = os.open(f"/proc/{child}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
                stack.callback(os.close, network)
                owner = fcntl.ioctl(network, _NS_GET_USERNS)
                stack.callback(os.close, owner)
            except OSError as error:
                raise SandboxRefused(f"the qube's network cannot be reached: {error.strerror}") from error
            go, ended = self._go_write.fileno(), self._end.fileno()
            argv = [
                *(self._router, "--configure", "--mtu=65520", "--disable-host-loopback", "--enable-seccomp"),
                *("--ready-fd", str(go), "--exit-fd", str(ended)),
                f"--userns-path=/proc/self/fd/{owner}",
                *("--netns-type=path", f"/proc/self/fd/{network}", "tap0"),
            ]
            return launch(argv, uid=uid, log_fd=log_fd, inherited=(go, ended, network, owner), quiet=True)

    def _child(self) -> int:
        """The process id of the sandbox's first process."""
        said = b""
        deadline = time.monotonic() + INFO_TIMEOUT_S
        while len(said) < MAX_INFO_BYTES:
            ready, _, _ = select.select([self._info], [], [], max(0.0, deadline - time.monotonic()))
            more = self._info.read(MAX_INFO_BYTES) if ready else b""
            if not more:
                break
            said += more
        try:
            return int(json.loads(said)["child-pid"])
        except (ValueError, KeyError, TypeError) as error:
            raise SandboxRefused("bubblewrap did not say who runs in the sandbox; see the qube's log") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


class Routed:
    """A sandbox and its router as one process: fits `RunningQube`."""

    def __init__(self, sandbox: subprocess.Popen[bytes], router: subprocess.Popen[bytes]) -> None:
        self._sandbox, self._router = sandbox, router

    @property
    def pid(self) -> int:
        """The sandbox's."""
        return self._sandbox.pid

    def poll(self) -> int | None:
        """Return how the sandbox ended, None while it runs."""
        status = self._sandbox.poll()
        if status is not None:
            self._end_router()
        return status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the sandbox's end; see `RunningQube.wait`."""
        status = self._sandbox.wait(timeout)
        self._end_router()
        return status

    def kill(self) -> None:
        """End the sandbox; the router follows."""
        self._sandbox.kill()

    def _end_router(self) -> None:
        try:
            self._router.wait(ROUTER_END_S)
        except subprocess.TimeoutExpired:
            self._router.kill()
            self._router.wait()
