"""What a forked child does first; must not know what it is forked for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def only_descriptors(keep: Iterable[int]) -> None:
    """Close every descriptor but `keep`, and take the parent's signal handlers away: the child is a program anew."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    kept = set(keep)
    for fd in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if fd not in kept:
            with suppress(OSError):  # the folder's own descriptor
                os.close(fd)
