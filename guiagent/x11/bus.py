"""The qube's own session bus: one dbus-daemon for its programs. It must not know who says what on it.

Without one, programs wait for a bus that never comes, or each starts one of its own.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from guiagent.x11.readiness import end, line_said

LOG = logging.getLogger(__name__)

DBUS_DAEMON: Final = "dbus-daemon"
ADDRESS: Final = "DBUS_SESSION_BUS_ADDRESS"
START_TIMEOUT_S: Final = 5.0
"""Measured: 6 ms, beside the start of the X server."""
STOP_TIMEOUT_S: Final = 1.0


class SessionBus:
    """A bus that begins to listen. Its socket is a path in a folder of its own, which nobody else may enter."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, address_fd: int) -> None:
        self._process = process
        self._folder = folder
        self._address_fd = address_fd

    @classmethod
    def start(cls) -> SessionBus | None:
        """Start it; None, with a line in the log, if there is no dbus-daemon."""
        folder = Path(tempfile.mkdtemp(prefix="vitrail-bus-"))
        read_end, write_end = os.pipe()
        argv = [DBUS_DAEMON, "--session", "--nofork", "--nopidfile", "--nosyslog", f"--print-address={write_end}"]
        try:
            process = subprocess.Popen(
                [*argv, f"--address=unix:path={folder / 'bus'}"],
                pass_fds=(write_end,),
                stdin=subprocess.DEVNULL,
                cwd="/",
            )
        except OSError as error:
            LOG.warning("programs have no session bus: cannot run %s: %s", DBUS_DAEMON, error.strerror)
            os.close(read_end)
            shutil.rmtree(folder, ignore_errors=True)
            return None
        finally:
            os.close(write_end)
        return cls(process, folder, read_end)

    def address(self) -> str | None:
        """Wait until it listens, and say where; None, with a line in the log, if it does not come up."""
        said = line_said(self._address_fd, START_TIMEOUT_S)
        if said is None:
            LOG.warning("programs have no session bus: %s did not come up", DBUS_DAEMON)
            return None
        return said.decode("ascii", "replace").strip()

    def stop(self) -> None:
        """End it and remove its files."""
        os.close(self._address_fd)
        end(self._process, self._folder, STOP_TIMEOUT_S)
