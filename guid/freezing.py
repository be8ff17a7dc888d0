"""Lets everything in a qube stand still, and go on; must not know why, or what a qube is.

Where the qube has a control group, the kernel freezes that. Elsewhere each of its processes is stopped by a signal:
parents first and let go last, so that no shell sees a program of its own stopped. One that starts others meanwhile is
followed until a look finds none that runs; in a process namespace nobody can leave the tree that is looked at.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from guid.core.processtree import STANDING, Process, below, process_in

PASSES = 8
"""Looks at once; whoever starts processes faster than that is looked at again by `look_again`."""


class Frozen:
    """What stands still. pid: all that this process has started. freezer: a file of its control group, if it has one.

    settled: nothing runs any more, and cannot begin to. Raises OSError if the group cannot be frozen.
    """

    def __init__(self, pid: int, freezer: Path | None) -> None:
        self._root = pid
        self._freezer = freezer
        self._stopped: list[Process] = []
        self._quiet = False  # the last look found none that ran
        self.settled = False
        if freezer is not None:
            freezer.write_text("1")
            self.settled = True
        for _ in range(PASSES):
            if not self.settled:
                self.look_again()

    def look_again(self) -> None:
        """Stop what runs, because it was started since the last look or woken by another.

        Settled if nothing does, twice: one that was looked at may be woken by another, looked at later, that was told
        to stand still before and does so in between.
        """
        known = {(process.pid, process.began) for process in self._stopped}
        running = [each for each in below(self._root, _processes()) if each.state not in STANDING]
        stopped = [each for each in running if _signal(each, signal.SIGSTOP)]
        self._stopped += [each for each in stopped if (each.pid, each.began) not in known]
        self.settled = self._quiet and not running
        self._quiet = not running

    def go_on(self) -> None:
        """Let it run again; what stood still before does not."""
        if self._freezer is not None:
            with suppress(OSError):  # the qube has ended, and its group with it
                self._freezer.write_text("0")
        for process in reversed(self._stopped):
            _signal(process, signal.SIGCONT)


def _processes() -> Iterator[Process]:
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            process = _look(int(entry.name))
            if process is not None:
                yield process


def _look(pid: int) -> Process | None:
    """None if it has ended. One whose first thread stands still or has ended is in the state of another that runs."""
    found = _read(f"/proc/{pid}")
    if found is None or found.state not in STANDING or found.threads == 1:
        return found
    with suppress(FileNotFoundError, ProcessLookupError):
        threads = [_read(entry.path) for entry in os.scandir(f"/proc/{pid}/task")]
        states = (each.state for each in threads if each is not None and each.state not in STANDING)
        return found._replace(state=next(states, found.state))
    return None


def _read(folder: str) -> Process | None:
    try:
        return process_in(Path(folder, "stat").read_text(encoding="utf-8", errors="replace"))
    except (FileNotFoundError, ProcessLookupError):
        return None


def _signal(process: Process, number: int) -> bool:
    """Send it, to this process and no later one of the same number; whether it is there."""
    try:
        pidfd = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        found = _look(process.pid)
        if found is None or found.began != process.began:
            return False
        signal.pidfd_send_signal(pidfd, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(pidfd)
    return True
