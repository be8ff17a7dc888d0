"""What an agent's references name, as the desktop side reads it; knows no window, and no X server.

Two kinds exist. A pool lies in one file that an X server attaches, and pictures are drawn where they are. Everything
else is copied, row by row, into memory of ours that is attached instead.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, Protocol

from protocol.limits import PAGE_BYTES
from shm.errors import ShmError
from shm.runs import Run

ANY_REF: Final = 1 << 32
"""References that are no page indices may be any number that the wire can carry."""


class PictureBytes(Protocol):
    """The pages of one picture, one after another."""

    @property
    def size_bytes(self) -> int:
        """How many bytes there are: whole pages."""

    def copy_to(self, fd: int, offset_bytes: int, length_bytes: int) -> None:
        """Copy bytes to the same place of a file. Raises ShmError if they are not there (any more)."""

    def close(self) -> None:
        """Let go of the pages. Harmless when repeated."""


class PageSource(Protocol):
    """What all references of one qube name.

    refs: they are smaller than this. size_bytes: what copies for this qube may take together.
    """

    refs: int
    size_bytes: int

    def picture(self, runs: Sequence[Run]) -> PictureBytes:
        """Return the pages that the references in `runs` name, to be closed. Raises ShmError if they cannot be had."""


class PoolPicture:
    """Pages of a pool, read by pread: a page that is not there is zeros or an error, never a signal."""

    def __init__(self, pool_fd: int, runs: Sequence[Run]) -> None:
        self._fd = pool_fd
        self._runs = list(runs)
        # _ends[i] is where run i ends, in bytes of the picture.
        self._ends = list(accumulate(run.pages * PAGE_BYTES for run in self._runs))
        self.size_bytes = self._ends[-1] if self._ends else 0

    def copy_to(self, fd: int, offset_bytes: int, length_bytes: int) -> None:
        """Copy, run by run."""
        at, end = offset_bytes, offset_bytes + length_bytes
        index = bisect_right(self._ends, at)
        while at < end:
            part_end = min(end, self._ends[index])
            run = self._runs[index]
            run_start = self._ends[index] - run.pages * PAGE_BYTES
            data = os.pread(self._fd, part_end - at, run.first_page * PAGE_BYTES + at - run_start)
            if len(data) != part_end - at or os.pwrite(fd, data, at) != len(data):
                raise ShmError("a picture's pages could not be copied whole")
            at = part_end
            index += 1

    def close(self) -> None:
        """Nothing is held."""


class PoolPages:
    """A pool through a descriptor that reads it."""

    def __init__(self, fd: int, size_bytes: int) -> None:
        self._fd = fd
        self.refs = size_bytes // PAGE_BYTES
        self.size_bytes = size_bytes

    def picture(self, runs: Sequence[Run]) -> PoolPicture:
        """Never fails: the references are page indices."""
        return PoolPicture(self._fd, runs)
