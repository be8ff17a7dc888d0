"""What one process waits for: descriptors, and what is called when they are ready; must not know what they carry."""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Final, NamedTuple

READABLE: Final = int(select.EPOLLIN)
WRITABLE: Final = int(select.EPOLLOUT)

Ready = list[tuple[int, int]]
"""Descriptors and what they are ready for."""


class _Handlers(NamedTuple):
    readable: Callable[[], None]
    writable: Callable[[], None]
    stream: bool


class Poller:
    """epoll with a handler for each descriptor.

    wait: returns what is ready, for `serve`; after so many s at the latest (-1: never).
    """

    def __init__(self) -> None:
        self._poll = select.epoll()
        self.wait: Callable[[float], Ready] = self._poll.poll
        self._handlers: dict[int, _Handlers] = {}
        self._watched: dict[int, int] = {}

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
        self._handlers[fd] = _Handlers(readable, writable, stream)
        self._watched[fd] = READABLE
        self._poll.register(fd, READABLE)

    def unwatch(self, fd: int) -> None:
        """Do so no longer."""
        del self._handlers[fd], self._watched[fd]
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
            handlers = self._handlers.get(fd)
            if handlers is None:  # an earlier handler of the same turn has let go of it
                continue
            readable, writable, stream = handlers
            if not stream:
                others = True
            if events & WRITABLE:
                writable()
                if events == WRITABLE or fd not in self._handlers:
                    continue
            readable()
        return others
