"""Reads the file that -i names; must not know what is drawn from it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from colors.iconfile import MAX_FILE_BYTES, BadIconFile, checked


def icon_in(path: Path) -> bytes:
    """The PNG in a file, checked. Raises BadIconFile; never waits, whatever kind of file it is."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise BadIconFile("is no file")
            raw = os.read(fd, MAX_FILE_BYTES + 1)
        finally:
            os.close(fd)
    except OSError as error:
        raise BadIconFile(f"cannot be read: {error.strerror}") from error
    return checked(raw)
