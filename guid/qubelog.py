"""What a qube prints, as its log has it; must not know what prints it."""

from __future__ import annotations

import fcntl
import os
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

from guid.core.text import escaped

LOG_READ_BYTES = 1 << 16
MAX_LOG_BYTES = 4 << 20
"""A qube's log stops growing here; what a qube writes costs the desktop side disk."""


class QubeLog:
    """A new log at `path`.

    read_fd, write_fd: of the pipe into which the qube prints. followers: told that the log has grown.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read_fd, self.write_fd = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.read_fd, False)
        self.followers: list[Callable[[dict[str, Any]], bool]] = []
        self._logged_bytes = 0
        path.unlink(missing_ok=True)

    def hand_over(self) -> None:
        """The qube has the end into which it prints; ours would keep the pipe open."""
        os.close(self.write_fd)
        self.write_fd = -1

    def read(self) -> bool:
        """Take some of the qube's output, escaped; False when there is no more now."""
        try:
            raw = os.read(self.read_fd, LOG_READ_BYTES)
        except (BlockingIOError, OSError):
            return False
        if raw and self._logged_bytes < MAX_LOG_BYTES:
            self._logged_bytes += len(raw)
            with self.path.open("a", encoding="ascii") as out:
                out.writelines(_log_text(line) for line in raw.splitlines(keepends=True))
            self.followers = [follower for follower in self.followers if follower({"grown": True})]
        return bool(raw)

    def read_whole(self) -> None:
        """All of its output that there is now, and not what it adds meanwhile: that could go on for ever."""
        there = int.from_bytes(fcntl.ioctl(self.read_fd, termios.FIONREAD, bytes(4)), sys.byteorder)
        for _ in range(there // LOG_READ_BYTES + 1):
            if not self.read():
                return

    def close(self) -> None:
        """The qube has ended; whoever follows is told."""
        for follower in self.followers:
            follower({"ended": True})
        for fd in (self.read_fd, self.write_fd):
            if fd >= 0:
                os.close(fd)


def _log_text(line: bytes) -> str:
    """A line of output as the log has it; one that has not ended yet goes on with what comes next."""
    words = line.rstrip(b"\r\n")
    return escaped(words.decode("utf-8", "replace")) + ("\n" if words != line else "")
