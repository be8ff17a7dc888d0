"""Which pages of a qube's memory were ever written, looked at little by little; must not know what is drawn.

Reading a hole would allocate memory in the X server's account. The kernel walks page by page to the next hole, so what
a batch of draws may look at is counted: a qube decides how much there is to walk, and how often.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from protocol.limits import PAGE_BYTES
from shm.pool import holds_data
from shm.runs import Run

MAX_LOOKED_PAGES: Final = 1 << 16
"""What one batch walks over: about 2 ms. The last look may take another 4 ms, over the largest pool."""

LOOK_PAGES: Final = 32
"""A look costs as much as walking over so many pages."""


class Progress:
    """How much of a picture is known to be written: so many of its runs, and so many pages of the next one."""

    __slots__ = ("pages", "runs")

    def __init__(self) -> None:
        self.runs = self.pages = 0


class Looks:
    """Looks at the memory `fd`. left: pages that this batch may still walk over; below 1 there should be no more."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.left = MAX_LOOKED_PAGES

    def begin(self) -> None:
        """Another batch."""
        self.left = MAX_LOOKED_PAGES

    def wholly(self, runs: Sequence[Run], progress: Progress) -> bool:
        """Whether all these pages were written, as far as is known: goes on where `progress` is, to the first hole."""
        while progress.runs < len(runs) and self.left > 0:
            run = runs[progress.runs]
            start = run.first_page + progress.pages
            hole = os.lseek(self._fd, start * PAGE_BYTES, os.SEEK_HOLE) // PAGE_BYTES
            self.left -= LOOK_PAGES + hole - start
            if hole < run.first_page + run.pages:
                progress.pages = hole - run.first_page
                return False
            progress.runs, progress.pages = progress.runs + 1, 0
        return progress.runs == len(runs)

    def partly(self, first_byte: int, end_byte: int) -> bool:
        """Whether any page under these bytes was written."""
        self.left -= LOOK_PAGES
        first = first_byte // PAGE_BYTES
        return holds_data(self._fd, first, (end_byte - 1) // PAGE_BYTES - first + 1)
