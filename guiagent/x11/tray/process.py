"""The tray's process, from the agent's side: forked, noticed when it ends, ended. It must not know what it does.

Forked and not started, as the picture child is (ADR 29), and with nothing of the agent's but its code and its log.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from typing import Final, NoReturn

from guiagent.x11.tray.exits import EXIT_DONE, EXIT_FAILED, EXIT_TAKEN

LOG = logging.getLogger(__name__)

STANDARD_FDS: Final = 3


class TrayProcess:
    """Lives until `stop`, or ends by itself: `fileno` is readable then. What it has started ends with it."""

    def __init__(self, display: str, bus: str) -> None:
        """Start it. display: the qube's X server. bus: the address of its session bus, "" for none."""
        theirs, self._link = os.pipe()
        pid = os.fork()
        if pid == 0:
            _run(display, bus, theirs)
        with contextlib.suppress(PermissionError, ProcessLookupError):  # it has done so itself, or has ended
            os.setpgid(pid, pid)
        os.close(theirs)
        self._pid = pid
        self._pidfd = os.pidfd_open(pid)

    def fileno(self) -> int:
        """A descriptor that is readable when it has ended."""
        return self._pidfd

    def ended(self) -> bool:
        """Reap it, which has ended by itself. Returns whether it should be started again."""
        code = self._reap()
        if code in (EXIT_DONE, EXIT_TAKEN):
            return False
        LOG.error("the tray's process ended with %d: its icons are gone until it is back", code)
        return True

    def stop(self) -> None:
        """End it."""
        self._reap()

    def _reap(self) -> int:
        with contextlib.suppress(ProcessLookupError):  # it and what it has started: a program that draws, say
            os.killpg(self._pid, signal.SIGKILL)
        _pid, status = os.waitpid(self._pid, 0)
        os.close(self._pidfd)
        os.close(self._link)
        return os.waitstatus_to_exitcode(status)


def _run(display: str, bus: str, link: int) -> NoReturn:
    """What the child does. link: a descriptor that is readable when the agent has ended, however it did."""
    status = EXIT_FAILED
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(STANDARD_FDS, link)
        os.closerange(link + 1, os.sysconf("SC_OPEN_MAX"))
        from guiagent.x11.tray.run import run  # noqa: PLC0415 - never in the agent itself

        status = run(display, bus, link)
    finally:
        if status == EXIT_FAILED:
            sys.excepthook(*sys.exc_info())  # something was raised: status says so
        os._exit(status)  # nothing of the agent's may run on here
