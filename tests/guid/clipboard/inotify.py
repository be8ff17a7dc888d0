"""Watches one file as Qubes' clipboard widget does: by inotify, without any library."""

import ctypes
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

CLOSE_WRITE = 0x8
_EVENT = struct.Struct("iIII")


class Watch:
    """IN_CLOSE_WRITE on one file. A context manager."""

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert libc.inotify_add_watch(self._fd, os.fsencode(path), CLOSE_WRITE) >= 0

    def take(self) -> list[int]:
        """The masks of the events so far."""
        try:
            raw = os.read(self._fd, 1 << 16)
        except BlockingIOError:
            return []
        found, at = [], 0
        while at < len(raw):
            _watch, mask, _cookie, length = _EVENT.unpack_from(raw, at)
            found.append(mask)
            at += _EVENT.size + length
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
