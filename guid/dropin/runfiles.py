"""The files by which one daemon for a domain knows of another: booting and running; must not know what a daemon does.

`guid-running.ID` holds the pid, as others expect it of the C daemon, and is locked for as long as its daemon lives: a
file that is left behind is known by its lock being free, whoever has the pid now. The C daemon does not lock; a pid
in an unlocked file counts if a program of its name has it. Whoever starts holds the lock of `guid-booting.ID`.
Source: qubes-gui-daemon 4.3, /run/qubes; qvm-start-daemon reads the pid from there.
"""

from __future__ import annotations

import fcntl
import os
import select
import time
from pathlib import Path
from typing import Final

LOOK_S: Final = 0.05
MAX_PID_BYTES: Final = 20
THEIRS: Final = "qubes-guid"
"""What the C daemon is called. Source: proc(5), comm."""


class RunFileError(Exception):
    """A file cannot be used, or another start is in the way; the message says which. This system's fault."""


class Booting:
    """The right to start a daemon for a domain; one has it at a time, and with it a forked child."""

    def __init__(self, folder: Path, domain: int, *, patience_s: float) -> None:
        """Waits at most `patience_s` for another one that is starting. Raises RunFileError."""
        self._path = folder / f"guid-booting.{domain}"
        until = time.monotonic() + patience_s
        while (fd := self._locked()) is None:
            if time.monotonic() >= until:
                raise RunFileError(f"another daemon for domain {domain} is starting: it has {self._path}")
            select.select([], [], [], LOOK_S)
        self._fd = fd

    def _locked(self) -> int | None:
        """The file's descriptor if its lock was free, and it is still the one that others will find."""
        fd = _opened(self._path, mode=0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(fd), self._path.lstat()):
                return fd
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(fd)
        return None

    def over(self) -> None:
        """It has started, or never will."""
        if self._fd >= 0:
            self._path.unlink(missing_ok=True)
            self.leave()

    def leave(self) -> None:
        """It is another process's from now on, which has the same lock."""
        os.close(self._fd)
        self._fd = -1


class Running:
    """The mark of a daemon that serves a domain."""

    def __init__(self, folder: Path, domain: int) -> None:
        self._path = folder / f"guid-running.{domain}"
        self._fd = -1

    def pid(self) -> int | None:
        """Of the daemon that serves the domain now, None if there is none. Raises RunFileError."""
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunFileError(f"cannot use {self._path}: {error.strerror}") from error
        try:
            found = _number_in(os.read(fd, MAX_PID_BYTES))
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return found or 0
        except OSError as error:
            raise RunFileError(f"cannot use {self._path}: {error.strerror}") from error
        finally:
            os.close(fd)
        return found if found is not None and name_of(found) == THEIRS else None

    def put(self) -> None:
        """Say that this process serves the domain. What a crashed one has left is replaced. Raises RunFileError."""
        self._path.unlink(missing_ok=True)
        self._fd = _opened(self._path, mode=0o644, more=os.O_EXCL)
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(self._fd, b"%d\n" % os.getpid())

    def gone(self) -> None:
        """Say so no longer, if it was said."""
        if self._fd >= 0:
            self._path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = -1


def name_of(pid: int) -> str | None:
    """What the program of a process is called, None if there is none."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _number_in(raw: bytes) -> int | None:
    word = raw.strip()
    return int(word) if word.isdigit() and len(word) < MAX_PID_BYTES else None


def _opened(path: Path, *, mode: int, more: int = 0) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | more, mode)
    except OSError as error:
        raise RunFileError(f"cannot use {path}: {error.strerror}") from error
