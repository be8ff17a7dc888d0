"""Which pages of a pool are taken, as contiguous runs; knows numbers only, no memory."""

import struct
from bisect import bisect_left


class PageAllocator:
    """First fit over a list of free runs that is sorted by place and merged on every free.

    First fit by place keeps the far end of the pool whole, which is where the largest windows will fit.
    """

    def __init__(self, pages: int) -> None:
        if pages < 1:
            raise ValueError("a pool has at least one page")
        self.pages = pages
        self.free_pages = pages
        self._starts = [0]
        self._lengths = [pages]
        self._taken: dict[int, int] = {}

    def allocate(self, pages: int) -> int | None:
        """Take `pages` contiguous pages; return the first, or None if no free run is long enough."""
        if pages < 1:
            raise ValueError("a run has at least one page")
        for index, length in enumerate(self._lengths):
            if length >= pages:
                return self._take(index, pages)
        return None

    def _take(self, index: int, pages: int) -> int:
        first = self._starts[index]
        if self._lengths[index] == pages:
            del self._starts[index], self._lengths[index]
        else:
            self._starts[index] += pages
            self._lengths[index] -= pages
        self._taken[first] = pages
        self.free_pages -= pages
        return first

    def refs(self, first_page: int, pages: int) -> bytes:
        """The pages of a run as references into the pool: their indices, 32 bits each, little-endian."""
        return struct.pack(f"<{pages}I", *range(first_page, first_page + pages))

    @property
    def seen_at_once(self) -> bool:
        """A pool's pages are seen as they are."""
        return True

    def publish(self, first_page: int, offset_bytes: int, length_bytes: int) -> None:
        """Nothing is to be done."""

    def shortage(self) -> str:
        """How much is left."""
        return f"{self.free_pages} of {self.pages} are free"

    def free(self, first_page: int, pages: int) -> None:
        """Give back a run exactly as `allocate` returned it; ValueError for any other."""
        if self._taken.get(first_page) != pages:
            raise ValueError(f"{pages} pages at {first_page} were not allocated as one run")
        del self._taken[first_page]
        self.free_pages += pages
        index = bisect_left(self._starts, first_page)
        joins_next = index < len(self._starts) and first_page + pages == self._starts[index]
        joins_previous = index > 0 and self._starts[index - 1] + self._lengths[index - 1] == first_page
        if joins_next:
            pages += self._lengths[index]
            del self._starts[index], self._lengths[index]
        if joins_previous:
            self._lengths[index - 1] += pages
        else:
            self._starts.insert(index, first_page)
            self._lengths.insert(index, pages)
