"""The outside end of the calls that a machine answers: JSON lines over a socket. Knows no machine."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

CONNECT_TIMEOUT_S = 20.0
READ_BYTES = 1 << 16


class CallFailed(AssertionError):
    """The function inside raised; the text is its traceback."""


class NoAnswer(AssertionError):
    """The machine did not answer in time, or is gone."""


class Calls:
    """Calls one function after another."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._waiting = b""
        self._number = 0

    def wait_until_ready(self, timeout_s: float) -> None:
        """Wait for the machine's first word. Raises NoAnswer."""
        message = self._read(time.monotonic() + timeout_s, "its first word")
        if message != {"ready": True}:
            raise NoAnswer(f"the machine began with {message!r}")

    def call(self, function: str, timeout_s: float = 60.0, /, **arguments: Any) -> Any:
        """Call `package.module:function` inside. Raises CallFailed or NoAnswer."""
        self._number += 1
        request = {"id": self._number, "call": function, "with": arguments}
        deadline = time.monotonic() + timeout_s
        self._socket.settimeout(timeout_s)
        try:
            self._socket.sendall(json.dumps(request).encode("ascii") + b"\n")
        except OSError as error:
            raise NoAnswer(f"the machine is gone: {error}") from error
        while True:
            message = self._read(deadline, function)
            if message.get("id") == self._number:  # else the late answer to a call that was given up
                break
        if "error" in message:
            raise CallFailed(f"{function}:\n{message['error']}")
        return message["result"]

    def _read(self, deadline: float, what: str) -> dict[str, Any]:
        while b"\n" not in self._waiting:
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self._socket.recv(READ_BYTES)
            except TimeoutError as error:
                raise NoAnswer(f"no answer in time: {what}") from error
            except OSError as error:
                raise NoAnswer(f"the machine is gone: {error}") from error
            if not data:
                raise NoAnswer(f"the machine is gone: {what}")
            self._waiting += data
        line, _, self._waiting = self._waiting.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        """Go away: the machine ends itself."""
        self._socket.close()


def connect(path: Path, timeout_s: float = CONNECT_TIMEOUT_S) -> Calls:
    """Connect to QEMU's socket, which may not be there yet. Raises NoAnswer."""
    deadline = time.monotonic() + timeout_s
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(str(path))
        except OSError as error:
            sock.close()
            if time.monotonic() > deadline:
                raise NoAnswer(f"QEMU does not listen at {path}: {error}") from error
            time.sleep(0.05)
            continue
        return Calls(sock)
