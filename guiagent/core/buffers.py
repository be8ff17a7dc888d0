"""The page runs of one window and when each may be used again. It must not know the pool or any other window.

The daemon shows the run of the last dump it acknowledged, and acknowledges the dumps of a window in their order. So a
run is free once the dump after it has been acknowledged; hiding the window makes the daemon forget all of them.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from protocol.limits import BYTES_PER_PIXEL, PAGE_BYTES
from shm.runs import Run


class Buffer(NamedTuple):
    """One picture in the pool: rows of width * 4 bytes without padding, from the first byte of the run."""

    width: int
    height: int
    depth: int
    run: Run

    @property
    def offset_bytes(self) -> int:
        """Where the picture begins in the pool."""
        return self.run.first_page * PAGE_BYTES


def pages_for(width: int, height: int) -> int:
    """Whole pages that a picture of this size (px) takes."""
    return -(-width * height * BYTES_PER_PIXEL // PAGE_BYTES)


class Buffers:
    """`current` is what X copies into; `dumped` says whether the daemon was told of it."""

    def __init__(self) -> None:
        self.current: Buffer | None = None
        self.dumped = False
        self._sent: deque[Buffer] = deque()
        self._acknowledged: Buffer | None = None

    def replace(self, buffer: Buffer) -> list[Run]:
        """Copy into `buffer` from now on. Returns the runs that are free: the old one, if it was never dumped."""
        old, self.current, self.dumped = self.current, buffer, False
        return self._free_of(old)

    def sent(self) -> None:
        """The dump of the current buffer was sent."""
        if self.current is not None:
            self._sent.append(self.current)
            self.dumped = True

    def acknowledged(self) -> list[Run]:
        """The oldest unacknowledged dump was acknowledged. Returns the runs that are free now."""
        if not self._sent:
            return []
        old, self._acknowledged = self._acknowledged, self._sent.popleft()
        return self._free_of(old)

    @property
    def unacknowledged(self) -> int:
        """How many dumps still await their acknowledgement."""
        return len(self._sent)

    def given_up(self) -> list[Run]:
        """The window is hidden: the daemon forgets its picture before it reads anything that we send later.

        Returns every run that the window had.
        """
        held = {buffer for buffer in (self.current, self._acknowledged, *self._sent) if buffer is not None}
        self._sent.clear()
        self.current = self._acknowledged = None
        self.dumped = False
        return [buffer.run for buffer in held]

    def _free_of(self, old: Buffer | None) -> list[Run]:
        in_use = (self.current, self._acknowledged, *self._sent)
        return [] if old is None or any(old is buffer for buffer in in_use) else [old.run]
