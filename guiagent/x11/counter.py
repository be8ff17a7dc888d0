"""Four bytes of the pool in which the daemon says how far it is with all frames. Must not know what follows from it."""

from __future__ import annotations

import mmap

from guiagent.core.tally import Tally
from protocol.limits import PAGE_BYTES
from shm.pool import write_count


class Counter:
    """The first bytes of one page of the pool `fd`, as the daemon leaves them."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._mapped: mmap.mmap | None = None
        self._view: memoryview | None = None

    def begin(self, page: int) -> None:
        """From now on it is there, and 0."""
        self.close()
        write_count(self._fd, page, 0)
        self._mapped = mmap.mmap(self._fd, PAGE_BYTES, prot=mmap.PROT_READ, offset=page * PAGE_BYTES)
        self._view = memoryview(self._mapped).cast("I")

    def close(self) -> None:
        """Let go of the page, and of the descriptor that a mapping has of its own."""
        if self._mapped is not None and self._view is not None:
            self._view.release()
            self._mapped.close()
        self._mapped = self._view = None

    def look(self, tally: Tally) -> None:
        """Tell whether it says all that was sent.

        It is looked at twice: a number that is half written at the first look is another one at the second.
        """
        view = self._view
        if tally.open and view is not None and view[0] == tally.sent and view[0] == tally.sent:
            tally.all_done()
