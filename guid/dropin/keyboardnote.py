"""Notes the desktop's keyboard layout in the qube's QubesDB, as the C daemon does; must not know windows.

Two programs of others are run for it, in a process that nobody waits for and that is no child of the daemon's.
Source: qubes-gui-daemon 4.3 (/qubes-keyboard, "deprecated in R4.1"); qubesdb.h, its path and its limit.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

KEY: Final = "/qubes-keyboard"
TIMEOUT_S = 10.0
"""Of each program."""
MAX_NOTE_BYTES: Final = 3_072
"""Source: qubesdb.h, QDB_MAX_DATA."""


def note_layout(qube: str, folder: Path) -> None:
    """Let it be noted soon, if QubesDB of that qube can be reached from here, which is so in dom0 alone."""
    if (folder / f"qubesdb.{qube}.sock").is_socket():
        try:
            apart(partial(write_layout, qube))
        except OSError as error:
            log.warning("%s: the keyboard layout is not noted in QubesDB: %s", qube, error.strerror)


def apart(work: Callable[[], object]) -> None:
    """Do `work` in a process that is nobody's child for long; it keeps the log, and neither windows nor channels.

    Raises OSError if there can be no further process.
    """
    between = os.fork()
    if between:
        os.waitpid(between, 0)  # ends at once
        return
    from guid.fork import end_with  # noqa: PLC0415 - it loads the daemon's loop, which is there by now

    def begin() -> int:
        if not os.fork():
            os.setsid()
            work()
        return 0

    end_with(begin, keep=(), crash="the keyboard layout is not noted in QubesDB")


def write_layout(qube: str) -> None:
    """Ask the desktop for its layout and hand it on; whatever fails is one line in the log."""
    try:
        layout = _said(("setxkbmap", "-print"))
        if not 0 < len(layout) <= MAX_NOTE_BYTES:
            log.warning("%s: a keyboard layout of %d bytes is not noted in QubesDB", qube, len(layout))
            return
        _said(("qubesdb-write", "-d", qube, KEY, layout.decode("utf-8", "surrogateescape")))
    except subprocess.SubprocessError as error:
        log.warning("%s: the keyboard layout is not noted in QubesDB: %s", qube, _words(error))
    except OSError as error:
        log.warning("%s: the keyboard layout is not noted in QubesDB: %s: %s", qube, error.filename, error.strerror)


def _said(argv: tuple[str, ...]) -> bytes:
    """What a program has printed. Raises SubprocessError, OSError."""
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TIMEOUT_S, check=True
    )
    return done.stdout


def _words(error: subprocess.SubprocessError) -> str:
    """Without the text that was to be written."""
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{error.cmd[0]} took more than {TIMEOUT_S:.0f} s"
    if isinstance(error, subprocess.CalledProcessError):
        return f"{error.cmd[0]} failed ({error.returncode})"
    return str(error)
