"""Prints what a qube prints while a command waits for an answer, out of the qube's log; must not know what is asked."""

from __future__ import annotations

import os
import select
import socket
from pathlib import Path
from typing import BinaryIO, Final

OWN: Final = b"guiagent: "
"""How the agent's own lines begin. Source: guid/output.py."""
LOOK_S: Final = 0.2
"""How often the log is looked at: a person takes this for at once."""
MAX_READ_BYTES: Final = 1 << 16


class Printing:
    """Begins at the present end of the log, or at the beginning of one that is made later."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unended = b""
        self._log = self._opened()
        if self._log is not None:
            self._log.seek(0, os.SEEK_END)

    def __call__(self, connection: socket.socket) -> None:
        """Print whole lines until something is said on `connection`."""
        while not select.select([connection], [], [], LOOK_S)[0]:
            self._print()

    def end(self) -> None:
        """Print the rest."""
        self._print()
        self._say(self._unended)
        if self._log is not None:
            self._log.close()

    def _print(self) -> None:
        self._rest()
        self._follow()
        self._rest()

    def _follow(self) -> None:
        """A qube that starts begins a log of its own; one that is gone has none any more."""
        found, old = self._opened(), self._log
        if found is None:
            return
        same = old is not None and os.path.sameopenfile(old.fileno(), found.fileno())
        if not same:
            self._log = found
        unused = found if same else old
        if unused is not None:
            unused.close()

    def _opened(self) -> BinaryIO | None:
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            return None

    def _rest(self) -> None:
        while self._log is not None and (read := self._log.read(MAX_READ_BYTES)):
            *lines, self._unended = (self._unended + read).splitlines(keepends=True)
            if self._unended.endswith(b"\n"):
                lines, self._unended = [*lines, self._unended], b""
            self._say(*lines)

    def _say(self, *lines: bytes) -> None:
        told = b"".join(line for line in lines if not line.startswith(OWN)).decode("ascii", "replace")
        if told:
            print(told, end="", flush=True)
