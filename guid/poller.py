"""What one process waits for: descriptors, and what is called when they are ready; must not know what they carry."""

from __future__ import annotations

import select
from collections.abc import Callable
from functools import partial
from typing import Protocol


class End(Protocol):
    """A connection whose output may have to wait."""

    @property
    def wants_write(self) -> bool:
        """Output waits until the descriptor can be written."""

    def fileno(self) -> int:
        """Return the descriptor."""


class Poller:
    """epoll with a handler for each descriptor."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._readable: dict[int, Callable[[], None]] = {}
        self._writable: dict[int, Callable[[], None]] = {}
        self._watched: dict[int, int] = {}

    def watch(self, fd: int, readable: Callable[[], None], writable: Callable[[], None] = lambda: None) -> None:
        """Call `readable` whenever `fd` can be read; `writable` only while `want` says that output waits."""
        self._readable[fd], self._writable[fd] = readable, writable
        self._watched[fd] = select.EPOLLIN
        self._poll.register(fd, select.EPOLLIN)

    def unwatch(self, fd: int) -> None:
        """Do so no longer."""
        del self._readable[fd], self._writable[fd], self._watched[fd]
        self._poll.unregister(fd)

    def want(self, end: End, *, reads: bool = True) -> None:
        """Ask for writability exactly while output waits, and for input if `reads`."""
        fd, wanted = end.fileno(), select.EPOLLIN if reads else 0
        if end.wants_write:
            wanted |= select.EPOLLOUT
        if self._watched[fd] != wanted:
            self._watched[fd] = wanted
            self._poll.modify(fd, wanted)

    def wait(self, timeout_s: float) -> list[Callable[[], None]]:
        """What is to be called for what is ready, in order; after timeout_s at the latest (-1: never)."""
        return [partial(self._serve, fd, events) for fd, events in self._poll.poll(timeout_s)]

    def _serve(self, fd: int, events: int) -> None:
        if fd not in self._watched:  # an earlier handler of the same turn has let go of it
            return
        if events & select.EPOLLOUT:
            self._writable[fd]()
        if events & ~select.EPOLLOUT and fd in self._readable:
            self._readable[fd]()
