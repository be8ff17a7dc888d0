"""Pages of this domain that another may read, through gntalloc; must not know what lies in them."""

from __future__ import annotations

import os
from typing import Any

from protocol.limits import MAX_GRANT_REFS, PAGE_BYTES
from shm.errors import ShmError
from shm.grants.limit import advice
from shm.xen import libraries

READ_ONLY = 0


class SharedPages:
    """One run of zeroed pages, mapped here to write.

    refs: its grant references in order, 32-bit little-endian. view: its bytes, until `close`.
    """

    def __init__(self, handle: Any, address: Any, pages: int, refs: bytes) -> None:
        self._handle = handle
        self._address = address
        self._pages = pages
        self.refs = refs
        self.view = memoryview(libraries.ffi().buffer(address, pages * PAGE_BYTES))

    def close(self) -> None:
        """End the grants. The system keeps the pages as long as the other domain maps them. Harmless when repeated."""
        if self._address is None:
            return
        self.view.release()
        # SAFETY: no view of the memory is left (release would have raised), and the address is not used again.
        libraries.grants().xengntshr_unshare(self._handle, self._address, self._pages)
        self._address = None


class Sharer:
    """Grants pages to one domain. Raises ShmError if this system cannot."""

    def __init__(self, domain: int) -> None:
        self._domain = domain
        # SAFETY: the handle is used until `close`, by one thread.
        self._handle = libraries.grants().xengntshr_open(libraries.ffi().NULL, 0)
        if self._handle == libraries.ffi().NULL:
            raise ShmError(f"pages cannot be granted: {_reason()}; is the module xen-gntalloc loaded, and are we root?")

    def share(self, pages: int) -> SharedPages:
        """Grant so many new pages, for reading. Raises ShmError, with the limit, if there are no more."""
        if not 1 <= pages <= MAX_GRANT_REFS:
            raise ValueError("more pages than a window can have")
        ffi = libraries.ffi()
        refs = ffi.new("uint32_t[]", pages)
        # SAFETY: `refs` has room for `pages` references; the result is NULL or `pages` mapped pages.
        address = libraries.grants().xengntshr_share_pages(self._handle, self._domain, pages, refs, READ_ONLY)
        if address == ffi.NULL:
            raise ShmError(f"{pages} pages cannot be granted: {_reason()}; {advice()}")
        return SharedPages(self._handle, address, pages, bytes(ffi.buffer(refs)))

    def close(self) -> None:
        """Close the device; pages that are shared stay shared."""
        libraries.grants().xengntshr_close(self._handle)


def _reason() -> str:
    return os.strerror(libraries.ffi().errno)
