"""What may be handed to a qube: each descriptor must be what it is said to be. Must not open anything for a qube."""

from __future__ import annotations

import fcntl
import os
import socket
import stat
from pathlib import Path
from typing import Final

from guid.engines.errors import UnsafeDescriptor

_REQUIRED_SEALS: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


def check_descriptors(listener: socket.socket, pool_fd: int, control: socket.socket, log_fd: int) -> None:
    """Raise UnsafeDescriptor unless each is what it is meant to be: a folder's would lead out of the sandbox."""
    if listener.family != socket.AF_UNIX or not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise UnsafeDescriptor("the qube's listener is not a listening unix socket")
    if control.family != socket.AF_UNIX:
        raise UnsafeDescriptor("the qube's control connection is not a unix socket")
    try:
        seals = fcntl.fcntl(pool_fd, fcntl.F_GET_SEALS)
    except OSError as error:
        raise UnsafeDescriptor("the qube's pool is not memory that can be sealed") from error
    if seals & _REQUIRED_SEALS != _REQUIRED_SEALS:
        raise UnsafeDescriptor("the qube's pool is not sealed against shrinking and growing")
    log = os.fstat(log_fd)
    null = stat.S_ISCHR(log.st_mode) and log.st_rdev == Path("/dev/null").stat().st_rdev
    if not (stat.S_ISFIFO(log.st_mode) or stat.S_ISSOCK(log.st_mode) or null):
        # A regular file could be opened again through /proc/self/fd and read or cut; a terminal obeys escape sequences.
        raise UnsafeDescriptor("a qube's output may only go to a pipe, a socket or /dev/null")
