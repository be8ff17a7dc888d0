"""Drawings (SVG) turned into PNG files by a program of the qube, if it has one. It must not know what they are for."""

from __future__ import annotations

import logging
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from typing import Final

LOG = logging.getLogger(__name__)

PROGRAM: Final = "rsvg-convert"
"""Debian's librsvg2-bin."""
TIMEOUT_S: Final = 5.0
MAX_PNG_BYTES: Final = 4 << 20

Done = Callable[[int, bytes], None]


class Rasterizer:
    """Each drawing in a process of its own."""

    def __init__(self, done: Done) -> None:
        """done: gets the job and the PNG, or nothing."""
        self._done = done
        self._poll = select.epoll()
        self._running: dict[int, tuple[int, subprocess.Popen[bytes], int, float]] = {}
        self._missed = False

    def fileno(self) -> int:
        """Readable when one has ended."""
        return self._poll.fileno()

    def begin(self, job: int, file: str, side: int) -> None:
        """Draw it as large as fits into a square of `side` px."""
        program = shutil.which(PROGRAM)
        if program is None:
            if not self._missed:
                self._missed = True
                LOG.warning(
                    "icons that are drawings (SVG) are not shown: %s is missing (Debian: librsvg2-bin)", PROGRAM
                )
            self._done(job, b"")
            return
        output = os.memfd_create("vitrail-icon", os.MFD_CLOEXEC)
        argv = [program, "--width", str(side), "--height", str(side), "--keep-aspect-ratio", "--format", "png", file]
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, cwd="/")
        pidfd = os.pidfd_open(process.pid)
        self._running[pidfd] = job, process, output, time.monotonic() + TIMEOUT_S
        self._poll.register(pidfd, select.EPOLLIN)

    def deadline(self) -> float | None:
        """When one has had its time."""
        return min((until for _job, _process, _output, until in self._running.values()), default=None)

    def close(self) -> None:
        """End all."""
        for _job, process, _output, _until in self._running.values():
            process.kill()
            process.wait()

    def settle(self) -> None:
        """Hand on what has been drawn, and end what takes too long."""
        now = time.monotonic()
        ended = {fd for fd, _events in self._poll.poll(0)}
        for pidfd, (job, process, output, until) in list(self._running.items()):
            if pidfd not in ended and now < until:
                continue
            if pidfd not in ended:
                process.kill()
            del self._running[pidfd]
            self._poll.unregister(pidfd)
            os.close(pidfd)
            drawn = process.wait() == 0
            png = os.pread(output, MAX_PNG_BYTES, 0) if drawn else b""
            os.close(output)
            self._done(job, png)
