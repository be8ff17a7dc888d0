"""A real daemon process beside a test; knows its command line and its status packets, nothing of its inside."""

import json
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from shm.pool import Pool
from tests.harness.processes import ROOT, Child, as_person, clean_environment
from tests.harness.wait import time_scale, wait_until

PACKET_BYTES = 1 << 20


PLAIN = ("--no-tag", "--option", "title_name = false")


class DaemonProcess:
    """`vitrail daemon` for one agent. A context manager.

    status: every packet it sent so far. program: what the interpreter is given to be the command. uid: who runs it, if
    not whoever runs the tests. on_clipboard: takes what it says of the clipboard, and the descriptor that came with it.
    tagged: frames and titles name the qube, as they do by default; most tests are about something else.
    """

    def __init__(
        self,
        display: str,
        vchan_path: Path,
        pool: Pool,
        *,
        name: str = "work",
        label: str = "blue",
        arguments: tuple[str, ...] = (),
        log: Path | None = None,
        program: tuple[str, ...] = ("-m", "guid"),
        uid: int | None = None,
        tagged: bool = False,
    ) -> None:
        self.status: list[dict[str, Any]] = []
        self._tagged = tagged
        self.on_clipboard: Callable[[dict[str, Any], int | None], None] | None = None
        self._status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pool_fd = pool.fd
        self.log = log or vchan_path.with_name(f"daemon-{name}.log")
        argv: list[str | Path] = [
            *as_person(uid), sys.executable, *program, "daemon", "--name", name, "--label", label,
            "--vchan-socket", vchan_path, "--pool-fd", str(pool_fd), "--status-fd", str(theirs.fileno()),
            *(() if tagged else PLAIN), *arguments,
        ]  # fmt: skip
        environment = clean_environment(DISPLAY=display, PYTHONPATH=str(ROOT))
        self.child = Child(argv, env=environment, pass_fds=(pool_fd, theirs.fileno()), log=self.log)
        theirs.close()

    def windows(self) -> list[dict[str, Any]]:
        """Every window as the daemon describes it, in no order that means anything."""
        self._status.send(json.dumps({"query": "windows"}).encode())
        found: list[dict[str, Any]] = self.expect("windows")["windows"]
        return found

    def window(self, remote_wid: int) -> dict[str, Any]:
        """One window; waits until it is there."""

        def look() -> dict[str, Any] | None:
            return next((each for each in self.windows() if each["remote_wid"] == remote_wid), None)

        return wait_until(look, what=f"window {remote_wid:#x} in the daemon's list") or {}

    def expect(self, key: str, timeout_s: float = 10.0) -> dict[str, Any]:
        """Wait for a packet with `key`."""
        self._status.settimeout(timeout_s * time_scale())
        while True:
            message = self._take()
            if message is None:
                raise EOFError(f"the daemon ended without {key!r}; log: {self.child.output()}")
            if key in message:
                return message

    def pump(self) -> None:
        """Take what it has said so far, without waiting."""
        with suppress(BlockingIOError):
            self._status.settimeout(0)
            while self._take() is not None:
                self._status.settimeout(0)  # what was said may have been answered

    def tell(self, message: dict[str, Any], *fds: int) -> None:
        """Send it a packet, as a supervisor does."""
        self._status.settimeout(10 * time_scale())
        if "options" in message and not self._tagged:
            message = {**message, "options": {"name_tag": False, "title_name": False, **message["options"]}}
        socket.send_fds(self._status, [json.dumps(message).encode()], fds)

    def _take(self) -> dict[str, Any] | None:
        packet, fds, _flags, _address = socket.recv_fds(self._status, PACKET_BYTES, 1)
        if not packet:
            return None
        message: dict[str, Any] = json.loads(packet)
        self.status.append(message)
        if "clipboard" in message and self.on_clipboard is not None:
            self.on_clipboard(message, fds[0] if fds else None)
        return message

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.close()
        self.child.stop()
