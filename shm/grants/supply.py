"""Pages for the windows of a Xen domain: a pool that stays inside, and granted pages beside it; knows no window.

An X server cannot attach memory that gntalloc made. So it draws into a pool of this domain, and what it has drawn is
copied from there into pages that were granted for that one run, for as long as the run is allocated.
"""

from __future__ import annotations

import os

from protocol.limits import PAGE_BYTES
from shm.allocator import PageAllocator
from shm.errors import ShmError
from shm.grants.shared import SharedPages, Sharer
from shm.pool import Pool


class GrantSupply:
    """Runs of `pool`, each with pages granted to one domain. Raises ShmError if this system cannot grant any."""

    def __init__(self, pool: Pool, domain: int) -> None:
        self._pool = pool
        self._allocator = PageAllocator(pool.pages)
        self._sharer = Sharer(domain)
        self._shared: dict[int, SharedPages] = {}
        self._shortage = ""

    def allocate(self, pages: int) -> int | None:
        """Take pages of the pool, and grant as many."""
        first_page = self._allocator.allocate(pages)
        if first_page is None:
            self._shortage = self._allocator.shortage()
            return None
        try:
            self._shared[first_page] = self._sharer.share(pages)
        except ShmError as error:
            self._allocator.free(first_page, pages)
            self._shortage = str(error)
            return None
        return first_page

    def free(self, first_page: int, pages: int) -> None:
        """End the grants of a run, and take it back."""
        self._allocator.free(first_page, pages)
        self._shared.pop(first_page).close()

    def refs(self, first_page: int, pages: int) -> bytes:
        """The run's grant references."""
        del pages  # a run is always named as it was allocated
        return self._shared[first_page].refs

    @property
    def seen_at_once(self) -> bool:
        """The daemon sees the granted pages, never the pool."""
        return False

    def publish(self, first_page: int, offset_bytes: int, length_bytes: int) -> None:
        """Copy what X has drawn. Raises ShmError if the pool has fewer bytes than it promises."""
        shared = self._shared.get(first_page)
        if shared is None:
            return
        target = shared.view[offset_bytes : offset_bytes + length_bytes]
        if os.preadv(self._pool.fd, [target], first_page * PAGE_BYTES + offset_bytes) != len(target):
            raise ShmError("pages of the pool could not be copied whole")
        target.release()

    def shortage(self) -> str:
        """What the last `allocate` lacked."""
        return self._shortage
