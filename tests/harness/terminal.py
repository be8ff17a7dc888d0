"""A program on a terminal of its own, to type to; knows nothing of what it is."""

import fcntl
import os
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.wait import time_scale

ROWS, COLUMNS = 30, 150


class Terminal:
    """One program, leader of its session. A context manager; at its end the program is gone and reaped."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> None:
        self._ours, theirs = os.openpty()
        os.set_blocking(self._ours, False)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("=HHHH", ROWS, COLUMNS, 0, 0))
        self._shown = bytearray()
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *argv], env=dict(env), cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)

    def enter(self, text: str) -> None:
        """Type it, key by key as far as the program can tell."""
        os.write(self._ours, text.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._process.send_signal(number)

    def shown(self) -> str:
        """Everything that it has printed so far, escape sequences and all."""
        while True:
            try:
                data = os.read(self._ours, 1 << 16)
            except (BlockingIOError, OSError):  # nothing now, or nobody there any more
                break
            if not data:
                break
            self._shown += data
        return self._shown.decode("utf-8", "replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(10 * time_scale())
        os.close(self._ours)
