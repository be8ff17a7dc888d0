"""The two sides of shared memory for the suite that all kinds pass; knows no kind, and no suite."""

from __future__ import annotations

import mmap
import os
import tempfile

from protocol.limits import PAGE_BYTES
from shm.pages import PageSource, PictureBytes
from shm.pool import PagePool
from shm.runs import runs_of
from shm.supply import PageSupply


class AgentSide:
    """Where windows are drawn. pool: what an X server attaches; supply: where its runs come from."""

    def __init__(self, pool: PagePool, supply: PageSupply) -> None:
        self._supply = supply
        self._memory = mmap.mmap(pool.fd, pool.pages * PAGE_BYTES)
        self._pages: dict[int, int] = {}

    def allocate(self, pages: int) -> tuple[int, list[int]] | str:
        """First page and references of a run, or why there is none."""
        first_page = self._supply.allocate(pages)
        if first_page is None:
            return self._supply.shortage()
        self._pages[first_page] = pages
        refs = self._supply.refs(first_page, pages)
        return first_page, [int.from_bytes(refs[at : at + 4], "little") for at in range(0, len(refs), 4)]

    def write(self, first_page: int, offset_bytes: int, data: bytes) -> None:
        """Draw, and let it be seen."""
        start = first_page * PAGE_BYTES + offset_bytes
        self._memory[start : start + len(data)] = data
        if not self._supply.seen_at_once:
            self._supply.publish(first_page, offset_bytes, len(data))

    def free(self, first_page: int) -> None:
        """Give a run back."""
        self._supply.free(first_page, self._pages.pop(first_page))

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()


class DesktopPicture:
    """What a daemon does with a picture's pages: copies parts of them into a file of its own."""

    def __init__(self, source: PageSource, refs: list[int]) -> None:
        self._pages: PictureBytes = source.picture(runs_of(refs))
        self.size_bytes = self._pages.size_bytes

    def copied(self, offset_bytes: int, length_bytes: int) -> bytes:
        """A file of the picture's size into which this much was copied. Raises ShmError."""
        with tempfile.TemporaryFile() as file:
            os.truncate(file.fileno(), self.size_bytes)
            self._pages.copy_to(file.fileno(), offset_bytes, length_bytes)
            return os.pread(file.fileno(), self.size_bytes, 0)

    def close(self) -> None:
        """Let go of the pages."""
        self._pages.close()
