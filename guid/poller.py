"""What one process waits for: descriptors, and what is called when they are ready; must not know what they carry."""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Final

READABLE: Final = int(select.EPOLLIN)
WRITABLE: Final = int(select.EPOLLOUT)

Ready = list[tuple[int, int]]
"""Descriptors and what they are ready for."""


class Poller:
    """epoll with a handler for each descriptor.

    wait: returns what is ready, for `serve`; after so many s at the latest (-1: never).
    """

    def __init__(self) -> None:
        self._poll = select.epoll()
        self.wait: Callable[[float], Ready] = self._poll.poll
        self._readable: dict[int, Callable[[], None]] = {}
        self._writable: dict[int, Callable[[], None]] = {}
        self._watched: dict[int, int] = {}
        self._streams: set[int] = set()

    def watch(
        self,
        fd: int,
        readable: Callable[[], None],
        writable: Callable[[], None] = lambda: None,
        *,
        stream: bool = False,
    ) -> None:
        """Call `readable` whenever `fd` can be read; `writable` only while `want` says that output waits.

        stream: much comes by it, and whoever reads it knows what of that matters to others; see `serve`.
        """
        self._readable[fd], self._writable[fd] = readable, writable
        self._watched[fd] = READABLE
        if stream:
            self._streams.add(fd)
        self._poll.register(fd, READABLE)

    def unwatch(self, fd: int) -> None:
        """Do so no longer."""
        del self._readable[fd], self._writable[fd], self._watched[fd]
        self._streams.discard(fd)
        self._poll.unregister(fd)

    def want(self, fd: int, *, writes: bool, reads: bool = True) -> None:
        """Ask for writability if `writes`, because output waits, and for input if `reads`."""
        wanted = (READABLE if reads else 0) | (WRITABLE if writes else 0)
        if self._watched[fd] != wanted:
            self._watched[fd] = wanted
            self._poll.modify(fd, wanted)

    def serve(self, ready: Ready) -> bool:
        """Call what is to be called, in order. Returns whether any of it was no stream."""
        others = False
        for fd, events in ready:
            readable = self._readable.get(fd)
            if readable is None:  # an earlier handler of the same turn has let go of it
                continue
            if fd not in self._streams:
                others = True
            if events & WRITABLE:
                self._writable[fd]()
                readable = self._readable.get(fd)
                if events == WRITABLE or readable is None:
                    continue
            readable()
        return others
